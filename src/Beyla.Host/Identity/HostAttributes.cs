namespace Beyla.Host.Identity;

/// <summary>What is the same for all processes of this machine: host.id, os.type.</summary>
internal static class HostAttributes
{
    private const int InitPid = 1;

    /// <summary>The attributes; host.name is the exporters' (a user may set it).</summary>
    public static IReadOnlyList<(string Key, string Value)> All { get; } = [.. Read()];

    private static IEnumerable<(string Key, string Value)> Read()
    {
        yield return ("os.type", "linux");
        if (MachineId() is { } id) yield return ("host.id", id);
    }

    /// <summary>
    /// machine-id(5), which the conventions name for host.id. In a container the agent's own file is the image's: there it is that of process 1,
    /// if the agent shares the machine's PID namespace.
    /// </summary>
    private static string? MachineId()
    {
        if (ContainerPlace.Read(InitPid).ContainerId is null && MachineId(InitPid) is { } id) return id;
        return ContainerPlace.Read(Environment.ProcessId).ContainerId is null ? MachineId(Environment.ProcessId) : null;
    }

    private static string? MachineId(int pid) =>
        (Ebpf.ProcessRoot.TryReadText(pid, "/etc/machine-id", 64) ?? Ebpf.ProcessRoot.TryReadText(pid, "/var/lib/dbus/machine-id", 64))?.Trim() is { Length: 32 } id ? id : null;
}
