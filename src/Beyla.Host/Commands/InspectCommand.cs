using System.Globalization;
using Beyla.Elf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;

namespace Beyla.Host.Commands;

/// <summary><c>beyla inspect EXE|PID</c>: what would be attached to an executable, where, and what is missing. Loads and attaches nothing.</summary>
internal sealed class InspectCommand(PluginCatalog plugins) : ICommandBody<InspectArguments>
{
    public Task<int> RunAsync(BeylaOptions options, InspectArguments arguments, CancellationToken stop)
    {
        if (arguments.Tracer is { } wanted && plugins.Tracers.All(t => t.Name != wanted))
        {
            Console.Error.WriteLine($"beyla inspect: --tracer: no tracer '{wanted}' is loaded; {Instead(wanted)}");
            return Task.FromResult(ExitCode.Usage);
        }
        bool isProcess = int.TryParse(arguments.Target, NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
        string path = isProcess ? $"/proc/{pid}/exe" : arguments.Target;
        try
        {
            Inspection inspection = new ExecutableInspector(plugins.Tracers).Inspect(path, DisplayPath(path));
            LibraryInspector libraries = new(plugins.Tracers);
            IEnumerable<LibraryInspection> found = isProcess
                ? libraries.InspectProcess(pid, inspection.Path)
                : [libraries.Inspect(path, inspection.Path, isExecutable: !libraries.Concerns(Path.GetFileName(path)))];
            inspection = inspection with { Libraries = [.. found.Where(l => l.Groups.Count > 0)] };
            using Stream output = Console.OpenStandardOutput();
            if (arguments.Tracer is { } only) inspection = inspection with { Tracers = [.. inspection.Tracers.Where(t => t.Name == only)] };
            if (arguments.Json) InspectionJson.Write(inspection, output);
            else InspectionText.Write(inspection, details: arguments.Probes || arguments.Tracer is not null, output);
            return Task.FromResult(ExitCode.Ok);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
        {
            Console.Error.WriteLine($"beyla: cannot inspect {arguments.Target}: {Sentence(e, arguments.Target)}");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private string Instead(string wanted)
    {
        string[] names = [.. plugins.Tracers.Select(t => t.Name).Order(StringComparer.Ordinal)];
        if (NearestName.Find(wanted, names) is { } near) return $"did you mean '{near}'?";
        return names.Length == 0 ? "there is none, 'beyla plugins' says why" : $"there are {string.Join(", ", names)}";
    }

    private static string DisplayPath(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal) ? File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName ?? path : Path.GetFullPath(path);

    private static string Sentence(Exception e, string target) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => int.TryParse(target, out _)
            ? "there is no such process (or it is a kernel thread)."
            : "there is no such file.",
        UnauthorizedAccessException => "permission denied; run as root or as the owner of the process.",
        _ => e.Message,
    };
}
