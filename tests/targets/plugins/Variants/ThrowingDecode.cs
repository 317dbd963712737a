using Beyla;

namespace Variants;

/// <summary>Gets an event for every request of an HTTP server, and fails at it.</summary>
public sealed class ThrowingDecode() : EmptyTracer("throwing-decode")
{
    public override BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<ThrowingDecode>("ThrowingDecode.bpf.o");

    public override IReadOnlyList<GoProbe> GoProbes { get; } =
        [new ProbeGroup("server").Entry("net/http.serverHandler.ServeHTTP", program: "request_begin")];

    public override void Decode(in BpfEvent e, ISpanWriter spans) => throw new InvalidOperationException("cannot read this");
}
