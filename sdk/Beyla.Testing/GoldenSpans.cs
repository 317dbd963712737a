namespace Beyla.Testing;

/// <summary>
/// Approved spans: <c>NAME.spans</c> beside the recording <c>NAME.events</c> holds the text of the spans that the events must give. With
/// <c>BEYLA_APPROVE=1</c> in the environment the file is written instead of compared.
/// </summary>
public static class GoldenSpans
{
    /// <summary>Suffix of recordings.</summary>
    public const string Recording = ".events";

    /// <summary>Suffix of approved spans.</summary>
    public const string Approved = ".spans";

    /// <summary>Runs a recording through tracers; each gets its own records. Spans are told as <see cref="SpanRecorder"/> does.</summary>
    /// <exception cref="FormatException">The file is no recording.</exception>
    public static string Render(string recording, params IEnumerable<ITracer> tracers)
    {
        ArgumentNullException.ThrowIfNull(tracers);
        return string.Join("\n\n", tracers.SelectMany(t => RecordedEvents.Replay(recording, t).Select(s => $"{t.Name}: {s}"))) + "\n";
    }

    /// <summary>What differs between the approved spans and those that a recording gives now.</summary>
    /// <returns>The first line that differs, for a test's message; <see langword="null"/>: nothing does.</returns>
    /// <exception cref="FormatException">The file is no recording.</exception>
    public static string? Difference(string recording, params IEnumerable<ITracer> tracers)
    {
        string approved = Path.ChangeExtension(recording, Approved), spans = Render(recording, tracers);
        if (Environment.GetEnvironmentVariable("BEYLA_APPROVE") == "1") File.WriteAllText(approved, spans);
        if (!File.Exists(approved)) return $"{approved} is missing; look at the spans (beyla plugin replay) and approve them with BEYLA_APPROVE=1";
        string[] wanted = File.ReadAllText(approved).ReplaceLineEndings("\n").Split('\n'), got = spans.Split('\n');
        int line = wanted.Zip(got).TakeWhile(pair => pair.First == pair.Second).Count();
        return line == wanted.Length && line == got.Length ? null
            : $"{approved}:{line + 1}: expected '{wanted.ElementAtOrDefault(line) ?? "(end)"}', got '{got.ElementAtOrDefault(line) ?? "(end)"}'";
    }
}
