using Beyla.Host.Commands;
using Beyla.Host.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Plugins;

/// <summary><c>beyla plugins [--json]</c>: what was found in the search paths and what became of it.</summary>
internal sealed class PluginsCommand(PluginHostServices host, TextWriter output) : ICommandBody<PluginsArguments>
{
    /// <summary>Loads every plugin, as <c>run</c> would, and lists them. Nothing is attached. Always 0: a refused plugin is a row, not a failure.</summary>
    public async Task<int> RunAsync(BeylaOptions options, PluginsArguments arguments, CancellationToken stop)
    {
        // The rows say what the log would say.
        using PluginCatalog catalog = PluginCatalog.Load(options, host with { Loggers = NullLoggerFactory.Instance });
        string text = arguments.Json ? PluginList.ToJson(catalog.Records) : PluginList.ToTable(catalog.Records, catalog.SearchPaths);
        await output.WriteLineAsync(text.AsMemory(), stop).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
