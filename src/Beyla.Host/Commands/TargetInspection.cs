using System.Globalization;
using Beyla.Elf;
using Beyla.Host.Attachment;
using Beyla.Host.Identity;
using Beyla.Host.Identity.OwnTelemetry;

namespace Beyla.Host.Commands;

/// <summary>Inspects what the user named: an executable by its path, or a process by its number.</summary>
internal static class TargetInspection
{
    /// <summary>What could be probed, by the tables of some tracers.</summary>
    /// <param name="tracers">The tracers.</param>
    /// <param name="target">Path of an executable, or a process id.</param>
    /// <param name="linkedLibraries">Of an executable look at the libraries, too, that it is linked to. Those of a process are always looked at.</param>
    /// <exception cref="IOException">There is no such file or process, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    /// <exception cref="ElfException">It is no executable, or malformed.</exception>
    public static Inspection Of(IReadOnlyList<ITracer> tracers, string target, bool linkedLibraries = false)
    {
        int? pid = int.TryParse(target, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        string path = pid is null ? target : $"/proc/{pid}/exe";
        Inspection inspection = new ExecutableInspector(tracers).Inspect(path, DisplayPath(path));
        LibraryInspector libraries = new(tracers);
        List<LibraryInspection> found = pid is { } running
            ? [.. libraries.InspectProcess(running, inspection.Path)]
            : [libraries.Inspect(path, inspection.Path, isExecutable: !libraries.Concerns(Path.GetFileName(path)))];
        if (pid is null && linkedLibraries)
            found.AddRange(LinkedLibraries.Of(path).Where(l => libraries.Concerns(Path.GetFileName(l))).Select(l => libraries.Inspect(l, l, isExecutable: false)));
        inspection = inspection with { Libraries = [.. found.Where(l => l.Groups.Count > 0)] };
        return pid is not { } process
            ? inspection
            : inspection.ForProcess(process) with { OwnSignals = OwnSignals.Of(process, ProcessEnvironment.Read(process), inspection) };
    }

    /// <summary>Why a target could not be inspected.</summary>
    public static string Sentence(Exception e, string target) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => int.TryParse(target, out _)
            ? "there is no such process (or it is a kernel thread)."
            : "there is no such file.",
        UnauthorizedAccessException => "permission denied; run as root or as the owner of the process.",
        _ => e.Message,
    };

    private static string DisplayPath(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal) ? File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName ?? path : Path.GetFullPath(path);
}
