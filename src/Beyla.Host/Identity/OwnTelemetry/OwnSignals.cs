using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Spans;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>The signals that a process exports by OTLP itself.</summary>
/// <param name="Signals">Which.</param>
/// <param name="Evidence">How that shows, in words; null when it exports none.</param>
internal sealed record OwnSignals(Signals Signals, string? Evidence)
{
    /// <summary>It exports nothing, as far as can be seen.</summary>
    public static OwnSignals None { get; } = new(Signals.None, null);

    /// <summary><c>traces</c>, <c>metrics</c>.</summary>
    public IEnumerable<string> Names => Enum.GetValues<Signals>().Where(s => s is Signals.Traces or Signals.Metrics && Signals.HasFlag(s)).Select(s => s.ToString().ToLowerInvariant());

    /// <summary>
    /// Decides for a running process. A library alone does not export, and variables alone may be set for the whole machine: both together
    /// count, or one of them with a connection to an OTLP port. Everything else shows only when it exports (<see cref="SeenExports"/>).
    /// </summary>
    public static OwnSignals Of(int pid, ProcessEnvironment environment, Inspection inspection)
    {
        SdkSettings settings = SdkSettings.Of(environment);
        if (settings.Disabled) return None;
        SdkSigns sdk = SdkSigns.Of(environment, Procfs.CommandLine(pid), Procfs.MappedPaths(pid), inspection.Modules.Keys);
        if (sdk.Signals == Signals.None && settings.Exported == Signals.None) return None;
        return Decide(settings, sdk, () => OtlpConnections.FindPort(pid));
    }

    /// <summary>The same of what was found.</summary>
    /// <param name="settings">Its variables.</param>
    /// <param name="sdk">Its libraries.</param>
    /// <param name="connectedPort">The OTLP port that it is connected to, if any; asked only where that matters.</param>
    public static OwnSignals Decide(SdkSettings settings, SdkSigns sdk, Func<int?> connectedPort)
    {
        if (settings.Disabled) return None;
        if ((settings.Exported & sdk.Signals) is var both && both != Signals.None) return new(both, $"{sdk.Evidence}, {settings.Evidence}");

        // One of the two says which signals. A connection does not: without either it would be a guess.
        Signals known = (sdk.Signals | settings.Exported) & ~settings.SwitchedOff;
        return known != Signals.None && connectedPort() is { } port ? new(known, $"{sdk.Evidence ?? settings.Evidence}, connected to port {port}") : None;
    }
}
