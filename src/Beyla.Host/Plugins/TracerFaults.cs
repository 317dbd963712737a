using Microsoft.Extensions.Logging;

namespace Beyla.Host.Plugins;

/// <summary>
/// The wall between the host and a tracer's code: an exception of <see cref="Decode"/> costs one event, is counted, and is logged at most
/// once a minute. The tables are copied once; a set that the tracer lacks is empty. After disposal nothing here refers to the plugin.
/// </summary>
internal sealed class TracerFaults : ITracer, IUprobeSet, IKprobeSet, IConfigurableTracer, IProcessObserver, IDisposable
{
    private const string FrontKey = "front", AutomaticFront = "auto";
    private static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    private readonly ILogger<TracerFaults> _log;
    private readonly TimeProvider _time;
    private ITracer? _inner;
    private BpfObjectSource? _bpf;
    private long _loggedAt;
    private long _unlogged;
    private ITracerSettings? _settings;
    private readonly bool _choosesFront;

    public TracerFaults(ITracer inner, ILogger<TracerFaults> log, TimeProvider time)
    {
        (_inner, _bpf, _log, _time) = (inner, inner.Bpf, log, time);
        Name = inner.Name;
        if (inner is IUprobeSet user)
        {
            (GoProbes, GoFields, GoItabs, GoTypes) = ([.. user.GoProbes], [.. user.GoFields], [.. user.GoItabs], [.. user.GoTypes]);
            GoroutineArguments = [.. user.GoroutineArguments];
            LibraryProbes = [.. user.LibraryProbes];
        }
        if (inner is IKprobeSet kernel) KernelHooks = [.. kernel.KernelHooks];
        if (inner is IConfigurableTracer configurable) Settings = [.. configurable.Settings];
        // A choice that every tracer with kernel hooks offers; one that gives the word a meaning of its own keeps it.
        _choosesFront = KernelHooks.Count > 0 && !Settings.Any(s => s.Key == FrontKey);
        if (_choosesFront) Settings = [.. Settings, new(FrontKey, TracerSettingType.Text, AutomaticFront, $"How processes are watched: auto, or one of {string.Join(", ", FrontNames)}.")];
    }

    /// <summary>Counts of this tracer.</summary>
    public TracerCounters Counters { get; } = new();

    /// <summary>The decorated tracer, for checks at load.</summary>
    public ITracer Inner => _inner ?? throw Unloaded();

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public BpfObjectSource Bpf => _bpf ?? throw Unloaded();

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<GoType> GoTypes { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<GoroutineArgument> GoroutineArguments { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<KernelHook> KernelHooks { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<TracerSetting> Settings { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<BpfVariable> BpfVariables => (Inner as IConfigurableTracer)?.BpfVariables ?? [];

    /// <inheritdoc/>
    public void Configure(ITracerSettings settings)
    {
        _settings = settings;
        if (_choosesFront) Front = ChosenFront(settings.Text(FrontKey));
        (Inner as IConfigurableTracer)?.Configure(settings);
    }

    /// <summary>The front of its kernel hooks that the user wants; null: the best that works.</summary>
    public string? Front { get; private set; }

    /// <summary>Chooses the front of its kernel hooks as its settings would; null: the best that works.</summary>
    public void UseFront(string? name) => Front = name;

    /// <summary>Whether a group is switched on: it has no switch, or its setting is true; and no other front is wanted.</summary>
    public bool IsOn(ProbeGroup group) => (group.EnabledBy is not { } key || _settings?.Boolean(key) == true) && IsWanted(group);

    /// <summary>Whether the user's choice of a front leaves a group in.</summary>
    public bool IsWanted(ProbeGroup group) => group.Front is null || (Front is null ? !group.ByNameOnly : group.Front == Front);

    /// <summary>The fronts to choose from: of groups, or of kernel hooks that stand for themselves.</summary>
    private string[] FrontNames =>
        [.. GoProbes.Select(p => p.Group.Front).OfType<string>().Concat(KernelHooks.Where(h => h.Group.Front is null).SelectMany(h => h.Fronts).Select(f => f.Name)).Distinct()];

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        Counters.CountEvent();
        try
        {
            Inner.Decode(e, spans);
        }
#pragma warning disable CA1031 // Whatever a tracer throws must not reach the host.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Counters.CountFault();
            Log(fault, e.Header.Kind);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ObservedMetric> ObservedMetrics => (Inner as IProcessObserver)?.ObservedMetrics ?? [];

    /// <inheritdoc/>
    public IProcessObservation? TryObserve(in ObservedProcess process) => (Inner as IProcessObserver)?.TryObserve(process);

    /// <inheritdoc/>
    public void Dispose() => (_inner, _bpf) = (null, null);

    private string? ChosenFront(string name)
    {
        string[] fronts = FrontNames;
        return name == AutomaticFront ? null
            : fronts.Contains(name) ? name
            : throw new FormatException($"'{name}' is no front of this tracer; use {AutomaticFront}, {string.Join(", ", fronts)}.");
    }

    private void Log(Exception fault, ushort kind)
    {
        long now = _time.GetTimestamp();
        if (_loggedAt != 0 && _time.GetElapsedTime(_loggedAt, now) < QuietTime)
        {
            _unlogged++;
            return;
        }
        _log.LogWarning("tracer {Tracer}: an event of kind {Kind} was lost because its decoder failed ({Unlogged} more since the last such line): {Type}: {Fault}",
            Name, kind, _unlogged, fault.GetType().Name, fault.Message);
        _log.LogDebug("tracer {Tracer}: {Trace}", Name, fault.StackTrace);
        (_loggedAt, _unlogged) = (now, 0);
    }

    private ObjectDisposedException Unloaded() => new(Name, $"the plugin of tracer {Name} has been unloaded.");
}
