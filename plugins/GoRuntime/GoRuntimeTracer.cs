namespace Beyla.Plugins.GoRuntime;

/// <summary>
/// What the Go runtime knows and other tracers need. It makes no spans. Go 1.21 and later keep the parent of a goroutine in
/// <c>runtime.g.parentGoid</c>, where the programs of every tracer read it (trace.h); for older Go one probe hit per <c>go</c> statement
/// hands the span in flight from the goroutine that starts another one to the one that is started.
/// </summary>
public sealed class GoRuntimeTracer : ITracer, IUprobeSet
{
    private static readonly ProbeGroup Parents = new("parents") { Support = true };

    /// <inheritdoc/>
    public string Name => "go-runtime";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<GoRuntimeTracer>("go_runtime.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        // Every way out returns the new g (runtime/proc.go).
        Parents.Returns("runtime.newproc1", "goroutine_started", result: 0) with { Versions = new(17, 20) },
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } =
    [
        Parents.Field("runtime", "g", "m", "g_m"),
        Parents.Field("runtime", "m", "curg", "m_curg"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs => [];

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans) => spans.Drop("unknown-kind");
}
