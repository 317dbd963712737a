namespace EndToEnd.Harness;

/// <summary>A PID namespace with its own /proc, as a container has it. All in it ends with the process that made it.</summary>
internal static class PidNamespace
{
    /// <summary>Flags of <c>unshare</c>; a command line follows.</summary>
    public static IReadOnlyList<string> Launcher { get; } = ["--pid", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>A launcher of the agent that starts a program beside it first, in the same namespace, and writes that one's process id there into a file.</summary>
    public static IReadOnlyList<string> AgentBeside(string pidFile, params string[] program) =>
        ["unshare", .. Launcher, "/bin/sh", "-c", $"{string.Join(' ', program)} >/dev/null 2>&1 & echo $! >{pidFile}; exec \"$@\"", "sh"];
}
