using System.Diagnostics;
using System.Globalization;
using Beyla.Ebpf;
using Beyla.Elf;
using Beyla.Elf.Sites;
using Beyla.Host.Attachment;
using Beyla.Host.Commands.Explain;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;

namespace Beyla.Host.Commands.Trace;

/// <summary><c>beyla trace TARGET FUNCTION</c></summary>
/// <param name="Target">A pid, a port or an executable.</param>
/// <param name="Function">A name, or a signature; null with <paramref name="List"/>.</param>
/// <param name="List">Only list the functions that match.</param>
/// <param name="Print">Fields to show beside the arguments.</param>
/// <param name="Where">Only calls for which this holds.</param>
/// <param name="Histogram">Count latencies instead of printing calls.</param>
/// <param name="Json">Print JSON.</param>
/// <param name="Count">End after so many calls.</param>
/// <param name="Duration">End after this time.</param>
internal sealed record TraceArguments(
    string Target, string? Function, string? List, IReadOnlyList<string> Print, string? Where, bool Histogram, bool Json, int? Count, TimeSpan? Duration);

/// <summary><c>beyla trace</c>: one line for each call of any function of a running program, until Ctrl-C.</summary>
internal sealed class TraceCommand(TextWriter output, TextWriter error) : ICommandBody<TraceArguments>
{
    /// <summary>Concrete error types whose first field is their text (errors/errors.go, fmt/errors.go).</summary>
    private static readonly string[] TextTypes = ["*errors.errorString", "*fmt.wrapError"];

    public Task<int> RunAsync(BeylaOptions options, TraceArguments arguments, CancellationToken stop)
    {
        try
        {
            return Task.FromResult(Run(arguments, stop));
        }
        catch (FormatException e)
        {
            return Task.FromResult(Refuse(e, ExitCode.Usage));
        }
        catch (Exception e) when (e is BpfException or ElfException or SiteException or StaleExecutableException or IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(Refuse(e, ExitCode.Failed));
        }
    }

    private int Refuse(Exception e, int exit)
    {
        error.WriteLine($"beyla trace: {e.Message}");
        return exit;
    }

    private int Run(TraceArguments arguments, CancellationToken stop)
    {
        (string path, IReadOnlyList<ProcessInfo> processes) = Targets(arguments);
        using ElfFile elf = ElfFile.Open(path);
        GoBinary? go = GoBinary.TryRead(elf);
        FunctionFinder finder = new(elf, go);
        if (arguments.List is { } pattern)
        {
            foreach (string line in finder.List(pattern)) output.WriteLine(line);
            return ExitCode.Ok;
        }
        if (arguments.Function is not { } typed) throw new FormatException("a function is missing; --list 'main.*' lists those of a package");
        TracedFunction function = finder.Find(typed, arguments.Print);
        foreach (string note in function.Notes) error.WriteLine($"{function.Name}: {note}");

        Dictionary<int, ulong> biases = processes.ToDictionary(p => p.Pid, p => BiasOf(elf, p));
        // Type addresses in the table are those of one process; others of the same file may lie elsewhere.
        ulong bias = biases[processes[0].Pid];
        TracePlan plan = new()
        {
            Goid = function.Goid,
            TextTypeAddresses = [.. TextTypes.Select(n => go?.FindType(n)).OfType<ulong>().Select(a => a + bias)],
            Where = arguments.Where is { } where ? TraceCondition.Parse(where, function.Arguments) : null,
            Histogram = arguments.Histogram,
            ArgumentValues = function.Arguments,
            ResultValues = function.Results,
        };
        using TraceSession session = new(plan);
        foreach (ProcessInfo process in processes) session.Attach(process, function, biases[process.Pid]);
        error.WriteLine($"tracing {function.Signature ?? function.Name} of {string.Join(", ", processes.Select(p => string.Create(CultureInfo.InvariantCulture, $"pid {p.Pid}")))}; Ctrl-C ends.");
        Follow(session, new TracePrinter(function, new ValueText(address => go?.TypeNameAt(address - bias)), arguments.Json, output), arguments, processes, stop);
        return ExitCode.Ok;
    }

    private void Follow(TraceSession session, TracePrinter printer, TraceArguments arguments, IReadOnlyList<ProcessInfo> processes, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp(), calls = 0;
        void Print(ReadOnlySpan<byte> record)
        {
            if (calls >= (arguments.Count ?? int.MaxValue)) return;
            printer.Print(new TraceCall(record));
            calls++;
        }
        bool IsOver() => stop.IsCancellationRequested || calls >= (arguments.Count ?? int.MaxValue)
            || (arguments.Duration is { } duration && Stopwatch.GetElapsedTime(start) >= duration) || !processes.Any(p => Directory.Exists($"/proc/{p.Pid}"));
        while (!IsOver()) session.Read(Print);
        session.Detach();
        session.Read(Print);
        if (arguments.Histogram)
        {
            ulong[] latencies = session.Latencies();
            calls = (long)latencies.Aggregate(0UL, (a, b) => a + b);
            if (calls > 0) output.Write(TracePrinter.Histogram(latencies));
        }
        string counts = string.Join("", session.Counts().Select(c => string.Create(CultureInfo.InvariantCulture, $", {c.Name} {c.Count}")));
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls{counts}."));
    }

    private static (string Path, IReadOnlyList<ProcessInfo> Processes) Targets(TraceArguments arguments)
    {
        // A list needs the file only.
        if (arguments.List is not null && File.Exists(arguments.Target)) return (arguments.Target, []);
        ExplainedTarget target = ExplainedTarget.Find(arguments.Target);
        if (target.Nothing is { } nothing) throw new IOException($"{nothing}; {target.Next}");
        IReadOnlyList<ProcessInfo> processes = target.Processes;
        return processes.Select(p => p.ExecutablePath).Distinct().Count() == 1
            ? (processes[0].ExecutableLink, processes)
            : throw new IOException($"'{arguments.Target}' means processes of several executables; give one of the pids {string.Join(", ", processes.Select(p => p.Pid))}");
    }

    private static ulong BiasOf(ElfFile elf, ProcessInfo process)
    {
        ExecutableMapping mapping = ExecutableMapping.Read(process.Pid);
        return mapping.Start - mapping.FileOffset - ExecutableInspector.BaseAddressOf(elf);
    }
}
