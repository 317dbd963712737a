using Beyla.Host.Configuration;
using Beyla.Host.Discovery;

namespace Beyla.Host.Commands.Doctor;

/// <summary>Which processes can be seen, and which of them the configuration selects now.</summary>
internal static class ProcessChecks
{
    private const string Area = "processes";
    private const int Named = 3;

    public static IEnumerable<Finding> Run(BeylaOptions options)
    {
        IReadOnlyList<ProcessInfo> seen = ProcessSnapshot.Take(out int hidden);
        yield return hidden == 0
            ? new Finding(Area, "visible", FindingState.Ok, $"{seen.Count} processes, the executables of all can be read")
            : new Finding(Area, "visible", FindingState.Limited, $"the executables of {hidden} of {seen.Count + hidden} processes cannot be read")
            {
                Remedy = "grant CAP_SYS_PTRACE; in a container, share the host's PID namespace (hostPID: true)",
            };
        if (!options.HasCriteria) yield break;
        ProcessInfo[] selected = [.. seen.Where(p => p.Pid != Environment.ProcessId && CriteriaMatcher.Find(options, p) is not null)];
        yield return selected.Length > 0
            ? new Finding(Area, "selected", FindingState.Ok, $"{selected.Length} now: {string.Join(", ", selected.Take(Named).Select(p => $"{p.Pid} {p.ExecutablePath}"))}{(selected.Length > Named ? " ..." : "")}")
            : new Finding(Area, "selected", FindingState.Limited, "none of the running processes matches the configuration")
            {
                Remedy = "that is fine when they start later; beyla explain PID says why one does not match",
            };
    }
}
