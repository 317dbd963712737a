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
        try
        {
            Inspection inspection = TargetInspection.Of(plugins.Tracers, arguments.Target);
            using Stream output = Console.OpenStandardOutput();
            if (arguments.Tracer is { } only) inspection = inspection with { Tracers = [.. inspection.Tracers.Where(t => t.Name == only)] };
            if (arguments.Json) InspectionJson.Write(inspection, output);
            else InspectionText.Write(inspection, details: arguments.Probes || arguments.Tracer is not null, output);
            return Task.FromResult(ExitCode.Ok);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ElfException)
        {
            Console.Error.WriteLine($"beyla: cannot inspect {arguments.Target}: {TargetInspection.Sentence(e, arguments.Target)}");
            return Task.FromResult(ExitCode.Failed);
        }
    }

    private string Instead(string wanted)
    {
        string[] names = [.. plugins.Tracers.Select(t => t.Name).Order(StringComparer.Ordinal)];
        if (NearestName.Find(wanted, names) is { } near) return $"did you mean '{near}'?";
        return names.Length == 0 ? "there is none, 'beyla plugins' says why" : $"there are {string.Join(", ", names)}";
    }
}
