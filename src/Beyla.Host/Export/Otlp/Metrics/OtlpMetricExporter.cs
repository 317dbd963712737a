using Beyla.Host.Configuration;
using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Metrics;

namespace Beyla.Host.Export.Otlp.Metrics;

/// <summary>Reads the aggregator in intervals and sends what it holds: one ResourceMetrics for each process.</summary>
internal sealed class OtlpMetricExporter : IDisposable
{
    /// <summary>A request that gets larger goes, and another is begun: gRPC servers take 4 MiB.</summary>
    private const int LargestRequest = 2 * 1024 * 1024;

    private const int ResourceMetrics = 1; // ExportMetricsServiceRequest
    private const int Resource = 1, ScopeMetrics = 2; // ResourceMetrics
    private const int Scope = 1; // ScopeMetrics
    private const long NanosecondsPerTick = 100;

    private readonly SpanMetrics _metrics;
    private readonly OtlpSender _sender;
    private readonly ProcessResources _resources;
    private readonly MetricTemporality _temporality;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly byte[] _scope = TracerScopes.Encode("beyla", OtlpHttp.Version);
    private readonly BatchPool<MetricBatch> _batches = new(release => new MetricBatch(release));
    private readonly Lock _collecting = new();
    private readonly TimeSpan _ttl;
    private ulong _last;
    private bool _ended;

    /// <param name="metrics">The aggregator.</param>
    /// <param name="sender">Sends; owned.</param>
    /// <param name="resources">The resources of the processes.</param>
    /// <param name="interval">How often (OTEL_METRIC_EXPORT_INTERVAL).</param>
    /// <param name="temporality">Which part of time points tell about.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ttl">A series that was not fed for so long is not told; null: until the aggregator ends it.</param>
    public OtlpMetricExporter(SpanMetrics metrics, OtlpSender sender, ProcessResources resources, TimeSpan interval, MetricTemporality temporality, TimeProvider time, TimeSpan? ttl = null)
    {
        _ttl = ttl ?? metrics.Limits.Ttl;
        (_metrics, _sender, _resources, _temporality, _time) = (metrics, sender, resources, temporality, time);
        _last = Now;
        _timer = time.CreateTimer(_ => Tick(), null, interval, interval);
    }

    /// <summary>Sends what it encodes.</summary>
    public OtlpSender Sender => _sender;

    private ulong Now => (ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * NanosecondsPerTick;

    /// <summary>Sends what has come since, as far as the sender still can.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Collect(last: true);
        _sender.Dispose();
    }

    /// <summary>While the last request is not settled nothing is collected: nothing is lost by that, the next one holds it all.</summary>
    private void Tick()
    {
        if (_sender.IsIdle) Collect();
    }

    private void Collect(bool last = false)
    {
        lock (_collecting)
        {
            if (_ended) return; // a tick that began before the end
            _ended = last;
            CollectionTime time = new(_temporality != MetricTemporality.Cumulative, _last, Now) { ObservedIsDelta = _temporality == MetricTemporality.Delta, IdleSince = _metrics.Before(_ttl) };
            MetricBatch batch = _batches.Take();
            foreach (ProcessSeries process in _metrics.Collect()) batch = Write(process, batch, time);
            Send(batch);
            _last = time.Now;
        }
    }

    private MetricBatch Write(ProcessSeries process, MetricBatch batch, in CollectionTime time)
    {
        for (int next = 0; ;)
        {
            ProtobufWriter to = batch.Encoded;
            int begin = to.Length, points = 0;
            int resource = to.Open(ResourceMetrics);
            to.Bytes(Resource, _resources.Of(process.Process).Encoded);
            int scope = to.Open(ScopeMetrics);
            to.Bytes(Scope, _scope);
            bool more;
            while ((more = WriteTable(to, process, next, time, ref points)) && to.Length < LargestRequest) next++;
            to.Close(scope);
            to.Close(resource);
            if (points == 0) to.Truncate(begin);
            batch.Count(points);
            if (!more) return batch;
            next++;
            Send(batch);
            batch = _batches.Take();
        }
    }

    /// <summary>Writes one table, which holds up the pump for as long; false when there is none of that index.</summary>
    private bool WriteTable(ProtobufWriter to, ProcessSeries process, int index, in CollectionTime time, ref int points)
    {
        lock (_metrics.Gate)
        {
            if (index >= process.Tables.Count) return false;
            SeriesTable table = process.Tables[index];
            for (int i = 0; i < table.Group.Metrics.Length; i++) points += to.Metric(table, i, time);
            return true;
        }
    }

    private void Send(MetricBatch batch)
    {
        if (batch.Items == 0 || !_sender.TryReserve(batch.Items)) batch.Release();
        else _sender.Enqueue(batch);
    }
}
