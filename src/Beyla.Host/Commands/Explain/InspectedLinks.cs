using Beyla.Elf;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery;

namespace Beyla.Host.Commands.Explain;

/// <summary>The links that the program itself decides: what it is, and which tracers have something to probe in it.</summary>
internal static class InspectedLinks
{
    public static IEnumerable<ChainLink> Of(ProcessInfo process, IReadOnlyList<ITracer> tracers)
    {
        Inspection inspection;
        try
        {
            LibraryInspector libraries = new(tracers);
            inspection = new ExecutableInspector(tracers).Inspect(process.ExecutableLink, process.ExecutablePath).ForProcess(process.Pid);
            inspection = inspection with { Libraries = [.. libraries.InspectProcess(process.Pid, inspection.Path).Where(l => l.Groups.Count > 0)] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
        {
            bool forbidden = e is UnauthorizedAccessException;
            return [new("type", LinkState.Broken, forbidden ? $"{process.ExecutablePath} must not be read" : $"{process.ExecutablePath} cannot be read: {e.Message.TrimEnd('.')}")
            {
                Next = forbidden ? "run as root or as the process' user" : null,
            }];
        }
        return [Type(inspection), Tracers(inspection, tracers)];
    }

    private static ChainLink Type(Inspection inspection)
    {
        string go = inspection.GoVersion is { } version ? $", {version}" : "";
        string kind = inspection.Kind == "go" ? "a Go program with functions that Go tracers know" : inspection.Language == "go" ? "a Go program without a function that a Go tracer wants" : $"language {inspection.Language}";
        return new("type", LinkState.Ok, $"{kind}{go}: {inspection.LanguageEvidence}");
    }

    private static ChainLink Tracers(Inspection inspection, IReadOnlyList<ITracer> tracers)
    {
        List<string> evidence = [], missing = [], off = [];
        foreach (TracerInspection tracer in inspection.Tracers)
        {
            foreach (GroupInspection group in tracer.Groups)
            {
                if (group.Attachable && !group.Group.Support) evidence.Add($"{tracer.Name}/{group.Name} fits{(group.Reason is { } without ? $", {without}" : "")}");
                else if (group.SwitchedOff) off.Add($"{tracer.Name}/{group.Name}: {group.Reason}");
                else if (group.Obstacle is GroupObstacle.PartsMissing or GroupObstacle.TooOld) missing.Add($"{tracer.Name}/{group.Name}: {group.Reason}");
            }
        }
        if (inspection.CommonObstacle is { Obstacle: GroupObstacle.TooOld, Reason: { } age }) missing = [$"no tracer for Go: {age}"];
        foreach (LibraryInspection library in inspection.Libraries)
            evidence.AddRange(library.Groups.Where(g => g.Attachable).Select(g => $"{g.Tracer}/{g.Group.Name} fits {library.Path}"));
        // Those that watch sockets need nothing of the program; which programs are theirs is the same rule as in the agent.
        bool byGo = inspection.Tracers.Any(t => t.Traces);
        evidence.AddRange(tracers.OfType<IKprobeSet>().Zip(tracers.Where(t => t is IKprobeSet))
            .Where(t => t.First.KernelHooks.Any(h => h.Group.AlsoGo || !byGo)).Select(t => $"{t.Second.Name} watches its sockets"));
        if (evidence.Count > 0) return new("tracers", missing.Count > 0 ? LinkState.Limited : LinkState.Ok, [.. missing, .. evidence, .. off]);
        return new("tracers", LinkState.Broken, missing.Count > 0 ? missing : ["no tracer knows a function or library of this program"])
        {
            Next = "'beyla inspect PID --probes' names every function that was looked for; 'beyla plugins' the tracers that are loaded",
        };
    }
}
