using Beyla.Ebpf;
using Beyla.Host.Plugins;

namespace Beyla.Host.Attachment;

/// <summary>One tracer's BPF object: loaded once per host, when the first process needs it, whatever the number of executables. Owns the object and its shared places in it.</summary>
internal sealed class TracerHost : IDisposable
{
    private const string AttachmentMap = "attachments", IndexMap = "attachment_indexes";

    private readonly List<TracingLink> _hooks = [];
    private BpfObject? _object;
    private FrontSelection? _selection;
    private int _hookUsers;

    public TracerHost(ITracer tracer, ushort id) => (Tracer, Id) = (tracer, id);

    /// <summary>The tracer.</summary>
    public ITracer Tracer { get; }

    /// <summary>Its id in event headers, 1 and up.</summary>
    public ushort Id { get; }

    /// <summary>Its name.</summary>
    public string Name => Tracer.Name;

    /// <summary>How it is doing.</summary>
    public TracerState State { get; private set; }

    /// <summary>Why it failed, one sentence; the verifier's log is in <see cref="VerifierLog"/>.</summary>
    public string? Reason { get; private set; }

    /// <summary>The verifier's whole log, when it was the verifier who refused.</summary>
    public string? VerifierLog { get; private set; }

    /// <summary>Its entries of attached processes. Only when <see cref="State"/> is ok and it has Go probes.</summary>
    public AttachmentSlots Slots { get; private set; } = null!;

    /// <summary>Its counters of losses. Only when <see cref="State"/> is ok.</summary>
    public BpfCounters? Counters { get; private set; }

    /// <summary>The fronts of its kernel hooks that are in use.</summary>
    public IReadOnlyList<KernelFront> Fronts { get; private set; } = [];

    /// <summary>Why better fronts of its kernel hooks are not in use, one sentence each.</summary>
    public IReadOnlyList<string> FrontRefusals { get; private set; } = [];

    /// <summary>
    /// Loads the object, with <paramref name="ring"/> in the place of its own events map and <paramref name="shared"/> ones in the place of those
    /// that all tracers share. Never throws for the tracer's fault.
    /// </summary>
    /// <param name="ring">The events ring.</param>
    /// <param name="shared">The maps that all tracers share.</param>
    /// <param name="propagation">What incoming trace headers are read: what is not asked for is not even verified.</param>
    /// <param name="uprobeMulti">Whether uprobes are attached by multi links.</param>
    /// <param name="marks">Whether processes can be marked for kernel hooks.</param>
    public void Load(BpfMap ring, SharedMaps shared, AttachmentFlags propagation, bool uprobeMulti, bool marks = true)
    {
        try
        {
            byte[] image = Tracer.Bpf.Read();
            IReadOnlyDictionary<string, long>? slots = null, counters = null;
            FrontSelection selection = new(
                (Tracer as IKprobeSet)?.KernelHooks ?? [], (Tracer as TracerFaults)?.Front, g => IsWanted(g) && (marks || !NeedsGo(g)));
            _object = selection.Load(() => Prepare(image, ring, shared, propagation, uprobeMulti, spec =>
            {
                // Read here, where the object is open anyway. A tracer without Go probes has no slots.
                if (spec.Maps.Contains(AttachmentMap)) slots = Constants(spec, "slot");
                counters = Constants(spec, "counter");
            }));
            (_selection, Fronts, FrontRefusals) = (selection, selection.InUse, selection.Refusals);
            if (slots is not null) Slots = new AttachmentSlots(_object.Map(AttachmentMap), slots, _object.Maps.Contains(IndexMap) ? _object.Map(IndexMap) : null);
            Counters = new BpfCounters(_object.Map("counters"), counters!);
            State = TracerState.Ok;
        }
        // The barrier of the tracer: whatever is wrong with its object or tables concerns it alone.
        catch (Exception e) when (e is BpfException or InvalidOperationException or ArgumentException or IOException)
        {
            _object?.Dispose();
            _object = null;
            (State, Reason, VerifierLog) = (TracerState.Failed, e.Message, (e as BpfException)?.VerifierLog);
        }
    }

    /// <summary>A program of the loaded object.</summary>
    public BpfProgram Program(string name) => _object!.Program(name);

    /// <summary>What the kernel counts of each of its programs; nothing while it is not loaded.</summary>
    public IEnumerable<(string Program, ProgramRuns Runs)> Statistics() => _object?.Programs.Select(p => (p.Name, p.Statistics)) ?? [];

    /// <summary>What its programs have cost since they were loaded, as far as the kernel measured it (<see cref="ProgramStatistics"/>).</summary>
    public ProgramRuns Runs => Statistics().Aggregate(
        default(ProgramRuns), (a, b) => new(a.RunTimeNs + b.Runs.RunTimeNs, a.Runs + b.Runs.Runs, a.RecursionMisses + b.Runs.RecursionMisses));

    /// <summary>Whether a group has kernel hooks.</summary>
    public bool HasHooks(ProbeGroup group) => Hooks.Any(h => h.Group.Name == group.Name);

    /// <summary>Whether a group that an executable has all for can be attached on this kernel, too: its hooks, if it has any, are in use.</summary>
    public bool CanAttach(ProbeGroup group) => !HasHooks(group) || (IsWanted(group) && _selection?.Watches(group) == true);

    /// <summary>
    /// Whether it watches a process by kernel hooks or library probes: all, or only those that Go tracers leave to it. A group with rows for Go
    /// watches where it is attached.
    /// </summary>
    /// <param name="attached">The groups that are attached to the process: <c>net-http/server</c>. None: Go tracers leave it alone.</param>
    public bool Watches(IReadOnlyCollection<string> attached)
    {
        bool byGo = attached.Count > 0;
        IEnumerable<ProbeGroup> groups = Hooks.Select(h => h.Group).Concat(((Tracer as IUprobeSet)?.LibraryProbes ?? []).Select(p => p.Group));
        return groups.Any(g => NeedsGo(g) ? attached.Contains($"{Name}/{g.Name}") : g.AlsoGo || !byGo);
    }

    private IReadOnlyList<KernelHook> Hooks => (Tracer as IKprobeSet)?.KernelHooks ?? [];

    private bool IsWanted(ProbeGroup group) => (Tracer as TracerFaults)?.IsWanted(group) != false;

    private bool NeedsGo(ProbeGroup group) => Tracer is IUprobeSet go
        && (go.GoProbes.Any(p => p.Group.Name == group.Name) || go.GoroutineArguments.Any(a => a.Group?.Name == group.Name));

    /// <summary>Whether it has nothing to do in a process before one of its libraries is there: its kernel hooks, if any, only help.</summary>
    public bool WaitsForLibraries => Tracer is IUprobeSet { LibraryProbes.Count: > 0 } && Hooks.All(h => h.Group.Support);

    /// <summary>Attaches the kernel hooks if they are not, for one more process.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public void AcquireHooks()
    {
        if (_hookUsers == 0)
            foreach (KernelFront front in Fronts) _hooks.AddRange(FrontSelection.Attach(_object!, front));
        _hookUsers++;
    }

    /// <summary>One process less; the last one takes the kernel hooks off.</summary>
    public void ReleaseHooks()
    {
        if (--_hookUsers == 0) DetachHooks();
    }

    public void Dispose()
    {
        DetachHooks();
        _object?.Dispose();
    }

    private void DetachHooks()
    {
        _hooks.ForEach(link => link.Dispose());
        _hooks.Clear();
    }

    /// <summary>Sets what the verifier is to take as constants, but for what depends on the ring.</summary>
    internal static void SetVariables(BpfObjectSpec spec, ITracer tracer, ushort id, AttachmentFlags propagation)
    {
        spec.SetVariable("tracer_id", id);
        if (spec.HasVariable("reads_b3")) spec.SetVariable("reads_b3", propagation.HasFlag(AttachmentFlags.B3));
        if (tracer is IConfigurableTracer configurable)
            foreach (BpfVariable variable in configurable.BpfVariables) spec.SetVariable(variable.Name, variable.Value.Span);
    }

    private BpfObjectSpec Prepare(
        byte[] image, BpfMap ring, SharedMaps shared, AttachmentFlags propagation, bool uprobeMulti, Action<BpfObjectSpec> opened)
    {
        BpfObjectSpec spec = BpfObjectSpec.Open(Name, image);
        try
        {
            opened(spec);
            SetVariables(spec, Tracer, Id, propagation);
            spec.SetVariable("wakeup_bytes", ring.MaxEntries / 8);
            spec.SetMaxEntries("events", ring.MaxEntries); // the user chooses the size, not the object
            spec.ReuseMap("events", ring);
            shared.Join(spec);
            spec.UseUprobeMulti(uprobeMulti);
            return spec;
        }
        catch
        {
            spec.Dispose();
            throw;
        }
    }

    private static IReadOnlyDictionary<string, long> Constants(BpfObjectSpec spec, string name) =>
        spec.Btf.TryGetEnum(name, out IReadOnlyDictionary<string, long>? constants)
            ? constants
            : throw new InvalidOperationException($"its BPF object has no 'enum {name}' in its BTF: build it with the headers in bpf/include/beyla.");
}
