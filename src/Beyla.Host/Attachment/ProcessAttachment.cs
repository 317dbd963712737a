using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>Puts the probes of one inspection into one process: verified bytes, one entry per tracer, one link per program.</summary>
internal sealed class ProcessAttachment(
    ProcessInfo process, ExecutableMapping mapping, Inspection inspection, TracerLoader loader, UprobeFront front, AttachmentFlags propagation)
{
    /// <summary>Groups that were found not to hold in this executable: <c>net-http/server-sockets</c>.</summary>
    public Func<string, bool> IsRefuted { get; init; } = _ => false;

    private ulong LoadBias => mapping.Start - mapping.FileOffset - inspection.BaseAddress;

    /// <summary>Attaches every attachable group of every tracer that loads. A group that fails is reported and leaves the others alone.</summary>
    /// <param name="handle">The host's handle of the process.</param>
    /// <param name="tracers">The tracers.</param>
    /// <param name="skipped">Receives one sentence for each group that is not attached though the binary has its functions.</param>
    /// <exception cref="StaleExecutableException">The process does not run the code that was inspected.</exception>
    public ProcessLinks Attach(uint handle, IReadOnlyList<TracerHost> tracers, Action<string> skipped)
    {
        ProcessLinks links = new();
        try
        {
            using FileStream code = new(process.ExecutableLink, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            List<(TracerHost Tracer, TracerInspection Plan)> plans = [.. PlansOf(tracers).Select(p => (p.Tracer, Chosen(p.Tracer, p.Plan)))];
            bool traces = plans.Exists(p => p.Plan.Traces);
            bool serves = plans.Exists(p => p.Plan.Groups.Any(g => g is { Attachable: true, Group.Serves: true }));
            GoRuntimeFacts? runtime = inspection.Runtime?.At(LoadBias);
            // Contexts come at the birth of a goroutine then; without the offset nobody looks for its starter later.
            if (plans.Exists(p => p.Plan.Groups.Any(g => g is { Attachable: true, Group.HandsOn: true })) && runtime is not null)
                runtime = runtime with { ParentGoid = null };
            AttachmentFlags flags = propagation | (serves ? AttachmentFlags.Serves : AttachmentFlags.None);
            foreach ((TracerHost tracer, TracerInspection plan) in plans)
                AttachTracer(handle, tracer, traces ? plan : plan with { Groups = [] }, runtime, flags, code, links, skipped);
            return links;
        }
        catch
        {
            links.Dispose();
            throw;
        }
    }

    /// <summary>The tracers that this process concerns, in the kernel. One that does not load concerns no process.</summary>
    private List<(TracerHost Tracer, TracerInspection Plan)> PlansOf(IReadOnlyList<TracerHost> tracers)
    {
        List<(TracerHost Tracer, TracerInspection Plan)> plans =
            [.. tracers.Select(t => (t, inspection.Tracers.FirstOrDefault(p => p.Name == t.Name)!)).Where(p => p.Item2 is not null)];
        if (plans.Exists(p => p.Plan.Traces)) loader.Load([.. plans.Where(p => p.Plan.Attachable).Select(p => p.Tracer)]);
        return [.. plans.Where(p => p.Tracer.State != TracerState.Failed)];
    }

    /// <summary>Of groups that are different ways to the same spans the first that this kernel lets through.</summary>
    private TracerInspection Chosen(TracerHost tracer, TracerInspection plan)
    {
        GroupInspection? first = plan.Groups.FirstOrDefault(g => g is { Attachable: true, Group.Front: not null } && tracer.CanAttach(g.Group) && !IsRefuted($"{tracer.Name}/{g.Name}"));
        return plan with { Groups = [.. plan.Groups.Where(g => !g.Attachable || g.Group.Front is null || g == first)] };
    }

    private void AttachTracer(
        uint handle, TracerHost tracer, TracerInspection plan, GoRuntimeFacts? runtime, AttachmentFlags flags, FileStream code, ProcessLinks links, Action<string> skipped)
    {
        foreach (GroupInspection refused in plan.Groups.Where(g => g is { Attachable: false, SwitchedOff: false } && HasFunctions(plan, g)))
            skipped($"{tracer.Name} {refused.Name} spans are off: {refused.Reason}");
        if (!plan.Attachable) return;
        if (runtime is null)
        {
            skipped($"{tracer.Name} is off: runtime.g.goid is not in the binary's type data");
            return;
        }
        if (tracer.Slots.Take(handle, process.Pid, runtime, flags, SlotValues(plan)) is not { } index)
        {
            skipped($"{tracer.Name} is off: all of its process entries are in use");
            return;
        }
        links.Add(tracer.Slots, index);

        foreach (GroupInspection group in plan.Groups.Where(g => g.Attachable))
            AttachGroup(tracer, [.. plan.Probes.Where(p => p.Probe.Group.Name == group.Name && p.Status == ProbeStatus.Found)], group, index, code, links, skipped);
    }

    private void AttachGroup(
        TracerHost tracer, IReadOnlyList<ProbeInspection> probes, GroupInspection group, ushort index, FileStream code, ProcessLinks links, Action<string> skipped)
    {
        List<(UprobeLink Link, int Sites)> own = [];
        try
        {
            foreach (IGrouping<string, ProbeInspection> program in probes.GroupBy(p => p.Probe.Program))
            {
                UprobeSite[] sites = [.. program.SelectMany(p => p.Sites).DistinctBy(s => s.FileOffset).Select(s => Verified(s, index, code))];
                own.Add((UprobeLink.Attach(tracer.Program(program.Key), process.ExecutableLink, process.Pid, sites, front), sites.Length));
            }
            foreach ((UprobeLink link, int sites) in own) links.Add(link, sites);
            links.Groups.Add($"{tracer.Name}/{group.Name}");
            if (group.Group.Front is not null && tracer.HasHooks(group.Group)) links.Doubted.Add(new(tracer.Slots, index, links.Groups[^1]));
        }
        catch (BpfException e)
        {
            foreach ((UprobeLink link, _) in own) link.Dispose();
            skipped($"{tracer.Name} {group.Name} spans are off: {e.Message}");
        }
    }

    private static UprobeSite Verified(PlannedSite planned, ushort index, FileStream code)
    {
        SiteBytes.Verify(planned, code);
        return new UprobeSite(planned.FileOffset, SiteCookie.Of(index, planned.Site));
    }

    /// <summary>Slots of a group that is not attached stay absent: programs of other groups must not count on its probes.</summary>
    private IEnumerable<(string, ulong?)> SlotValues(TracerInspection plan)
    {
        HashSet<string> attached = [.. plan.Groups.Where(g => g.Attachable).Select(g => g.Name)];
        return plan.Slots.Where(s => s.Group is null || attached.Contains(s.Group.Name)).Select(s => (s.Slot, s.IsAddress ? s.Value + LoadBias : s.Value));
    }

    private static bool HasFunctions(TracerInspection plan, GroupInspection group) =>
        plan.Arguments.Any(a => a.HasFunction && a.Argument.Group?.Name == group.Name) ||
        plan.Probes.Any(p => p.Probe.Group.Name == group.Name && p.Status is not (ProbeStatus.Missing or ProbeStatus.OtherVersion));
}
