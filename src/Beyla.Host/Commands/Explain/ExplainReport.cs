using System.Text;

namespace Beyla.Host.Commands.Explain;

/// <summary>The two forms of an explanation; that of JSON is promised in docs/explain.md.</summary>
internal static class ExplainReport
{
    private const int Width = 10;

    /// <summary>A line for each thing seen, and the verdict at the end. Plain text, no escape codes.</summary>
    public static string ToText(IReadOnlyList<Explanation> explanations)
    {
        StringBuilder text = new();
        foreach (Explanation explanation in explanations)
        {
            if (text.Length > 0) text.Append('\n');
            text.Append(explanation.Target).Append('\n');
            foreach (ChainLink link in explanation.Links)
            {
                text.Append("  ").Append(InspectionJson.Word(link.State).PadRight(Width)).Append(link.Step.PadRight(Width)).AppendJoin($"\n{new string(' ', 2 + 2 * Width)}", link.Evidence).Append('\n');
                if (link.Next is { } next) text.Append(' ', 2 + 2 * Width).Append("-> ").Append(next).Append('\n');
            }
            text.Append(explanation.Verdict).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>An array of objects <c>target verdict links[step state evidence[] next]</c>.</summary>
    public static string ToJson(IReadOnlyList<Explanation> explanations) => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (Explanation explanation in explanations)
        {
            json.WriteStartObject();
            json.WriteString("target", explanation.Target);
            json.WriteString("verdict", explanation.Verdict);
            json.WriteStartArray("links");
            foreach (ChainLink link in explanation.Links)
            {
                json.WriteStartObject();
                json.WriteString("step", link.Step);
                json.WriteString("state", InspectionJson.Word(link.State));
                json.WriteStartArray("evidence");
                foreach (string evidence in link.Evidence) json.WriteStringValue(evidence);
                json.WriteEndArray();
                json.WriteString("next", link.Next);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }) + "\n";
}
