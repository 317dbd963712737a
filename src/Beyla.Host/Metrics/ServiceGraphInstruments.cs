using System.Collections.Immutable;
using Beyla.Host.Spans;

namespace Beyla.Host.Metrics;

/// <summary>
/// Edges between services, with the names of Tempo's service graphs. The side that is the process itself has its service's name; the other one its
/// address, or its service's name where a traced process of this machine serves that port. Requests are counted at the serving side; a client counts
/// only what no traced process of this machine serves.
/// </summary>
/// <param name="services">Who serves here.</param>
internal sealed class ServiceGraphInstruments(LocalServices services)
{
    private const string Prefix = "traces_service_graph_request_";
    private const int NameBytes = 256;

    private static readonly AttributeKey Client = new("client"), ClientNamespace = new("client_service_namespace");
    private static readonly AttributeKey Server = new("server"), ServerNamespace = new("server_service_namespace");

    /// <summary>The metrics.</summary>
    /// <param name="boundaries">The user's boundaries; empty: Beyla's.</param>
    public IEnumerable<InstrumentGroup> Groups(ImmutableArray<double> boundaries) =>
    [
        new(
            [new ComputedValue(Client, AddCaller), new ComputedValue(Server, AddService), new ComputedValue(ServerNamespace, AddNamespace), SpanMetricInstruments.Source],
            [SpanMetricInstruments.Latency(Prefix + "server_seconds", boundaries), Requests("total", SpanMetricInstruments.One), Requests("failed_total", Failed)])
        { Counts = static s => s.Kind is SpanKind.Server or SpanKind.Consumer },
        new(
            [new ComputedValue(Client, AddService), new ComputedValue(ClientNamespace, AddNamespace), new ComputedValue(Server, AddCalled), SpanMetricInstruments.Source],
            [SpanMetricInstruments.Latency(Prefix + "client_seconds", boundaries), Requests("total", Unserved), Requests("failed_total", UnservedFailed)])
        { Counts = static s => s.Kind is SpanKind.Client or SpanKind.Producer },
    ];

    private static SpanInstrument Requests(string suffix, SpanValue value) =>
        SpanMetricInstruments.Counter(Prefix + suffix, suffix == "total" ? "Number of requests between two services." : "Number of failed requests between two services.", "", value);

    private static bool Failed(Span span, in SpanContext context, out double value)
    {
        value = 1;
        return span.Status == SpanStatus.Error;
    }

    private bool Unserved(Span span, in SpanContext context, out double value)
    {
        value = 1;
        return services.Serving(span) is null;
    }

    private bool UnservedFailed(Span span, in SpanContext context, out double value) => Unserved(span, context, out value) && span.Status == SpanStatus.Error;

    private static void AddService(AttributeSetBuilder set, Span span, in SpanContext context) => AddName(set, context.Process.Service.Name);

    private static void AddNamespace(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (context.Process.Service.Namespace is { } name) AddName(set, name);
        else set.AddAbsent();
    }

    private static void AddCaller(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (span.TryGet(Attributes.ClientAddress, out SpanAttribute client) || span.TryGet(Attributes.NetworkPeerAddress, out client)) set.Add(client);
        else set.AddAbsent();
    }

    private void AddCalled(AttributeSetBuilder set, Span span, in SpanContext context)
    {
        if (services.Serving(span) is { } service) AddName(set, service.Name);
        else if (span.TryGet(Attributes.ServerAddress, out SpanAttribute server) || span.TryGet(Attributes.NetworkPeerAddress, out server)) set.Add(server);
        else set.AddAbsent();
    }

    private static void AddName(AttributeSetBuilder set, string name)
    {
        Span<byte> utf8 = stackalloc byte[NameBytes];
        System.Text.Unicode.Utf8.FromUtf16(name, utf8, out _, out int written); // what is longer is cut
        set.Add(utf8[..written]);
    }
}
