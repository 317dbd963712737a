using System.Globalization;
using Beyla.Host.Discovery;

namespace Beyla.Host.Commands.Explain;

/// <summary>The processes that a user means by a pid, a port or an executable.</summary>
/// <param name="Processes">At least one, unless <paramref name="Nothing"/> says why there is none.</param>
/// <param name="Nothing">Why there is no such process; null: there is.</param>
/// <param name="Next">What to do then.</param>
internal sealed record ExplainedTarget(IReadOnlyList<ProcessInfo> Processes, string? Nothing, string? Next = null)
{
    /// <summary>
    /// A number is a pid, or, when no process has it, a port; <c>:8080</c> is a port in any case. Anything else is an executable: its path, or the
    /// last part of it.
    /// </summary>
    public static ExplainedTarget Find(string target)
    {
        IReadOnlyList<ProcessInfo> all = ProcessSnapshot.Take(out int hidden);
        string unseen = hidden == 0 ? "" : $" ({hidden} processes cannot be looked at; as root they can)";
        bool isPort = target.StartsWith(':');
        if (int.TryParse(isPort ? target[1..] : target, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            if (!isPort && all.FirstOrDefault(p => p.Pid == number) is { } process) return new([process], null);
            if (!isPort && Directory.Exists($"/proc/{number}"))
            {
                return new([], ProcessSnapshot.RunsAProgram(number)
                    ? $"the executable of process {number} cannot be read: it belongs to another user"
                    : $"process {number} is a kernel thread or has just ended",
                    "run as root; kernel threads have nothing to trace");
            }
            ProcessInfo[] listening = [.. all.Where(p => p.OpenPorts.Contains(number))];
            if (listening.Length > 0) return new(listening, null);
            return isPort
                ? new([], $"no process listens on port {number}{unseen}", "start the server; the agent sees it as soon as it listens")
                : new([], $"there is no process {number}, and none listens on port {number}{unseen}", "it may have ended; start it again, the agent sees it as soon as it runs or listens");
        }
        string path = target.Contains('/') ? Path.GetFullPath(target) : target;
        ProcessInfo[] running = [.. all.Where(p => p.ExecutablePath == path || (!target.Contains('/') && Path.GetFileName(p.ExecutablePath) == target))];
        return running.Length > 0
            ? new(running, null)
            : new([], $"no process runs {target}{unseen}", File.Exists(path) ? $"start it; 'beyla inspect {target}' says what would be attached" : "check the name");
    }
}
