namespace Beyla.Host.Tests;

/// <summary>The repository's root, found by its solution file.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(System.IO.Path.Combine(at.FullName, "Beyla.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("Beyla.slnx is in no folder above the tests");
    }
}
