using System.ComponentModel;
using System.Diagnostics;

namespace EndToEnd.Harness;

/// <summary>What a test needs of the machine, and the reason when it is not there.</summary>
internal static class Requirement
{
    private static readonly bool s_required = Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1";

    /// <summary>Null when probes can be attached here by the published agent; otherwise the reason to skip. With BEYLA_REQUIRE_BPF=1 nothing is skipped.</summary>
    public static string? ForProbes { get; } = s_required ? null : MissingForProbes();

    /// <summary>Null when the program was prepared; otherwise why not.</summary>
    /// <param name="path">Path below artifacts/targets.</param>
    public static string? ForTarget(string path)
    {
        string full = Path.Combine(Repository.Targets, path);
        if (File.Exists(full)) return null;
        if (File.Exists(full + ".absent")) return File.ReadAllText(full + ".absent").Trim();           // a moving suite: nobody's fault
        return s_required ? null : $"artifacts/targets/{path} is missing; run tests/targets/fetch.sh";
    }

    /// <summary>Null when the program is on the PATH; otherwise that it is missing.</summary>
    public static string? ForProgram(string name)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"];
        return s_required || folders.Any(folder => File.Exists(Path.Combine(folder, name))) ? null : $"{name} is not installed";
    }

    /// <summary>Null when a process can be started in a PID namespace of its own with its own /proc; otherwise the reason to skip.</summary>
    public static string? ForPidNamespaces { get; } = s_required ? null : MissingForPidNamespaces();

    private static string? MissingForPidNamespaces()
    {
        try
        {
            using Process unshare = Process.Start(new ProcessStartInfo("unshare", [.. PidNamespace.Launcher, "true"]) { RedirectStandardError = true })!;
            string reason = unshare.StandardError.ReadToEnd().Trim();
            unshare.WaitForExit();
            return unshare.ExitCode == 0 ? null : $"no PID namespace can be made here: {reason}";
        }
        catch (Win32Exception e)
        {
            return $"unshare is missing: {e.Message}";
        }
    }

    private static string? MissingForProbes()
    {
        if (!File.Exists(Repository.Agent)) return "artifacts/beyla/beyla is missing; run ./test.sh, which publishes the agent";
        if (!Environment.IsPrivilegedProcess) return "attaching probes needs root";
        return File.Exists("/sys/kernel/btf/vmlinux") ? null : "this kernel has no BTF (/sys/kernel/btf/vmlinux)";
    }
}
