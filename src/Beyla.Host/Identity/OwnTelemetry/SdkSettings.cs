using Beyla.Host.Spans;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>What a process' variables tell OpenTelemetry's SDK to export by OTLP (specification: SDK environment variables, OTLP exporter).</summary>
/// <param name="Exported">The signals they give a destination.</param>
/// <param name="SwitchedOff">The signals they send elsewhere or nowhere.</param>
/// <param name="Disabled">OTEL_SDK_DISABLED.</param>
/// <param name="Evidence">The variable that gives the destination.</param>
internal sealed record SdkSettings(Signals Exported, Signals SwitchedOff, bool Disabled, string? Evidence)
{
    private static readonly (Signals Signal, string Name)[] ByName = [(Signals.Traces, "TRACES"), (Signals.Metrics, "METRICS")];

    /// <summary>Reads them.</summary>
    public static SdkSettings Of(ProcessEnvironment environment)
    {
        (Signals exported, Signals off, string? evidence) = (Signals.None, Signals.None, null);
        foreach ((Signals signal, string name) in ByName)
        {
            string? exporter = environment[$"OTEL_{name}_EXPORTER"];
            if (exporter is not null && !exporter.Split(',', StringSplitOptions.TrimEntries).Contains("otlp"))
            {
                off |= signal;
                continue;
            }
            string[] destinations = [$"OTEL_EXPORTER_OTLP_{name}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT", $"OTEL_{name}_EXPORTER"];
            if (Array.Find(destinations, d => environment[d] is not null) is not { } given) continue;
            exported |= signal;
            evidence ??= $"{given} is set";
        }
        return new(exported, off, environment["OTEL_SDK_DISABLED"]?.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) == true, evidence);
    }
}
