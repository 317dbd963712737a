namespace Beyla.Plugins.GoRuntime;

/// <summary>
/// What the Go runtime knows and other tracers need. It makes no spans. Go 1.21 and later keep the parent of a goroutine in
/// <c>runtime.g.parentGoid</c>, where the programs of every tracer read it (trace.h); for older Go one probe hit per <c>go</c> statement
/// hands the span in flight from the goroutine that starts another one to the one that is started. That is also exact where reading later is not,
/// so newer Go can be probed, too.
/// </summary>
public sealed class GoRuntimeTracer : ITracer, IUprobeSet, IConfigurableTracer
{
    private const string ExactParents = "exact_parents";

    private static readonly ProbeGroup Parents = new("parents") { Support = true, HandsOn = true };
    private static readonly ProbeGroup Births = new("births") { Support = true, HandsOn = true, EnabledBy = ExactParents };

    /// <inheritdoc/>
    public string Name => "go-runtime";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<GoRuntimeTracer>("go_runtime.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        // Every way out returns the new g (runtime/proc.go).
        Parents.Returns("runtime.newproc1", "goroutine_started", result: 0) with { Versions = new(17, 20) },
        Births.Returns("runtime.newproc1", "goroutine_started", result: 0) with { Versions = new(21, int.MaxValue) },
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } =
    [
        new("runtime", "g", "m", "g_m"),
        new("runtime", "m", "curg", "m_curg"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs => [];

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    /// <inheritdoc/>
    public IReadOnlyList<TracerSetting> Settings { get; } =
    [
        new(ExactParents, TracerSettingType.Boolean, "false",
            "Also probes go statements of Go 1.21 and later: a goroutine that calls for the first time after its request has ended is then never given to the next one."),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BpfVariable> BpfVariables => [];

    /// <inheritdoc/>
    public void Configure(ITracerSettings settings)
    {
        // The host reads the switch of the group by itself.
    }

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans) => spans.Drop("unknown-kind");
}
