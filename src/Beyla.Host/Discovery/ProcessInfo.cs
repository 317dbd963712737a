namespace Beyla.Host.Discovery;

/// <summary>Identity of a process: the pid in the agent's PID namespace and the start time, so that a reused pid is another process.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">Field 22 of /proc/PID/stat: clock ticks since boot.</param>
internal readonly record struct ProcessId(int Pid, ulong StartTime);

/// <summary>A running process as discovery sees it.</summary>
/// <param name="Id">Identity.</param>
/// <param name="ParentPid">Parent's pid.</param>
/// <param name="ExecutablePath">Target of /proc/PID/exe.</param>
/// <param name="OpenPorts">TCP ports it listens on.</param>
internal sealed record ProcessInfo(ProcessId Id, int ParentPid, string ExecutablePath, IReadOnlySet<int> OpenPorts)
{
    /// <summary>Process id, short for <c>Id.Pid</c>.</summary>
    public int Pid => Id.Pid;

    /// <summary>A path that leads to the executable's file even when it was replaced on disk.</summary>
    public string ExecutableLink => $"/proc/{Id.Pid}/exe";
}

/// <summary>The name under which a process' telemetry is reported.</summary>
/// <param name="Name">service.name</param>
/// <param name="Namespace">service.namespace, if any.</param>
internal sealed record ServiceIdentity(string Name, string? Namespace);
