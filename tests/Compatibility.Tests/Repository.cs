namespace Compatibility.Tests;

/// <summary>Where things lie in the repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Beyla.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The plugin folders that the build lays out.</summary>
    public static string Plugins { get; } = Path.Combine(Root, "artifacts", "plugins");

    /// <summary>The programs that <c>tests/targets/fetch.sh</c> prepares.</summary>
    public static string Targets { get; } = Path.Combine(Root, "artifacts", "targets");

    /// <summary>The document that these tests write and check.</summary>
    public static string Document { get; } = Path.Combine(Root, "docs", "compatibility.md");

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Beyla.slnx"))) return folder;
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Beyla.slnx");
    }
}
