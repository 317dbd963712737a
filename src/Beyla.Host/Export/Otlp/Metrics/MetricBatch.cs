using Beyla.Host.Export.Otlp.Sending;
using Beyla.Host.Export.Otlp.Wire;

namespace Beyla.Host.Export.Otlp.Metrics;

/// <summary>Encoded metrics of many processes. Reused.</summary>
/// <param name="release">Takes the batch back after it was sent or dropped.</param>
internal sealed class MetricBatch(Action<MetricBatch> release) : IExportBatch
{
    public int Items { get; private set; }

    /// <summary>The fields of the request.</summary>
    public ProtobufWriter Encoded { get; } = new(64 * 1024);

    /// <summary>Counts points that were written to <see cref="Encoded"/>.</summary>
    public void Count(int points) => Items += points;

    public void WriteTo(ProtobufWriter request) => request.Raw(Encoded.Written.Span);

    public void Release()
    {
        Encoded.Reset();
        Items = 0;
        release(this);
    }
}
