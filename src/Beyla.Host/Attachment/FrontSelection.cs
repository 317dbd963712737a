using Beyla.Ebpf;

namespace Beyla.Host.Attachment;

/// <summary>
/// Loads a tracer's object with, for each of its kernel hooks, the first front that loads and attaches on this kernel. The programs of all other
/// fronts stay out of the kernel.
/// </summary>
internal sealed class FrontSelection
{
    private readonly IReadOnlyList<(KernelHook Hook, IReadOnlyList<KernelFront> Candidates)> _hooks;
    private readonly HashSet<string> _hookPrograms;

    /// <param name="hooks">The hooks.</param>
    /// <param name="isWanted">Whether a group's hooks are to be tried at all.</param>
    /// <param name="wanted">Name of the only front that may be used, where a hook has it; null: whichever works.</param>
    public FrontSelection(IReadOnlyList<KernelHook> hooks, string? wanted, Func<ProbeGroup, bool>? isWanted = null)
    {
        _hooks = [.. hooks.Where(h => isWanted?.Invoke(h.Group) != false).Select(h => (h, h.Fronts.Any(f => f.Name == wanted) ? h.Fronts.Where(f => f.Name == wanted).ToList() : h.Fronts))];
        _hookPrograms = [.. hooks.SelectMany(h => h.Fronts).SelectMany(f => f.Probes).Select(p => p.Program)];
    }

    /// <summary>The fronts in use, one for each hook that works.</summary>
    public IReadOnlyList<KernelFront> InUse { get; private set; } = [];

    /// <summary>Whether a group has hooks, and each has a front in use.</summary>
    public bool Watches(ProbeGroup group)
    {
        (KernelHook Hook, IReadOnlyList<KernelFront> Candidates)[] own = [.. _hooks.Where(h => h.Hook.Group.Name == group.Name)];
        return own.Length > 0 && Array.TrueForAll(own, h => h.Candidates.Any(InUse.Contains));
    }

    /// <summary>Why better fronts are not in use, one sentence each.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Loads the object.</summary>
    /// <param name="open">Opens the object, ready to load; called again for each attempt.</param>
    /// <exception cref="BpfException">The rest of the object does not load, or no front of a required hook works.</exception>
    public BpfObject Load(Func<BpfObjectSpec> open)
    {
        InUse = [.. _hooks.Select(h => h.Candidates[0])];
        // Nearly always the best ones work: then the object is loaded once.
        if (TryLoad(open, InUse) is { } best) return best;
        InUse = [.. _hooks.Select(h => FirstThatWorks(open, h.Hook, h.Candidates)).OfType<KernelFront>()];
        return LoadWith(open, InUse, others: true);
    }

    private BpfObject? TryLoad(Func<BpfObjectSpec> open, IReadOnlyList<KernelFront> fronts)
    {
        if (_hooks.Count == 0) return LoadWith(open, fronts, others: true);
        try
        {
            BpfObject loaded = LoadWith(open, fronts, others: true);
            try
            {
                foreach (KernelFront front in fronts) Attach(loaded, front).ForEach(link => link.Dispose());
                return loaded;
            }
            catch
            {
                loaded.Dispose();
                throw;
            }
        }
        catch (BpfException)
        {
            return null; // which front it was is found out one by one
        }
    }

    private KernelFront? FirstThatWorks(Func<BpfObjectSpec> open, KernelHook hook, IReadOnlyList<KernelFront> candidates)
    {
        BpfException? last = null;
        foreach (KernelFront front in candidates)
        {
            try
            {
                using BpfObject trial = LoadWith(open, [front], others: false);
                Attach(trial, front).ForEach(link => link.Dispose());
                return front;
            }
            catch (BpfException e)
            {
                last = e;
                Refusals.Add($"front {front.Name} is not in use: {e.Message}");
            }
        }
        return hook.Failure == FailureMode.Required ? throw last! : null;
    }

    private BpfObject LoadWith(Func<BpfObjectSpec> open, IReadOnlyList<KernelFront> fronts, bool others)
    {
        HashSet<string> wanted = [.. fronts.SelectMany(f => f.Probes).Select(p => p.Program)];
        BpfObjectSpec spec = open();
        foreach (string program in spec.Programs)
            spec.SetAutoload(program, _hookPrograms.Contains(program) ? wanted.Contains(program) : others);
        return spec.Load();
    }

    /// <summary>Attaches all probes of a front, or none.</summary>
    /// <exception cref="BpfException">The kernel has no such hook, or refused.</exception>
    public static List<TracingLink> Attach(BpfObject loaded, KernelFront front)
    {
        List<TracingLink> links = [];
        try
        {
            foreach (KernelProbe probe in front.Probes) links.Add(TracingLink.Attach(loaded.Program(probe.Program)));
            return links;
        }
        catch
        {
            links.ForEach(link => link.Dispose());
            throw;
        }
    }
}
