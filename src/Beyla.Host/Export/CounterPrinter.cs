using System.Globalization;
using System.Text;
using Beyla.Host.Events;
using Beyla.Host.Spans;

namespace Beyla.Host.Export;

/// <summary>
/// One line a second and one at the end (<c>--trace-printer counter</c>): totals of spans per tracer and of events that became none, with the
/// reasons: <c>spans net-http=120 lost=5 (ring-full=5), not lost: half-seen=2</c>. For load tests: no formatting per span.
/// </summary>
internal sealed class CounterPrinter : ISpanSink, IDisposable
{
    private readonly Stream _stream;
    private readonly LossLedger _losses;
    private readonly Lock _gate = new();
    private readonly SpanCounts _spans = new();
    private readonly Timer _timer;

    public CounterPrinter(Stream stream, LossLedger losses)
    {
        (_stream, _losses) = (stream, losses);
        _timer = new Timer(_ => Print(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Write(Span span, in SpanContext context) => _spans.Write(span, context);

    public void Flush() { }

    /// <summary>Prints the final line.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Print();
    }

    private void Print()
    {
        lock (_gate)
        {
            _stream.Write(Encoding.UTF8.GetBytes(Line(_spans.Read(), _losses.Read()) + "\n"));
            _stream.Flush();
        }
    }

    /// <summary>The line for given totals.</summary>
    internal static string Line(IReadOnlyDictionary<string, long> spans, IReadOnlyList<(string Tracer, string Reason, long Count)> losses)
    {
        StringBuilder line = new("spans");
        foreach ((string tracer, long count) in spans.OrderBy(s => s.Key, StringComparer.Ordinal))
            line.Append(CultureInfo.InvariantCulture, $" {tracer}={count}");
        ILookup<bool, (string Tracer, string Reason, long Count)> lost = losses.Where(l => l.Reason != LossReason.Events).ToLookup(l => LossReason.IsLoss(l.Reason));
        line.Append(CultureInfo.InvariantCulture, $" lost={lost[true].Sum(l => l.Count)}");
        if (lost[true].Any()) line.Append(CultureInfo.InvariantCulture, $" ({Reasons(lost[true])})");
        if (lost[false].Any()) line.Append(CultureInfo.InvariantCulture, $", not lost: {Reasons(lost[false])}");
        return line.ToString();
    }

    private static string Reasons(IEnumerable<(string Tracer, string Reason, long Count)> losses) => string.Join(", ", losses
        .GroupBy(l => l.Reason, StringComparer.Ordinal)
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Key}={g.Sum(l => l.Count)}")));
}
