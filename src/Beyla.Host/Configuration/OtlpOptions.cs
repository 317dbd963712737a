namespace Beyla.Host.Configuration;

/// <summary>Where and how a signal is sent by OTLP: the same keys in the table of each signal.</summary>
internal sealed record OtlpOptions
{
    /// <summary>Whether the signal is exported.</summary>
    public OtlpExporter Exporter { get; init; } = OtlpExporter.Auto;

    /// <summary>URL, or HOST:PORT; null: nothing is exported unless <see cref="Exporter"/> says so.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Null: gRPC when the endpoint's port is 4317, else http/protobuf.</summary>
    public OtlpProtocol? Protocol { get; init; }

    /// <summary>Sent with each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Longest time for one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Compression of requests.</summary>
    public OtlpCompression Compression { get; init; } = OtlpCompression.None;

    /// <summary>No TLS where the endpoint has no scheme.</summary>
    public bool Insecure { get; init; }

    /// <summary>The server's certificate is not checked.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary>PEM file with the only authorities that are trusted.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file with our certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM file with its key; null: it is in <see cref="ClientCertificate"/>.</summary>
    public string? ClientKey { get; init; }
}

/// <summary><c>[otel_traces_export]</c></summary>
internal sealed class TracesExportOptions
{
    /// <summary>Where and how.</summary>
    public OtlpOptions Otlp { get; init; } = new();

    /// <summary>Most spans that wait to be sent.</summary>
    public int MaxQueueSize { get; init; } = 2048;

    /// <summary>Most spans in a request; at most <see cref="MaxQueueSize"/>.</summary>
    public int MaxExportBatchSize { get; init; } = 512;

    /// <summary>Longest time a span waits for others.</summary>
    public TimeSpan BatchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for one request with all its attempts.</summary>
    public TimeSpan ExportTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most attributes of a span.</summary>
    public int AttributeCountLimit { get; init; } = 128;

    /// <summary>Most characters of a text attribute; null: no limit.</summary>
    public int? AttributeValueLengthLimit { get; init; }
}

/// <summary>Whether a signal is exported (OTEL_TRACES_EXPORTER).</summary>
internal enum OtlpExporter
{
    /// <summary>When an endpoint is set.</summary>
    Auto,

    /// <summary>Always; without an endpoint to localhost.</summary>
    Otlp,

    /// <summary>Never.</summary>
    None,
}

/// <summary>Compression of requests.</summary>
internal enum OtlpCompression
{
    None,
    Gzip,
}

/// <summary>The protocols of OTLP.</summary>
internal enum OtlpProtocol
{
    HttpProtobuf,
    HttpJson,
    Grpc,
}

/// <summary>Names of the protocols as OTEL_EXPORTER_OTLP_PROTOCOL has them.</summary>
internal static class OtlpProtocols
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<(string Word, OtlpProtocol Value)> All { get; } =
        [("http/protobuf", OtlpProtocol.HttpProtobuf), ("http/json", OtlpProtocol.HttpJson), ("grpc", OtlpProtocol.Grpc)];

    /// <summary>The name of one.</summary>
    public static string Name(OtlpProtocol protocol) => All.First(p => p.Value == protocol).Word;
}
