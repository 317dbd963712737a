using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TargetCost;

/// <summary>A program that runs on one core only and whose output lines are kept.</summary>
internal sealed class PinnedProcess : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    /// <summary>Starts a program on a core. taskset executes it in its own place, so the pid is the program's.</summary>
    public PinnedProcess(int core, string path, params string[] arguments)
    {
        ProcessStartInfo start = new("taskset", ["-c", core.ToString(CultureInfo.InvariantCulture), path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("BEYLA_", StringComparison.Ordinal) && !k.StartsWith("BEYLA_TRACERS_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Lines of both outputs so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get { lock (_lock) return [.. _lines]; }
    }

    /// <summary>CPU time that all its threads used, ns (/proc/PID/task/*/schedstat).</summary>
    public long CpuTime()
    {
        long sum = 0;
        foreach (string task in Directory.GetDirectories($"/proc/{Pid}/task"))
            sum += long.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        return sum;
    }

    /// <summary>Resident memory, bytes (VmRSS).</summary>
    public long ResidentBytes() => 1024 * long.Parse(
        File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>Writes a line to its stdin.</summary>
    public void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits up to 15 s for the first line that matches, or the second, ...</summary>
    public Match WaitFor(Regex pattern, int which = 1)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            bool ended = _process.HasExited;
            if (ended) _process.WaitForExit();                    // its last lines are here only then
            int seen = 0;
            foreach (string line in Lines)
                if (pattern.Match(line) is { Success: true } match && ++seen == which) return match;
            if (ended || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(15))
                throw new InvalidOperationException($"{_process.StartInfo.ArgumentList[2]} did not say /{pattern}/; it said:\n{string.Join('\n', Lines)}");
            Thread.Sleep(2);
        }
    }

    /// <summary>SIGTERM and the wait for the end; all output is there afterwards.</summary>
    public void Stop()
    {
        using Process kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {Pid}")]);
        kill.WaitForExit();
        if (!_process.WaitForExit(10_000)) throw new InvalidOperationException($"pid {Pid} still runs 10 s after SIGTERM");
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not null)
            lock (_lock) _lines.Add(e.Data);
    }
}
