using System.Text;

namespace Beyla.Host.Commands.Doctor;

/// <summary>The two forms of the findings; that of JSON is promised in docs/explain.md.</summary>
internal static class DoctorReport
{
    /// <summary>A line for each finding, its remedy below; at the end whether the agent can work. Plain text, no escape codes.</summary>
    public static string ToText(IReadOnlyList<Finding> findings)
    {
        StringBuilder text = new();
        int width = findings.Max(f => f.Feature.Length);
        foreach (IGrouping<string, Finding> area in findings.GroupBy(f => f.Area))
        {
            text.Append(area.Key).Append('\n');
            string? said = null;
            foreach (Finding finding in area)
            {
                text.Append("  ").Append(Word(finding).PadRight(8)).Append(finding.Feature.PadRight(width)).Append("  ").Append(finding.Evidence).Append('\n');
                if (finding.Remedy is { } remedy && remedy != said) text.Append(' ', 10 + width).Append("  -> ").Append(remedy).Append('\n');
                said = finding.Remedy;
            }
        }
        return text.Append(Verdict(findings)).Append('\n').ToString();
    }

    /// <summary>An object <c>verdict findings[area feature state evidence remedy fatal]</c>.</summary>
    public static string ToJson(IReadOnlyList<Finding> findings) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("verdict", Verdict(findings));
        json.WriteBoolean("ok", !findings.Any(f => f.IsFatal));
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("area", finding.Area);
            json.WriteString("feature", finding.Feature);
            json.WriteString("state", Word(finding));
            json.WriteString("evidence", finding.Evidence);
            json.WriteString("remedy", finding.Remedy);
            json.WriteBoolean("fatal", finding.IsFatal);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }) + "\n";

    private static string Word(Finding finding) => InspectionJson.Word(finding.State);

    private static string Verdict(IReadOnlyList<Finding> findings)
    {
        Finding[] fatal = [.. findings.Where(f => f.IsFatal)];
        if (fatal.Length > 0) return $"beyla run cannot work like this: {string.Join("; ", fatal.Select(f => f.Feature))}.";
        int less = findings.Count(f => f.State is FindingState.Limited or FindingState.Missing or FindingState.Unknown);
        return less == 0 ? "everything works." : $"beyla run works; {less} of {findings.Count} lines above say what it goes without.";
    }
}
