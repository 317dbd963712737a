using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Beyla.Testing.Otlp;

/// <summary>OpenTelemetry's own decoder (tests/targets/otlp/oracle.js), as a child process.</summary>
internal sealed class OtlpOracle : IDisposable
{
    /// <summary>The request of a traces export.</summary>
    public const string TracesRequest = "collector.trace.v1.ExportTraceServiceRequest";

    /// <summary>The answer to it.</summary>
    public const string TracesResponse = "collector.trace.v1.ExportTraceServiceResponse";

    /// <summary>The request of a metrics export.</summary>
    public const string MetricsRequest = "collector.metrics.v1.ExportMetricsServiceRequest";

    // Before Missing: initialised in the order of the text.
    private static string Root { get; } = FindRoot();

    private static string Decoder { get; } = Path.Combine(Root, "artifacts", "targets", "otlp");

    private readonly Lock _gate = new();
    private readonly Process _node;

    public OtlpOracle()
    {
        string script = Path.Combine(Root, "tests", "targets", "otlp", "oracle.js");
        _node = Process.Start(new ProcessStartInfo("node", [script, Decoder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Null when the oracle can run; otherwise the reason to skip.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>A binary message as an object: ids and bytes in base64, 64-bit numbers as strings, defaults left out.</summary>
    public JsonObject Decode(string message, ReadOnlySpan<byte> data) =>
        Ask(new JsonObject { ["decode"] = message, ["data"] = Convert.ToBase64String(data) }).AsObject();

    /// <summary>The same of OTLP's JSON; fails when that holds something that the schema does not know.</summary>
    public JsonObject Read(string message, ReadOnlySpan<byte> json) =>
        Ask(new JsonObject { ["read"] = message, ["json"] = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) }).AsObject();

    /// <summary>Encodes a message.</summary>
    public byte[] Encode(string message, JsonObject content) =>
        Convert.FromBase64String(Ask(new JsonObject { ["encode"] = message, ["object"] = content }).GetValue<string>());

    /// <summary>All spans of decoded requests: base64 of the span id, in the order in which they lie there.</summary>
    public static IEnumerable<JsonObject> Spans(JsonObject request) =>
        from resource in Items(request, "resourceSpans")
        from scope in Items(resource, "scopeSpans")
        from span in Items(scope, "spans")
        select span;

    /// <summary>The objects of a list; none when it is absent.</summary>
    public static IEnumerable<JsonObject> Items(JsonObject of, string list) => of[list] is JsonArray items ? items.Select(i => i!.AsObject()) : [];

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
    }

    private JsonNode Ask(JsonObject question)
    {
        lock (_gate)
        {
            _node.StandardInput.WriteLine(question.ToJsonString());
            _node.StandardInput.Flush();
            JsonObject answer = JsonNode.Parse(_node.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the oracle has ended"))!.AsObject();
            return answer["result"]?.DeepClone() ?? throw new InvalidDataException($"the oracle says: {answer["error"]}");
        }
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Beyla.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Beyla.slnx");
    }

    private static string? FindMissing()
    {
        if (!File.Exists(Path.Combine(Decoder, "root.js"))) return "artifacts/targets/otlp is missing; run tests/targets/fetch.sh otlp";
        bool node = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "node")));
        return node ? null : "node is missing, which runs OpenTelemetry's decoder";
    }
}

/// <summary>A test that needs the oracle; skipped with the reason where it cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OracleFactAttribute : FactAttribute
{
    public OracleFactAttribute() => Skip = OtlpOracle.Missing;
}

/// <inheritdoc cref="OracleFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OracleTheoryAttribute : TheoryAttribute
{
    public OracleTheoryAttribute() => Skip = OtlpOracle.Missing;
}
