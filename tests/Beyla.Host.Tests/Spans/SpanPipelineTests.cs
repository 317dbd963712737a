using System.Collections.Concurrent;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Export;
using Beyla.Host.Spans;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Tests.Spans;

public sealed class SpanPipelineTests
{
    private readonly LossLedger _losses = new();
    private readonly RecordingSink _sink = new(), _meter = new();

    private SpanPipeline Pipeline(BeylaOptions options) => new([_sink], _losses, NullLogger<SpanPipeline>.Instance, [_meter], options);

    /// <summary>Keeps names, or nothing.</summary>
    private sealed class RecordingSink : ISpanSink
    {
        public ConcurrentQueue<string> Names { get; } = new();
        public bool? LastSampled { get; private set; }
        public string? LastPath { get; private set; }

        public void Write(Span span, in SpanContext context)
        {
            Names.Enqueue(span.NameOf());
            (LastSampled, LastPath) = (context.Sampled, span.TextOf(Attributes.UrlPath));
        }

        public void Flush() { }
    }

    [Fact]
    public void Process_SampledOut_IsMeteredAndCountedButNotExported()
    {
        SpanPipeline pipeline = Pipeline(new BeylaOptions { Traces = new TracesOptions { Sampler = new SamplerOptions { Name = SamplerName.AlwaysOff } } });
        pipeline.Process(SpanBuilder.Served("/users/1"), "net-http", SpanRecords.Process(1));

        Assert.Equal(["GET /users/*"], _meter.Names);
        Assert.False(_meter.LastSampled);
        Assert.Empty(_sink.Names);
        Assert.Equal([("net-http", LossReason.SampledOut, 1L)], _losses.Read());
        Assert.Equal("spans lost=0, not lost: sampled-out=1", CounterPrinter.Line(new Dictionary<string, long>(), _losses.Read()));
    }

    [Theory]
    [InlineData(nameof(SignalChoice.All), 0, 0)]
    [InlineData(nameof(SignalChoice.Traces), 1, 0)]
    [InlineData(nameof(SignalChoice.Metrics), 0, 1)]
    public void Process_Filtered_IsLeftOutOfWhatTheModeSays(string mode, int metered, int exported)
    {
        SpanPipeline pipeline = Pipeline(new BeylaOptions
        {
            Filter = new FilterOptions { Application = [new AttributeRule("http.route", "/health", true)], Mode = Enum.Parse<SignalChoice>(mode) },
        });
        pipeline.Process(SpanBuilder.Served("/health"), "net-http", SpanRecords.Process(1));
        pipeline.Process(SpanBuilder.Served("/users/1"), "net-http", SpanRecords.Process(1));

        Assert.Equal((1 + metered, 1 + exported), (_meter.Names.Count, _sink.Names.Count));
        Assert.Equal(1 - exported, _losses.Read().Sum(l => l.Count));
    }

    [Fact]
    public void Process_ServiceWithOwnRules_GoesByThem()
    {
        BeylaOptions options = new()
        {
            Traces = new TracesOptions { Sampler = new SamplerOptions { Name = SamplerName.AlwaysOff } },
            Discovery = new DiscoveryOptions
            {
                Services =
                [
                    new ServiceCriteria { OpenPorts = PortSet.Parse("9"), Sampler = new SamplerOptions { Name = SamplerName.AlwaysOff } },
                    new ServiceCriteria
                    {
                        OpenPorts = PortSet.Parse("8080"), Routes = new ServiceRoutesOptions { Incoming = ["/users/{user}"] }, Sampler = new SamplerOptions { Name = SamplerName.AlwaysOn },
                    },
                ],
            },
        };
        TracedProcess listening = SpanRecords.Process(1); // on 8080
        TracedProcess worker = listening with { Handle = 2, Info = listening.Info with { OpenPorts = new HashSet<int>() } };
        TracedProcess other = worker with { Handle = 3, Service = new ServiceIdentity("other", null) };
        SpanPipeline pipeline = Pipeline(options);
        foreach (TracedProcess process in new[] { listening, worker, other }) pipeline.Process(SpanBuilder.Served("/users/1"), "net-http", process);
        Assert.Equal(["GET /users/{user}", "GET /users/{user}"], _sink.Names);
    }

    [Fact]
    public void Process_ValueLengthLimit_IsForExportedSpansOnly()
    {
        Pipeline(new BeylaOptions { TracesExport = new TracesExportOptions { AttributeValueLengthLimit = 3 } })
            .Process(SpanBuilder.Served("/users"), "net-http", SpanRecords.Process(1));
        Assert.Equal(("/users", "/us"), (_meter.LastPath, _sink.LastPath));
    }

    [Fact]
    public void Apply_BetweenSpans_ChangesTheNextOnes()
    {
        SpanPipeline pipeline = Pipeline(new BeylaOptions());
        pipeline.Process(SpanBuilder.Served("/users/1"), "net-http", SpanRecords.Process(1));
        pipeline.Apply(new BeylaOptions { Routes = new RoutesOptions { Patterns = ["/users/:id"] } });
        pipeline.Process(SpanBuilder.Served("/users/1"), "net-http", SpanRecords.Process(1));
        Assert.Equal(["GET /users/*", "GET /users/:id"], _sink.Names);
    }

    [Fact]
    public async Task Apply_WhileSpansCome_LosesNone()
    {
        BeylaOptions one = new() { Routes = new RoutesOptions { Patterns = ["/:one"] } }, other = new() { Routes = new RoutesOptions { Patterns = ["/:other"] } };
        SpanPipeline pipeline = Pipeline(one);
        const int spans = 20_000;
        Task process = Task.Run(() =>
        {
            TracedProcess shop = SpanRecords.Process(1);
            for (int i = 0; i < spans; i++) pipeline.Process(SpanBuilder.Served("/x"), "net-http", shop);
        });
        for (int i = 0; !process.IsCompleted; i++) pipeline.Apply(i % 2 == 0 ? other : one);
        await process;

        Assert.Equal(spans, _sink.Names.Count(n => n is "GET /:one" or "GET /:other"));
        Assert.Empty(_losses.Read());
    }

    [Fact]
    public void Apply_SameWayOfLearning_KeepsWhatWasLearned()
    {
        RoutesOptions routes = new() { Unmatched = UnmatchedRoute.LowCardinality, MaxPathSegmentCardinality = 1 };
        SpanPipeline pipeline = Pipeline(new BeylaOptions { Routes = routes });
        foreach (string path in new[] { "/a", "/b" }) pipeline.Process(SpanBuilder.Served(path), "net-http", SpanRecords.Process(1));
        pipeline.Apply(new BeylaOptions { Routes = routes with { Patterns = ["/p"] } });
        pipeline.Process(SpanBuilder.Served("/c"), "net-http", SpanRecords.Process(1));
        Assert.Equal(["GET /a", "GET /*", "GET /*"], _sink.Names);
    }

    [Fact]
    public void Process_EveryStageInUse_AllocatesNothing()
    {
        CountingSink sink = new();
        SpanPipeline pipeline = new([sink], _losses, NullLogger<SpanPipeline>.Instance, [new CountingSink()], new BeylaOptions
        {
            Routes = new RoutesOptions { Patterns = ["/a/:b"], IgnoredPatterns = ["/metrics"] },
            Filter = new FilterOptions { Application = [new AttributeRule("http.route", "/users/*", false), new AttributeRule("http.request.method", "{PUT,DELETE}", true)] },
            Redaction = new RedactionOptions { Query = QueryHandling.Redact },
            Traces = new TracesOptions { Sampler = new SamplerOptions { Name = SamplerName.ParentBasedTraceIdRatio, Argument = 0.5 } },
            TracesExport = new TracesExportOptions { AttributeValueLengthLimit = 8 },
        });
        TracedProcess process = SpanRecords.Process(1);
        Span span = SpanBuilder.Empty();
        AttributeKey list = new("test.list");
        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            span.Reset(SpanKind.Server, SpanFamilies.HttpServer, new EventHeader { End = 1 })
                .Set(Attributes.HttpRequestMethod, "GET"u8).Set(Attributes.UrlPath, "/users/17/orders"u8).Set(Attributes.UrlQuery, "q=1&token=2"u8)
                .Set(Attributes.HttpResponseStatusCode, 200).Add(list, "a long text"u8);
            pipeline.Process(span, "net-http", process);
        }));
        Assert.True(sink.Count > 0);
    }
}
