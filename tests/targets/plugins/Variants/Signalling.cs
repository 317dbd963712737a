using Beyla;

namespace Variants;

/// <summary>Its BPF program calls a helper that must be declared, and its manifest declares nothing.</summary>
public sealed class Signalling() : EmptyTracer("signalling")
{
    public override BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Signalling>("Signalling.bpf.o");
}
