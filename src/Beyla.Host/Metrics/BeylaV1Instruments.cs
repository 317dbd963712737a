using System.Buffers.Text;
using System.Collections.Immutable;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>
/// The metrics that Beyla 1.0 to 1.3 had, with their names, labels and buckets, for dashboards that are older than today's conventions. Families
/// that it did not have keep today's names.
/// </summary>
internal static class BeylaV1Instruments
{
    private static readonly ImmutableArray<double> Sizes = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

    /// <summary>The words of gRPC's status codes, in the order of their numbers (grpc.io, "Status codes and their use in gRPC").</summary>
    private static readonly byte[][] StatusWords =
    [
        .. "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED"
            .Split(' ').Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private static readonly MetricAttribute Method = new SpanAttributeValue(Attributes.HttpRequestMethod);
    private static readonly MetricAttribute Status = new SpanAttributeValue(Attributes.HttpResponseStatusCode);
    private static readonly MetricAttribute Path = new SpanAttributeValue(Attributes.UrlPath);
    private static readonly MetricAttribute Route = new SpanAttributeValue(Attributes.HttpRoute);
    private static readonly MetricAttribute Client = new SpanAttributeValue(Attributes.ClientAddress);
    private static readonly MetricAttribute Server = new SpanAttributeValue(Attributes.ServerAddress);
    private static readonly MetricAttribute Port = new SpanAttributeValue(Attributes.ServerPort);
    private static readonly MetricAttribute RpcSystem = new SpanAttributeValue(new AttributeKey("rpc.system"), Attributes.RpcSystemName);
    private static readonly MetricAttribute DbOperation = new SpanAttributeValue(new AttributeKey("db.operation"), Attributes.DbOperationName);
    private static readonly MetricAttribute RpcMethod = new ComputedValue(Attributes.RpcMethod, AddRpcPath);
    private static readonly MetricAttribute RpcStatus = new ComputedValue(new AttributeKey("rpc.grpc.status_code"), AddRpcStatus);

    /// <summary>Whether a family had metrics then.</summary>
    public static bool Has(SpanFamily family) => family.Name is "http.server" or "http.client" or "rpc.server" or "rpc.client" or "db.client";

    /// <summary>The metrics of a family.</summary>
    public static IEnumerable<InstrumentGroup> Groups(SpanFamily family, MeasurementPlan plan)
    {
        MetricAttribute[] target = plan.ReportTarget ? [Path] : [];
        MetricAttribute[] client = plan.ReportPeer ? [Client] : [];
        MetricAttribute[] server = plan.ReportPeer ? [Server] : [];
        MetricAttribute[] serverAndPort = plan.ReportPeer ? [Server, Port] : [];
        return family.Name switch
        {
            "http.server" => [new([Method, Status, .. target, .. client, Route], [Duration("http.server.duration", plan), RequestSize("http.server.request.size", plan)])],
            "http.client" => [new([Method, Status, .. serverAndPort], [Duration("http.client.duration", plan), RequestSize("http.client.request.size", plan)])],
            "rpc.server" => [new([RpcMethod, RpcSystem, RpcStatus, .. client], [Duration("rpc.server.duration", plan)])],
            "rpc.client" => [new([RpcMethod, RpcSystem, RpcStatus, .. server], [Duration("rpc.client.duration", plan)])],
            "db.client" => [new([DbOperation], [Duration("sql.client.duration", plan)])],
            _ => [],
        };
    }

    private static SpanInstrument Duration(string name, MeasurementPlan plan) => new(
        new MetricDefinition(name, "Duration of calls, as Beyla 1 named it.", "s", MetricKind.Histogram, FamilyInstruments.Or(plan.DurationBoundaries, SpanMetricInstruments.Durations)),
        static (Span span, in SpanContext _, out double value) => FamilyInstruments.Duration(span, out value));

    private static SpanInstrument RequestSize(string name, MeasurementPlan plan) => new(
        new MetricDefinition(name, "Size of request bodies, as Beyla 1 named it.", "By", MetricKind.Histogram, FamilyInstruments.Or(plan.SizeBoundaries, Sizes)),
        static (Span span, in SpanContext _, out double value) => FamilyInstruments.Number(span, Attributes.HttpRequestBodySize, out value));

    /// <summary>The method as HTTP/2 carries it: <c>/package.Service/Method</c>.</summary>
    private static void AddRpcPath(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (!span.TryGet(Attributes.RpcMethod, out SpanAttribute method))
        {
            set.AddAbsent();
            return;
        }
        Span<byte> path = stackalloc byte[AttributeSetBuilder.LongestText];
        path[0] = (byte)'/';
        ReadOnlySpan<byte> name = method.Text[..Math.Min(method.Text.Length, path.Length - 1)];
        name.CopyTo(path[1..]);
        set.Add(path[..(name.Length + 1)]);
    }

    /// <summary>The number of a status; a status without a word is a number already.</summary>
    private static void AddRpcStatus(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (span.TryGet(Attributes.RpcResponseStatusCode, out SpanAttribute status))
        {
            for (int code = 0; code < StatusWords.Length; code++)
            {
                if (!status.Text.SequenceEqual(StatusWords[code])) continue;
                set.Add(code);
                return;
            }
            if (Utf8Parser.TryParse(status.Text, out long number, out int used) && used == status.Text.Length)
            {
                set.Add(number);
                return;
            }
        }
        set.AddAbsent();
    }
}
