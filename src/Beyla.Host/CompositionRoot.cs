using Beyla.Host.Commands;
using Beyla.Host.Commands.Doctor;
using Beyla.Host.Commands.Explain;
using Beyla.Host.Commands.Plugins;
using Beyla.Host.Commands.Top;
using Beyla.Host.Commands.Trace;
using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Reload;
using Beyla.Host.Logging;
using Beyla.Host.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beyla.Host;

/// <summary>Where the rooms are wired together. Nothing is created before a command asks for it.</summary>
internal static class CompositionRoot
{
    /// <summary>Registers everything that the bodies of the commands need.</summary>
    public static IServiceCollection AddBeyla(this IServiceCollection services, BeylaOptions options)
    {
        LogLevelSwitch level = new(options.LogLevel);
        return services
            .AddSingleton(options)
            .AddSingleton(TimeProvider.System)
            .AddLogging(logging => logging
                .SetMinimumLevel(LogLevel.Trace)
                .AddFilter(level.Allows)
                .Services.AddSingleton<ILoggerProvider>(p => new LineLoggerProvider(Terminal.Error, p.GetRequiredService<TimeProvider>(), Terminal.Colour)))
            .AddSingleton(p => new PluginHostServices(p.GetRequiredService<ILoggerFactory>(), p.GetRequiredService<TimeProvider>(), BpfObjectLayouts.Read))
            .AddSingleton(p => PluginCatalog.LoadConfigured(options, p.GetRequiredService<PluginHostServices>()))
            .AddSingleton(p => Reload(p, level))
            .AddSingleton<KernelBasis>()
            .AddSingleton<Agent>()
            .AddSingleton<ICommandBody<RunArguments>, RunCommand>()
            .AddSingleton<ICommandBody<InspectArguments>, InspectCommand>()
            .AddSingleton<ICommandBody<DoctorArguments>>(p => new DoctorCommand(p.GetRequiredService<BeylaConfiguration>(), p.GetRequiredService<PluginHostServices>(), Terminal.Output))
            .AddSingleton<ICommandBody<ExplainArguments>>(p => new ExplainCommand(p.GetRequiredService<PluginCatalog>(), Terminal.Output, Terminal.Error))
            .AddSingleton<ICommandBody<TopArguments>>(_ => new TopCommand(Terminal.Output, Terminal.Error))
            .AddSingleton<ICommandBody<TraceArguments>>(_ => new TraceCommand(Terminal.Output, Terminal.Error))
            .AddSingleton<ICommandBody<PluginsArguments>>(p => new PluginsCommand(p.GetRequiredService<PluginHostServices>(), Terminal.Output))
            .AddSingleton<ICommandBody<PluginArguments>>(p => new PluginCommand(p.GetRequiredService<PluginHostServices>(), Terminal.Output, Terminal.Error));
    }

    private static ConfigurationReload Reload(IServiceProvider provider, LogLevelSwitch level)
    {
        ConfigurationReload reload = new(
            provider.GetRequiredService<BeylaConfiguration>(), provider.GetRequiredService<PluginCatalog>().Check, provider.GetRequiredService<ILogger<ConfigurationReload>>());
        reload.Changed += options => level.Lowest = options.LogLevel;
        return reload;
    }
}
