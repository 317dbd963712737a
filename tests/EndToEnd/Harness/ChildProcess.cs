using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Harness;

/// <summary>A program that a test started. It ends, at the latest, with the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;

    private ChildProcess(Process process, string name) => (_process, _name) = (process, name);

    /// <summary>Process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Lines of stdout.</summary>
    public LineLog Output { get; } = new();

    /// <summary>Lines of stderr.</summary>
    public LineLog Error { get; } = new();

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit code, 128 + signal when a signal ended it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program. Its stdin stays open, for programs that end when it closes.</summary>
    /// <param name="path">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set, or to remove when the value is null.</param>
    /// <param name="folder">Working directory.</param>
    public static ChildProcess Start(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null)
    {
        ProcessStartInfo start = new(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        ChildProcess child = new(new Process { StartInfo = start }, Path.GetFileName(path));
        child._process.OutputDataReceived += (_, e) => { if (e.Data is not null) child.Output.Add(e.Data); };
        child._process.ErrorDataReceived += (_, e) => { if (e.Data is not null) child.Error.Add(e.Data); };
        StartWhenFree(child._process);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>
    /// Starts a process whose executable may have been copied just before: a child that another test forks at that very moment holds the copy open for
    /// writing until it executes its own program, and for so long the kernel refuses to run the copy (ETXTBSY, execve(2)).
    /// </summary>
    private static void StartWhenFree(Process process)
    {
        const int textFileBusy = 26;
        long deadline = Environment.TickCount64 + 10_000;
        while (true)
        {
            try
            {
                process.Start();
                return;
            }
            catch (Win32Exception e) when (e.NativeErrorCode == textFileBusy && Environment.TickCount64 < deadline)
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>Runs a program to its end and returns what it wrote; fails unless the exit code is 0.</summary>
    public static async Task<string> RunAsync(string path, params string[] arguments)
    {
        await using ChildProcess child = Start(path, arguments);
        await child.ExitAsync(Eventually.Seconds(60));
        Assert.True(child.ExitCode == 0, $"{path} {string.Join(' ', arguments)} ended with {child.ExitCode}: {child.Error}");
        return string.Join('\n', child.Output.Lines);
    }

    /// <summary>Writes a line to its stdin.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Writes a text and a line break to its stdin, closes that, and waits for the end; fails on another exit code than the expected one.</summary>
    public async Task FeedAsync(string text, int exitCode = 0)
    {
        await WriteLineAsync(text);
        _process.StandardInput.Close();
        await ExitAsync(Eventually.Seconds(60));
        Assert.True(ExitCode == exitCode, $"not {exitCode}: {this}");
    }

    /// <summary>Sends a signal by name: TERM, KILL, STOP …</summary>
    public void Signal(string name)
    {
        if (!_process.HasExited) Signal(Pid, name);
    }

    /// <summary>Sends a signal by name to a process that the caller knows to be one of the test's.</summary>
    public static void Signal(int pid, string name)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {pid}"]);
        kill.WaitForExit();
    }

    /// <summary>The process that this one started; fails unless there is exactly one.</summary>
    public int OnlyChild() => int.Parse(
        Assert.Single(File.ReadAllText($"/proc/{Pid}/task/{Pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)), CultureInfo.InvariantCulture);

    /// <summary>Waits for its end and returns how long that took.</summary>
    public async Task<TimeSpan> ExitAsync(TimeSpan deadline)
    {
        long start = Stopwatch.GetTimestamp();
        using CancellationTokenSource late = new(deadline);
        try
        {
            await _process.WaitForExitAsync(late.Token);           // ends after the last line of both outputs
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_name} (pid {Pid}) still runs after {deadline.TotalSeconds:0.#} s\n{this}");
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>The signal that ends it with the test. A program whose children outlive a SIGKILL, and hold its stdout, wants another one.</summary>
    public string EndSignal { get; set; } = "KILL";

    /// <summary>SIGKILL, and the wait for the end.</summary>
    public async Task KillAsync()
    {
        Signal("KILL");
        await ExitAsync(Eventually.Soon);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{_name} (pid {Pid}{(HasExited ? $", ended with {ExitCode}" : "")}) wrote:\n{Error}\n{Output}";

    public async ValueTask DisposeAsync()
    {
        Signal(EndSignal);
        await ExitAsync(Eventually.Soon);
        _process.Dispose();
    }
}
