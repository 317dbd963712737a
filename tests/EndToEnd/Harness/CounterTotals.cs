using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>A line of <c>--trace-printer counter</c>: <c>spans net-http=N lost=N (ring-full=N, …), not lost: repeated=N, …</c>.</summary>
/// <param name="Spans">Spans per tracer.</param>
/// <param name="Lost">Events lost, all reasons.</param>
/// <param name="Reasons">Events lost per reason.</param>
/// <param name="NotLost">Events left out without a loss, per reason.</param>
internal sealed partial record CounterTotals(
    IReadOnlyDictionary<string, long> Spans, long Lost, IReadOnlyDictionary<string, long> Reasons, IReadOnlyDictionary<string, long> NotLost)
{
    /// <summary>Spans of all tracers.</summary>
    public long AllSpans => Spans.Values.Sum();

    /// <summary>Reads a line; null when it is another one.</summary>
    public static CounterTotals? Parse(string line)
    {
        Match match = Line().Match(line);
        return match.Success
            ? new CounterTotals(
                Numbers(match.Groups["spans"].Value), long.Parse(match.Groups["lost"].Value, CultureInfo.InvariantCulture),
                Numbers(match.Groups["reasons"].Value), Numbers(match.Groups["kept"].Value))
            : null;
    }

    /// <summary>The totals that an agent with <c>--trace-printer counter</c> printed last, at its end.</summary>
    public static CounterTotals LastOf(Agent agent) => agent.Output.Lines.Select(Parse).LastOrDefault(t => t is not null)
        ?? throw new InvalidOperationException($"the agent printed no totals\n{agent.Output}\n{agent.Log}");

    private static Dictionary<string, long> Numbers(string text) => Pair().Matches(text).ToDictionary(
        m => m.Groups["name"].Value, m => long.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\bspans (?<spans>(?:[\w.-]+=\d+ )*)lost=(?<lost>\d+)(?: \((?<reasons>[^)]*)\))?(?:, not lost: (?<kept>.*))?")]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<name>[\w.-]+)=(?<value>\d+)")]
    private static partial Regex Pair();
}
