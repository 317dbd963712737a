using BenchmarkDotNet.Attributes;
using Beyla;
using Beyla.Host.Events;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Metrics;
using Beyla.Host.Spans;
using ExportCost;

namespace Micro;

/// <summary>512 served requests, from the record in the ring to the encoded request: all of it, and its parts.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private const int Spans = 512;

    private static readonly ProcessResources Resources = new("bench", "1.0", []);

    private readonly ProtobufWriter _request = new(1024 * 1024);
    private RequestFeed _decode = null!, _aggregate = null!, _all = null!;
    private Encoder _encoder = null!;

    [GlobalSetup]
    public void Setup()
    {
        _encoder = new Encoder();
        _decode = new RequestFeed([], [], new LossLedger());
        _aggregate = new RequestFeed([], [Aggregator()], new LossLedger());
        _all = new RequestFeed([_encoder], [Aggregator()], new LossLedger());
    }

    /// <summary>Decoding, routes, redaction, sampling.</summary>
    [Benchmark(OperationsPerInvoke = Spans)]
    public void DecodeOnly() => _decode.Drain(Spans);

    /// <summary>The same and metrics.</summary>
    [Benchmark(OperationsPerInvoke = Spans)]
    public void DecodeAndAggregate() => _aggregate.Drain(Spans);

    /// <summary>The same, metrics, and the encoded request.</summary>
    [Benchmark(OperationsPerInvoke = Spans)]
    public int Everything()
    {
        _all.Drain(Spans);
        return _encoder.Finish(_request);
    }

    private static SpanMetrics Aggregator() => new(
        new FamilyInstruments(new MeasurementPlan()),
        new MetricLimits(2000, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1), new HistogramForms(Explicit: true, Exponential: false), ExemplarFilter.TraceBased), TimeProvider.System);

    /// <summary>Encodes into one batch.</summary>
    private sealed class Encoder : ISpanSink
    {
        private readonly SpanBatch _batch = new(Resources, new TracerScopes([("net-http", "1.0")]), static _ => { });

        public void Write(Span span, in SpanContext context) => _batch.Add(span, context, 128);

        public void Flush() { }

        public int Finish(ProtobufWriter request)
        {
            request.Reset();
            _batch.WriteTo(request);
            _batch.Release();
            return request.Length;
        }
    }
}
