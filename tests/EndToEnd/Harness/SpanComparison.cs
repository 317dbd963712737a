using System.Text;

namespace EndToEnd.Harness;

/// <summary>Compares a set of spans with a set of expectations, whatever their order, and explains the difference.</summary>
internal static class SpanComparison
{
    /// <summary>Null when each expectation has its own span and no span is left over; otherwise the difference.</summary>
    public static string? Difference(IReadOnlyCollection<ExpectedSpan> expected, IReadOnlyCollection<SpanRecord> actual)
    {
        List<SpanRecord> rest = [.. actual];
        List<ExpectedSpan> unmet = [];
        foreach (ExpectedSpan expectation in expected.OrderByDescending(e => e.Attributes.Count))
        {
            int match = rest.FindIndex(s => !expectation.DifferencesTo(s).Any());
            if (match < 0) unmet.Add(expectation);
            else rest.RemoveAt(match);
        }
        return unmet.Count == 0 && rest.Count == 0 ? null : Explain(expected.Count, actual.Count, unmet, rest);
    }

    private static string Explain(int expected, int actual, List<ExpectedSpan> unmet, List<SpanRecord> rest)
    {
        StringBuilder text = new($"{expected} spans expected, {actual} came");
        foreach (ExpectedSpan expectation in unmet.Take(20))
        {
            // A span of the same identity is what the expectation most likely meant.
            SpanRecord? near = rest.Find(s => ExpectedSpan.KeyOf(s) == expectation.Key);
            text.Append($"\n  missing: {expectation.Key}");
            if (near is null) continue;
            text.Append($" — there is one, but {string.Join("; ", expectation.DifferencesTo(near))}");
            rest.Remove(near);
        }
        foreach (SpanRecord span in rest.Take(20)) text.Append($"\n  unexpected: {ExpectedSpan.KeyOf(span)} of pid {span.ProcessId}, {span.Attributes.GetRawText()}");
        return text.ToString();
    }
}
