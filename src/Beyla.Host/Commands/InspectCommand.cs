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
        string path = int.TryParse(arguments.Target, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? $"/proc/{pid}/exe" : arguments.Target;
        try
        {
            Inspection inspection = new ExecutableInspector(plugins.Tracers).Inspect(path, DisplayPath(path));
            using Stream output = Console.OpenStandardOutput();
            if (arguments.Json) InspectionJson.Write(inspection, output);
            else InspectionText.Write(inspection, output);
            return Task.FromResult(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
        {
            Console.Error.WriteLine($"beyla: cannot inspect {arguments.Target}: {Sentence(e, arguments.Target)}");
            return Task.FromResult(1);
        }
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
