using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Commands.Doctor;

/// <summary><c>beyla doctor</c></summary>
/// <param name="Json">Print JSON.</param>
internal sealed record DoctorArguments(bool Json);

/// <summary>
/// <c>beyla doctor</c>: what this kernel, these privileges and this configuration give, feature by feature. Attaches nothing to any process and
/// works without privileges: then much of it is unknown, and that is said.
/// </summary>
internal sealed class DoctorCommand(BeylaConfiguration configuration, PluginHostServices host, TextWriter output) : ICommandBody<DoctorArguments>
{
    public async Task<int> RunAsync(BeylaOptions options, DoctorArguments arguments, CancellationToken stop)
    {
        // The findings say what the log would say.
        using PluginCatalog plugins = PluginCatalog.Load(options, host with { Loggers = NullLoggerFactory.Instance });
        List<Finding> findings =
        [
            .. PrivilegeChecks.Run(),
            .. KernelChecks.Run(),
            .. TracerChecks.Plugins(plugins),
            .. TracerChecks.Tracers(plugins),
            .. ConfigurationChecks.Run(configuration, plugins.Settings.Report),
            .. ProcessChecks.Run(options),
            .. await ExportChecks.RunAsync(options, stop).ConfigureAwait(false),
        ];
        string text = arguments.Json ? DoctorReport.ToJson(findings) : DoctorReport.ToText(findings);
        await output.WriteAsync(text.AsMemory(), stop).ConfigureAwait(false);
        return findings.Any(f => f.IsFatal) ? ExitCode.Failed : ExitCode.Ok;
    }
}
