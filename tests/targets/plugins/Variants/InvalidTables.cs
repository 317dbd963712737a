using Beyla;

namespace Variants;

/// <summary>Two problems: the name and the probe without a program.</summary>
public sealed class InvalidTables() : EmptyTracer("Invalid_Tables")
{
    public override IReadOnlyList<GoProbe> GoProbes { get; } = [new ProbeGroup("calls").Entry("main.main", program: "")];
}
