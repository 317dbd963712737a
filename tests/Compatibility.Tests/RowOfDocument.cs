namespace Compatibility.Tests;

/// <summary>The rows of the document as it is, and whether they can be checked here.</summary>
internal static class RowOfDocument
{
    private static readonly bool s_required = Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1";

    /// <summary>The document as it is in the repository.</summary>
    public static Grid Document { get; } = File.Exists(Repository.Document) ? GridDocument.Parse(File.ReadAllText(Repository.Document)) : new Grid([], []);

    /// <summary>The documented row of a build.</summary>
    public static GridRow Find(string program, string build) => Document.Rows.Single(r => r.Program == program && r.Build == build);

    /// <summary>Null when the documented program is here. Suites move on: what the row says of an older release is no less true then.</summary>
    public static string? WhyNotHere(string program, string build)
    {
        if (PreparedProgram.All.FirstOrDefault(p => p.Program == program && p.Build == build) is not { } prepared)
            return PreparedProgram.WhyAbsent(program, build) ?? (s_required ? null : $"{program} {build} is not below artifacts/targets; run tests/targets/fetch.sh");
        GridRow row = Find(program, build);
        ProgramRelease release = prepared.Release;
        bool same = release.GoText == row.Go && (release.Versions.Length == 0 || release.Versions == row.Versions);
        return same ? null : $"{program} {build} is now {release.Versions} with Go {release.GoText}, the document has {row.Versions} with Go {row.Go}; scripts/compatibility.sh writes it anew";
    }
}
