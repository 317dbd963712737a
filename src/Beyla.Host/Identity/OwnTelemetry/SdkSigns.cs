using Beyla.Host.Spans;

namespace Beyla.Host.Identity.OwnTelemetry;

/// <summary>Whether OpenTelemetry's SDK is in a process: linked into it, loaded, or put in front of it by an agent of its language.</summary>
/// <param name="Signals">The signals that it could export.</param>
/// <param name="Evidence">How it shows, in words.</param>
internal sealed record SdkSigns(Signals Signals, string? Evidence)
{
    private const string GoExporters = "go.opentelemetry.io/otel/exporters/otlp/";

    /// <summary>Variables by which an agent gets into a process, and what they hold then.</summary>
    private static readonly (string Variable, string Holds)[] Injected =
    [
        ("JAVA_TOOL_OPTIONS", "opentelemetry"), ("JAVA_TOOL_OPTIONS", "otel-auto-instrumentation"), ("JDK_JAVA_OPTIONS", "opentelemetry"),
        ("CORECLR_PROFILER", "{918728DD-259F-4A6A-AC2B-B85E1B658318}"),                       // OpenTelemetry .NET Automatic Instrumentation
        ("NODE_OPTIONS", "@opentelemetry/"), ("NODE_OPTIONS", "otel-auto-instrumentation"),
        ("PYTHONPATH", "opentelemetry/instrumentation/auto_instrumentation"), ("RUBYOPT", "opentelemetry"), ("OTEL_PHP_AUTOLOAD_ENABLED", "true"),
    ];

    /// <summary>The same in arguments.</summary>
    private static readonly string[] Arguments = ["opentelemetry-javaagent", "@opentelemetry/", "opentelemetry-instrument", "otel-auto-instrumentation"];

    /// <summary>Starts of the names of files that are loaded: libraries, PHP's extension, .NET's assembly.</summary>
    private static readonly string[] Files = ["libopentelemetry_exporter_otlp", "opentelemetry.so", "OpenTelemetry.Exporter.OpenTelemetryProtocol"];

    private static readonly SdkSigns None = new(Signals.None, null);

    /// <summary>Looks at all of them.</summary>
    /// <param name="environment">Its variables.</param>
    /// <param name="commandLine">Its arguments.</param>
    /// <param name="files">Paths of the files that it has mapped.</param>
    /// <param name="modules">Paths of its Go modules.</param>
    public static SdkSigns Of(ProcessEnvironment environment, string commandLine, IEnumerable<string> files, IEnumerable<string> modules) =>
        OfGo(modules) ?? OfVariables(environment) ?? OfArguments(commandLine) ?? OfFiles(files) ?? None;

    private static SdkSigns? OfGo(IEnumerable<string> modules)
    {
        string[] exporters = [.. modules.Where(m => m.StartsWith(GoExporters, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Signals signals = (exporters.Any(m => m.StartsWith(GoExporters + "otlptrace", StringComparison.Ordinal)) ? Signals.Traces : Signals.None)
            | (exporters.Any(m => m.StartsWith(GoExporters + "otlpmetric", StringComparison.Ordinal)) ? Signals.Metrics : Signals.None);
        return signals == Signals.None ? null : new(signals, $"module {exporters[0]}");
    }

    private static SdkSigns? OfVariables(ProcessEnvironment environment)
    {
        foreach ((string variable, string holds) in Injected)
            if (environment[variable]?.Contains(holds, StringComparison.OrdinalIgnoreCase) == true) return new(Signals.All, $"{variable} loads OpenTelemetry");
        return null;
    }

    private static SdkSigns? OfArguments(string commandLine) =>
        Array.Find(Arguments, a => commandLine.Contains(a, StringComparison.Ordinal)) is { } argument ? new(Signals.All, $"argument {argument}") : null;

    private static SdkSigns? OfFiles(IEnumerable<string> files)
    {
        string? file = files.Select(Path.GetFileName).FirstOrDefault(f => Array.Exists(Files, name => f!.StartsWith(name, StringComparison.Ordinal)));
        return file is null ? null : new(Signals.All, $"has {file} loaded");
    }
}
