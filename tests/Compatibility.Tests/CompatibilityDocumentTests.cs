namespace Compatibility.Tests;

/// <summary>docs/compatibility.md says what inspection finds today. It is written anew by scripts/compatibility.sh.</summary>
public sealed class CompatibilityDocumentTests
{
    private const string Stale = "docs/compatibility.md is stale; scripts/compatibility.sh writes it anew.";

    /// <summary>Program and build of every documented row.</summary>
    public static TheoryData<string, string> Rows()
    {
        TheoryData<string, string> rows = [];
        foreach (GridRow row in RowOfDocument.Document.Rows) rows.Add(row.Program, row.Build);
        return rows;
    }

    [Fact]
    public void Document_Text_FollowsFromItsRows()
    {
        if (Environment.GetEnvironmentVariable("BEYLA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Repository.Document, GridDocument.Render(Inspected()));
            return;
        }
        Assert.Equal(GridDocument.Render(RowOfDocument.Document.Sorted()), File.ReadAllText(Repository.Document));
    }

    [Fact]
    public void Document_Columns_AreTheGroupsOfAllTracers() =>
        Assert.True(GridInspector.Instance.Columns.SequenceEqual(RowOfDocument.Document.Columns), $"{Stale} There are now: {string.Join(", ", GridInspector.Instance.Columns)}.");

    [Fact]
    public void Document_PreparedPrograms_AllHaveARow()
    {
        string[] without = [.. PreparedProgram.All.Where(p => !RowOfDocument.Document.Rows.Any(r => r.Program == p.Program && r.Build == p.Build)).Select(p => $"{p.Program} {p.Build}")];

        Assert.True(without.Length == 0, $"{Stale} It has no row for: {string.Join(", ", without)}.");
    }

    [RowTheory, MemberData(nameof(Rows))]
    public void Row_OfAPreparedProgram_IsWhatInspectionFinds(string program, string build)
    {
        GridRow found = GridInspector.Instance.Inspect(PreparedProgram.All.Single(p => p.Program == program && p.Build == build));

        GridRow documented = RowOfDocument.Find(program, build);
        Assert.True(found.ToString() == documented.ToString(), $"{Stale}\nfound:      {found}\ndocumented: {documented}");
    }

    /// <summary>All programs that are here, and the documented rows of those that a moving suite does not have at the moment.</summary>
    private static Grid Inspected()
    {
        GridInspector inspector = GridInspector.Instance;
        Assert.NotEmpty(PreparedProgram.All);
        IEnumerable<GridRow> kept = RowOfDocument.Document.Rows
            .Where(r => !PreparedProgram.All.Any(p => p.Program == r.Program && p.Build == r.Build) && PreparedProgram.WhyAbsent(r.Program, r.Build) is not null)
            .Select(r => r with { Cells = [.. inspector.Columns.Select(c => Documented(r, c))] });
        return new Grid(inspector.Columns, [.. PreparedProgram.All.AsParallel().Select(inspector.Inspect), .. kept]).Sorted();
    }

    private static GridCell Documented(GridRow row, string column)
    {
        int i = RowOfDocument.Document.Columns.ToList().IndexOf(column);
        return i < 0 ? new GridCell(GridCell.Unknown) : row.Cells[i];
    }
}
