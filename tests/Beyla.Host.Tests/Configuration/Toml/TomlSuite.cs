namespace Beyla.Host.Tests.Configuration.Toml;

/// <summary>The files of toml-lang/toml-test (TOML 1.0), in the shared data beside the repository.</summary>
internal static class TomlSuite
{
    public static string? Folder { get; } = Find();

    public static IEnumerable<string> Files(string kind) => Directory
        .EnumerateFiles(Path.Combine(Folder!, kind), "*.toml", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        string folder = Path.Combine(RepositoryFolder.Path, "..", "shared", "data", "toml-test");
        return Directory.Exists(folder) ? folder : null;
    }
}

/// <summary>Skipped, with the reason, where the suite is absent.</summary>
public sealed class TomlSuiteFactAttribute : FactAttribute
{
    public TomlSuiteFactAttribute()
    {
        if (TomlSuite.Folder is null) Skip = "the toml-test files are not at ../shared/data/toml-test";
    }
}
