using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Compatibility.Tests;

/// <summary>docs/compatibility.md: written from a grid, and read back into one. Everything in it follows from the rows.</summary>
internal static partial class GridDocument
{
    private const string Introduction = """
        # What works with which Go

        <!-- written by scripts/compatibility.sh; a test fails when it is stale -->

        What `beyla inspect` finds in real programs, group by group of each tracer: programs of Debian's bookworm, trixie and sid, programs that npm ships, and the targets of
        this repository (tests/targets), built with each Go of Debian and with the libraries of the three suites. That spans come of it is shown by the end-to-end tests.

        | cell | meaning |
        |---|---|
        | `yes` | everything that the group wants is in the program |
        | `yes, without (n)` | it is attached, and goes without what reason n names |
        | `no (n)` | it cannot be attached; reason n says why |
        | `–` | the program has none of its functions: it does not use that library, or not that side of it; or there is nothing for a supporting group to help |
        | `not needed` | this Go release does without these probes |

        """;

    private static readonly string[] s_rowHead = ["program", "build", "Go", "versions"];

    /// <summary>The document of a sorted grid.</summary>
    public static string Render(Grid grid)
    {
        List<string> reasons = [.. grid.Rows.SelectMany(r => r.Cells).Select(c => c.Reason).OfType<string>().Distinct()];
        string Numbered(string verdict, IEnumerable<string?> of)
        {
            string[] numbers = [.. of.OfType<string>().Select(r => reasons.IndexOf(r) + 1).Distinct().Order().Select(n => n.ToString(CultureInfo.InvariantCulture))];
            return numbers.Length == 0 ? verdict : $"{verdict} ({string.Join(", ", numbers)})";
        }

        StringBuilder text = new(Introduction);
        text.Append("\n## By Go release\nAll programs below that were built with it. `3 of 4`: so many of those that have functions of the group.\n\n");
        Line(text, ["Go", .. grid.Columns]);
        Line(text, Enumerable.Repeat("---", grid.Columns.Count + 1));
        foreach (IGrouping<string, GridRow> release in grid.Rows.GroupBy(r => MinorOf(r.Go)).OrderBy(g => Grid.GoOrder(g.Key)))
            Line(text, [release.Key, .. grid.Columns.Select((_, i) => Sum([.. release.Select(r => r.Cells[i])], Numbered))]);

        text.Append("\n## By program\n\n");
        Line(text, [.. s_rowHead, .. grid.Columns]);
        Line(text, Enumerable.Repeat("---", grid.Columns.Count + s_rowHead.Length));
        foreach (GridRow row in grid.Rows)
            Line(text, [row.Program, row.Build, row.Go, row.Versions, .. row.Cells.Select(c => Numbered(c.Verdict, [c.Reason]))]);

        text.Append("\n## Reasons\n\n");
        for (int i = 0; i < reasons.Count; i++) text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {reasons[i]}\n");
        if (reasons.Count == 0) text.Append("None.\n");
        return text.ToString();
    }

    /// <summary>The grid that a document was written from.</summary>
    public static Grid Parse(string document)
    {
        string[] sections = document.Split("\n## ");
        Dictionary<string, string> reasons = NumberedLine().Matches(sections[^1]).ToDictionary(m => m.Groups["number"].Value, m => m.Groups["text"].Value);
        string[][] table = [.. sections[2].Split('\n').Where(l => l.StartsWith('|')).Select(l => l[2..^2].Split(" | "))];
        GridCell Cell(string text)
        {
            Match numbered = NumberedCell().Match(text);
            return numbered.Success ? new(numbered.Groups["verdict"].Value, reasons[numbered.Groups["number"].Value]) : new(text);
        }
        return new Grid(table[0][s_rowHead.Length..], [.. table[2..].Select(c => new GridRow(c[0], c[1], c[2], c[3], [.. c[s_rowHead.Length..].Select(Cell)]))]);
    }

    private static string MinorOf(string go) => Grid.GoOrder(go) is { Minor: < int.MaxValue } order ? $"1.{order.Minor}" : go;

    private static string Sum(GridCell[] cells, Func<string, IEnumerable<string?>, string> numbered)
    {
        GridCell[] works = [.. cells.Where(c => c.Verdict is GridCell.Yes or GridCell.Without)], fails = [.. cells.Where(c => c.Verdict == GridCell.No)];
        if (works.Length + fails.Length == 0) return cells.Any(c => c.Verdict == GridCell.NotNeeded) ? GridCell.NotNeeded : GridCell.Absent;
        if (works.Length == 0) return numbered(GridCell.No, fails.Select(c => c.Reason));
        if (fails.Length > 0) return numbered($"{works.Length} of {works.Length + fails.Length}", fails.Select(c => c.Reason));
        // What only some builds go without is said by their own rows.
        return works.All(c => c.Verdict == GridCell.Without) ? numbered(GridCell.Without, works.Select(c => c.Reason)) : GridCell.Yes;
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    [GeneratedRegex(@"^(?<number>\d+)\. (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex NumberedLine();

    [GeneratedRegex(@"^(?<verdict>.+) \((?<number>\d+)\)$")]
    private static partial Regex NumberedCell();
}
