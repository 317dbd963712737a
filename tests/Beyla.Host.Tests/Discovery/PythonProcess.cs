using System.Diagnostics;
using System.Globalization;

namespace Beyla.Host.Tests.Discovery;

/// <summary>A Python program that runs one statement for each line it is given, and answers with the value of <c>answer</c>.</summary>
internal sealed class PythonProcess : IDisposable
{
    public const string Interpreter = "/usr/bin/python3";

    private const string Loop = """
        import os, signal, socket, subprocess, sys, threading, time
        answer = 'ready'
        print(answer, flush=True)
        for line in sys.stdin:
            answer = 'done'
            exec(line)
            print(answer, flush=True)
        """;

    private readonly Process _process;

    private PythonProcess(string file, params string[] arguments) => _process = Process.Start(new ProcessStartInfo(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Path of the interpreter's file.</summary>
    public static string Executable { get; } = new FileInfo(Interpreter).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Interpreter;

    public int Pid => _process.Id;

    public static async Task<PythonProcess> StartAsync(string file = Interpreter, params string[] before)
    {
        PythonProcess python = new(file, [.. before, "-c", Loop]);
        await python.AnswerAsync();
        return python;
    }

    /// <summary>Runs one line, gives what it set <c>answer</c> to.</summary>
    public async Task<string> RunAsync(string line)
    {
        Tell(line);
        return await AnswerAsync();
    }

    /// <summary>Runs one line that never answers: an exec, an exit.</summary>
    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Listens on a free port of 127.0.0.1 and gives it.</summary>
    public async Task<int> ListenAsync(string name = "s") => Number(await RunAsync($"{name} = socket.create_server(('127.0.0.1', 0)); answer = {name}.getsockname()[1]"));

    public async Task<int> NumberAsync(string line) => Number(await RunAsync(line));

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<string> AnswerAsync()
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        return await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("the Python program ended");
    }

    private static int Number(string answer) => int.Parse(answer, CultureInfo.InvariantCulture);
}
