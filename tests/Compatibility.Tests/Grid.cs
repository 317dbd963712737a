using System.Globalization;

namespace Compatibility.Tests;

/// <summary>The content of docs/compatibility.md.</summary>
/// <param name="Columns">The groups of all tracers.</param>
/// <param name="Rows">The programs.</param>
internal sealed record Grid(IReadOnlyList<string> Columns, IReadOnlyList<GridRow> Rows)
{
    /// <summary>The same with its rows in the order of the document: by program, Go version and build.</summary>
    public Grid Sorted() => this with { Rows = [.. Rows.OrderBy(r => r.Program, StringComparer.Ordinal).ThenBy(r => GoOrder(r.Go)).ThenBy(r => r.Build, StringComparer.Ordinal)] };

    /// <summary>Go versions as numbers; unknown ones last.</summary>
    public static (int Minor, int Patch) GoOrder(string go)
    {
        string[] parts = go.Split('.');
        if (parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)) return (int.MaxValue, 0);
        return (minor, parts.Length > 2 && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int patch) ? patch : 0);
    }
}

/// <summary>What the tracers do with one program.</summary>
/// <param name="Program">As in <see cref="PreparedProgram"/>.</param>
/// <param name="Build">As in <see cref="PreparedProgram"/>.</param>
/// <param name="Go">Go's version, or <c>unknown</c>.</param>
/// <param name="Versions">Of the program or its libraries.</param>
/// <param name="Cells">One for each column.</param>
internal sealed record GridRow(string Program, string Build, string Go, string Versions, IReadOnlyList<GridCell> Cells)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Program} {Build}, Go {Go}, {Versions}: {string.Join(" | ", Cells)}";
}

/// <summary>What one group of a tracer does with one program.</summary>
/// <param name="Verdict">One of the words below.</param>
/// <param name="Reason">What is missing, in words; null: nothing to say.</param>
internal sealed record GridCell(string Verdict, string? Reason = null)
{
    /// <summary>Everything is there.</summary>
    public const string Yes = "yes";

    /// <summary>It is attached, and goes without something.</summary>
    public const string Without = "yes, without";

    /// <summary>The program has functions of it, or could have, but it cannot be attached.</summary>
    public const string No = "no";

    /// <summary>The program has none of its functions.</summary>
    public const string Absent = "–";

    /// <summary>This Go version does without it.</summary>
    public const string NotNeeded = "not needed";

    /// <summary>A row of a program that is no longer to be had, from before there was this column.</summary>
    public const string Unknown = "?";

    /// <inheritdoc/>
    public override string ToString() => Reason is null ? Verdict : $"{Verdict}: {Reason}";
}
