using Beyla;

namespace Variants;

/// <summary>Tells each listen() of the processes that it watches, by a kernel hook whose best front exists nowhere.</summary>
public sealed class Hooked : ITracer, IKprobeSet
{
    private static readonly SpanFamily Listens = new("test.listen", Duration: null);

    public string Name => "hooked";

    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Hooked>("Hooked.bpf.o");

    public IReadOnlyList<KernelHook> KernelHooks { get; } =
    [
        new KernelHook(new ProbeGroup("listen"),
        [
            new KernelFront("nowhere", [new KernelProbe(KernelHookKind.TpBtf, "beyla_no_such_tracepoint", "listens_nowhere")]),
            new KernelFront("tp-btf", [new KernelProbe(KernelHookKind.TpBtf, "inet_sock_set_state", "listens")]),
        ]),
    ];

    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        spans.Begin(SpanKind.Internal, Listens, e).End();
    }
}
