using Beyla;

namespace Variants;

/// <summary>Fits its object, but no kernel loads that.</summary>
public sealed class Unverifiable() : EmptyTracer("unverifiable")
{
    public override BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Unverifiable>("Unverifiable.bpf.o");
}
