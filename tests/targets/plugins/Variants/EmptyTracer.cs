using Beyla;

namespace Variants;

/// <summary>A tracer with nothing wrong and nothing to do.</summary>
public abstract class EmptyTracer(string name) : ITracer, IUprobeSet
{
    private static readonly ProbeGroup Calls = new("calls");

    public string Name { get; } = name;

    public virtual BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<EmptyTracer>("empty.bpf.o");

    public virtual IReadOnlyList<GoProbe> GoProbes { get; } = [Calls.Entry("main.main", program: "main_begin")];

    public IReadOnlyList<GoField> GoFields => [];

    public IReadOnlyList<GoItab> GoItabs => [];

    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    public virtual void Decode(in BpfEvent e, ISpanWriter spans)
    {
    }
}
