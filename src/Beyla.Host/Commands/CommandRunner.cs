using System.CommandLine;
using Beyla.Host.Commands.Doctor;
using Beyla.Host.Commands.Explain;
using Beyla.Host.Commands.Plugins;
using Beyla.Host.Commands.Top;
using Beyla.Host.Commands.Trace;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Tracers;
using Beyla.Host.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Commands;

/// <summary>From arguments to exit code: reads the command line, merges the configuration, and hands over to the command's body.</summary>
/// <param name="compose">Registers the bodies and what they need.</param>
/// <param name="environment">Environment variables.</param>
/// <param name="output">stdout: only what the command was asked for.</param>
/// <param name="error">stderr: everything else.</param>
internal sealed class CommandRunner(
    Action<IServiceCollection, BeylaOptions> compose,
    IReadOnlyDictionary<string, string> environment,
    TextWriter output,
    TextWriter error)
{
    private readonly BeylaCommandLine _line = new();

    /// <summary>Runs the command that <paramref name="arguments"/> name.</summary>
    /// <param name="arguments">As given to the process.</param>
    /// <param name="stop">Ends a running command.</param>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ParseResult parsed = _line.Parse(arguments);
        if (UsageErrors.Of(parsed) is { Count: > 0 } mistakes) return Refuse(mistakes);
        // Only --help and --version have an action of their own.
        if (parsed.Action is not null)
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, CancellationToken.None);

        Command command = parsed.CommandResult.Command;
        if (command == _line.ConfigImport) return ConfigImportCommand.Run(parsed.GetRequiredValue(_line.YamlFile), output, error);
        BeylaConfiguration configuration = BeylaConfiguration.Load(environment, Flags(parsed));
        bool json = parsed.GetResult(_line.Json) is not null && parsed.GetValue(_line.Json);
        if (command == _line.ConfigCheck) return ConfigCommands.Check(configuration, TracerSettings(configuration.Options), json, output, error);
        if (command == _line.Doctor) return await BodyAsync(configuration, new DoctorArguments(json), stop);
        if (configuration.Report.Errors.Count > 0) return Refuse(configuration.Report.Errors);
        if (command == _line.ConfigShow) return ConfigCommands.Show(configuration, TracerSettings(configuration.Options), json, output, error);
        if (command == _line.ConfigSchema) return WithCatalog(configuration.Options, catalog => ConfigCommands.Schema(catalog.AllSettings, output));
        if (command == _line.Inspect) return await BodyAsync(configuration, InspectArguments(parsed, json), stop);
        if (command == _line.Explain) return await BodyAsync(configuration, new ExplainArguments(parsed.GetRequiredValue(_line.Explained), json, parsed.GetValue(_line.Socket)), stop);
        if (command == _line.Trace) return await BodyAsync(configuration, TraceArguments(parsed, json), stop);
        if (command == _line.Top) return await BodyAsync(configuration, new TopArguments(json, parsed.GetValue(_line.Socket), parsed.GetValue(_line.Every), parsed.GetValue(_line.Count)), stop);
        if (command == _line.Plugins) return await BodyAsync(configuration, new PluginsArguments(json), stop);
        if (_line.Plugin.ArgumentsOf(parsed) is { } plugin) return await BodyAsync(configuration, plugin, stop);
        return configuration.Options.HasCriteria
            ? await BodyAsync(configuration, new RunArguments(), stop)
            : Refuse([BeylaConfiguration.NothingSelected]);
    }

    /// <summary>The settings given by flags; <c>plugin record</c> is a run whose file of events is a flag, too.</summary>
    private Dictionary<Setting, string> Flags(ParseResult parsed)
    {
        Dictionary<Setting, string> flags = new(_line.Flags(parsed));
        if (parsed.CommandResult.Command == _line.Plugin.Record) flags[KnownSettings.RecordEvents] = _line.Plugin.RecordedFile(parsed);
        return flags;
    }

    /// <summary>What the tracers make of their part of the configuration. Their BPF objects are not looked at.</summary>
    private TracerSettingsReader TracerSettings(BeylaOptions options) => WithCatalog(options, catalog => catalog.Settings);

    private T WithCatalog<T>(BeylaOptions options, Func<PluginCatalog, T> use)
    {
        ServiceCollection services = new();
        compose(services, options);
        using ServiceProvider provider = services.BuildServiceProvider();
        using PluginCatalog catalog = PluginCatalog.Load(options, provider.GetRequiredService<PluginHostServices>() with { Loggers = NullLoggerFactory.Instance, ReadObject = null });
        return use(catalog);
    }

    private TraceArguments TraceArguments(ParseResult parsed, bool json) => new(
        parsed.GetRequiredValue(_line.Explained), parsed.GetValue(_line.Function), parsed.GetValue(_line.List), parsed.GetValue(_line.Print) ?? [], parsed.GetValue(_line.Where),
        parsed.GetValue(_line.Histogram), json, parsed.GetValue(_line.Count), parsed.GetValue(_line.For) is { Ticks: > 0 } duration ? duration : null);

    private InspectArguments InspectArguments(ParseResult parsed, bool json) =>
        new(parsed.GetRequiredValue(_line.Target), json, parsed.GetValue(_line.Probes), parsed.GetValue(_line.Tracer));

    private async Task<int> BodyAsync<TArguments>(BeylaConfiguration configuration, TArguments arguments, CancellationToken stop)
    {
        ServiceCollection services = new();
        services.AddSingleton(configuration);
        compose(services, configuration.Options);
        await using ServiceProvider provider = services.BuildServiceProvider();
        ILogger log = provider.GetRequiredService<ILoggerFactory>().CreateLogger("Beyla");
        if (arguments is not DoctorArguments) // which lists them itself
            foreach (string warning in configuration.Report.Warnings) log.LogWarning("{Warning}", warning);
        try
        {
            return await provider.GetRequiredService<ICommandBody<TArguments>>().RunAsync(configuration.Options, arguments, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Only run is meant to be stopped; what the others print would be incomplete.
            return arguments is RunArguments ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (ConfigurationException e)
        {
            return Refuse(e.Errors);
        }
#pragma warning disable CA1031 // The last barrier: whatever escapes becomes a sentence and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError("{Message}", e.Message);
            log.LogDebug("{Exception}", e);
            return ExitCode.Failed;
        }
    }

    private int Refuse(IReadOnlyList<string> sentences)
    {
        foreach (string sentence in sentences) error.WriteLine(sentence);
        return ExitCode.Usage;
    }
}
