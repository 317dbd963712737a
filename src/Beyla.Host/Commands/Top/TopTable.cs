using System.Globalization;
using System.Text;
using Beyla.Host.Control;

namespace Beyla.Host.Commands.Top;

/// <summary>One interval of <c>beyla top</c> as a table.</summary>
internal static class TopTable
{
    /// <summary>Columns where there is no terminal.</summary>
    public const int WidthOfFiles = 120;

    private const int Numbers = 46; // of all columns but service and name

    /// <summary>Renders a report within so many columns and lines.</summary>
    public static string Render(TopReport report, int width, int height)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        StringBuilder text = new();
        long spans = report.Rows.Sum(r => r.Count);
        text.Append(Cut(string.Create(culture, $"{report.Processes} processes  {spans / report.Seconds:0.#} spans/s  lost {report.Lost} since the start"), width)).Append('\n');
        foreach (ProbeCost cost in report.Probes)
            text.Append(Cut(string.Create(culture, $"{cost.Tracer}: {cost.Runs / report.Seconds:0} probe runs/s, {(double)cost.RunTimeNs / cost.Runs:0} ns each, {cost.RunTimeNs / report.Seconds / 1e7:0.00} % of a CPU"), width)).Append('\n');
        int service = Math.Clamp(report.Rows.Select(r => r.Service.Length).DefaultIfEmpty().Max(), 7, Math.Max(7, (width - Numbers) / 3));
        int name = Math.Max(8, width - Numbers - service - 2);
        text.Append(Line("SERVICE".PadRight(service), "KIND".PadRight(8), "/s", "ERR %", "P50 MS", "P99 MS", "NAME", width));
        int room = height - report.Probes.Count - 2;
        foreach (TopRow row in report.Rows.Take(Math.Max(0, room)))
        {
            text.Append(Line(
                Cut(row.Service, service).PadRight(service), Cut(row.Kind, 8).PadRight(8),
                (row.Count / report.Seconds).ToString("0.#", culture), (100.0 * row.Errors / row.Count).ToString("0.#", culture),
                Milliseconds(row.P50Ns), Milliseconds(row.P99Ns), Cut(row.Name, name), width));
        }
        return text.ToString();
    }

    private static string Line(string service, string kind, string rate, string errors, string p50, string p99, string name, int width) =>
        Cut($"{service}  {kind}{rate,9}{errors,7}{p50,10}{p99,10}  {name}", width).TrimEnd() + "\n";

    private static string Milliseconds(long ns) => (ns / 1e6).ToString(ns < 10_000_000 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    private static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(0, width - 1)), "…");
}
