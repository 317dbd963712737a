namespace Beyla.Host.Configuration.Settings;

/// <summary>
/// The settings of OTLP export that every signal has in a table of its own. OpenTelemetry's variables come in two forms, for one signal
/// (OTEL_EXPORTER_OTLP_TRACES_…) and for all (OTEL_EXPORTER_OTLP_…); the first is stronger (specification: OTLP exporter).
/// </summary>
internal sealed class OtlpSettings
{
    private static readonly OtlpOptions Defaults = new();

    /// <param name="table">The table: <c>otel_traces_export</c>.</param>
    /// <param name="signal">The signal in names of variables: <c>TRACES</c>.</param>
    public OtlpSettings(string table, string signal)
    {
        string path = $"v1/{signal.ToLowerInvariant()}";
        EnvironmentName[] Both(string name, Func<string, string>? translate = null) =>
            [new($"OTEL_EXPORTER_OTLP_{signal}_{name}", translate), new($"OTEL_EXPORTER_OTLP_{name}", translate)];

        Exporter = new(new ChoiceType<OtlpExporter>(("auto", OtlpExporter.Auto), ("otlp", OtlpExporter.Otlp), ("none", OtlpExporter.None)), Defaults.Exporter)
        {
            Key = $"{table}.exporter",
            Environment = [new($"OTEL_{signal}_EXPORTER", signal == "METRICS" ? WithoutPrometheus : null)],
            Description = "auto sends when an endpoint is set, otlp also without one (to localhost), none never.",
        };
        Endpoint = new(new EndpointType(), Defaults.Endpoint)
        {
            Key = $"{table}.endpoint",
            Environment = [$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", new("OTEL_EXPORTER_OTLP_ENDPOINT", text => $"{text.Trim().TrimEnd('/')}/{path}")],
            Description = $"Where to send: the whole URL with http, the server with grpc. To the variable for all signals /{path} is added.",
        };
        Protocol = new(new OptionalChoiceType<OtlpProtocol>([.. OtlpProtocols.All]), Defaults.Protocol)
        {
            Key = $"{table}.protocol",
            Environment = Both("PROTOCOL"),
            Description = "The protocol; else grpc when the endpoint's port is 4317, http/protobuf otherwise.",
        };
        Headers = new(new PairsType(), Defaults.Headers)
        {
            Key = $"{table}.headers",
            Environment = Both("HEADERS"),
            IsSecret = true,
            Description = "Headers of each request.",
        };
        Timeout = new(new DurationType(), Defaults.Timeout)
        {
            Key = $"{table}.timeout",
            Environment = Both("TIMEOUT", KnownSettings.Milliseconds),
            Description = "Longest time for one attempt to send.",
        };
        Compression = new(new ChoiceType<OtlpCompression>(("none", OtlpCompression.None), ("gzip", OtlpCompression.Gzip)), Defaults.Compression)
        {
            Key = $"{table}.compression",
            Environment = Both("COMPRESSION"),
            Description = "Compression of requests.",
        };
        Insecure = new(new BooleanType(), Defaults.Insecure)
        {
            Key = $"{table}.insecure",
            Environment = Both("INSECURE"),
            Description = "No TLS for an endpoint without http:// or https://.",
        };
        InsecureSkipVerify = new(new BooleanType(), Defaults.InsecureSkipVerify)
        {
            Key = $"{table}.insecure_skip_verify",
            Environment = ["BEYLA_OTEL_INSECURE_SKIP_VERIFY"],
            Description = "The server's certificate is not checked. Not for production.",
        };
        Certificate = File("certificate", "CERTIFICATE", "PEM file with the authorities that are trusted; else those of the system.");
        ClientCertificate = File("client_certificate", "CLIENT_CERTIFICATE", "PEM file with the certificate that is shown to the server.");
        ClientKey = File("client_key", "CLIENT_KEY", "PEM file with the key of client_certificate, if it is not in there.");

        Setting<string?> File(string key, string name, string description) => new(new TextType(), null)
        {
            Key = $"{table}.{key}",
            Environment = Both(name),
            Description = description,
        };
    }

    /// <summary>Prometheus' own settings look for its name in the list.</summary>
    private static string WithoutPrometheus(string exporters)
    {
        string[] others = [.. exporters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(e => e != "prometheus")];
        return others.Length == 0 ? "none" : string.Join(',', others);
    }

    public Setting<OtlpExporter> Exporter { get; }
    public Setting<string?> Endpoint { get; }
    public Setting<OtlpProtocol?> Protocol { get; }
    public Setting<IReadOnlyList<KeyValuePair<string, string>>> Headers { get; }
    public Setting<TimeSpan> Timeout { get; }
    public Setting<OtlpCompression> Compression { get; }
    public Setting<bool> Insecure { get; }
    public Setting<bool> InsecureSkipVerify { get; }
    public Setting<string?> Certificate { get; }
    public Setting<string?> ClientCertificate { get; }
    public Setting<string?> ClientKey { get; }

    /// <summary>In the order of the documentation.</summary>
    public IReadOnlyList<Setting> All =>
    [
        Exporter, Endpoint, Protocol, Headers, Timeout, Compression, Insecure, InsecureSkipVerify, Certificate, ClientCertificate, ClientKey,
    ];
}
