namespace Compatibility.Tests;

public sealed class GridDocumentTests
{
    private static readonly GridCell Yes = new(GridCell.Yes), Absent = new(GridCell.Absent), No = new(GridCell.No, "function f is not in this binary");
    private static readonly GridCell Without = new(GridCell.Without, "field 'a' of x.Y (garbled build?); and 2 more");

    [Fact]
    public void Parse_OfWhatWasRendered_GivesTheSameGrid()
    {
        Grid grid = Of(Row("1.19.8", Yes, Absent), Row("1.24.4", Without, No), Row("1.24.4", No, Without), Row("unknown", new(GridCell.NotNeeded), Yes));

        Grid parsed = GridDocument.Parse(GridDocument.Render(grid));

        Assert.Equal(grid.Columns, parsed.Columns);
        Assert.Equal(grid.Rows.Select(r => r.ToString()), parsed.Rows.Select(r => r.ToString()));
        Assert.Equal(GridDocument.Render(grid), GridDocument.Render(parsed));
    }

    [Fact]
    public void Render_SameReasonTwice_GivesItOneNumber()
    {
        string document = GridDocument.Render(Of(Row("1.19.8", Without, No), Row("1.24.4", Without, Absent)));

        Assert.EndsWith("## Reasons\n\n1. field 'a' of x.Y (garbled build?); and 2 more\n2. function f is not in this binary\n", document, StringComparison.Ordinal);
        Assert.Contains("| 1.19.8 | 2.0 | yes, without (1) | no (2) |\n", document, StringComparison.Ordinal);
        Assert.Contains("| 1.24.4 | 2.0 | yes, without (1) | – |\n", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SeveralProgramsOfOneRelease_AreSummedUp()
    {
        string document = GridDocument.Render(Of(
            Row("1.24.0", Yes, Absent), Row("1.24.4", No, Absent), Row("1.24.9", Absent, Without), Row("1.19.8", Absent, Absent), Row("1.26.1", Yes, No), Row("1.26.2", Without, No)));

        Assert.Contains("| 1.24 | 1 of 2 (1) | yes, without (2) |\n", document, StringComparison.Ordinal);
        Assert.Contains("| 1.19 | – | – |\n", document, StringComparison.Ordinal);
        Assert.Contains("| 1.26 | yes | no (1) |\n", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Sorted_GoVersions_AreNumbersAndUnknownIsLast()
    {
        Grid grid = Of(Row("unknown"), Row("1.24.10"), Row("1.9.1"), Row("1.24.4"));

        Assert.Equal(["1.9.1", "1.24.4", "1.24.10", "unknown"], grid.Sorted().Rows.Select(r => r.Go));
    }

    private static Grid Of(params GridRow[] rows) => new(["grpc server", "grpc client (if `on`)"], rows);

    private static GridRow Row(string go, params GridCell[] cells) => new("caddy", "sid", go, "2.0", cells);
}
