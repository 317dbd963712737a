using Beyla.Host.Configuration;
using Beyla.Host.Events;
using Beyla.Host.Spans;

namespace Beyla.Host.Export;

/// <summary>Makes the span printer that the configuration names.</summary>
internal static class SpanPrinters
{
    /// <summary>A printer on stdout; <see langword="null"/> when printing is off.</summary>
    public static ISpanSink? Create(TracePrinter format, LossLedger losses) => format switch
    {
        TracePrinter.Text => new TextSpanPrinter(Console.OpenStandardOutput()),
        TracePrinter.Json => new JsonSpanPrinter(Console.OpenStandardOutput()),
        TracePrinter.Counter => new CounterPrinter(Console.OpenStandardOutput(), losses),
        _ => null,
    };
}
