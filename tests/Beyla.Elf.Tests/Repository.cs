namespace Beyla.Elf.Tests;

/// <summary>Folders of the repository that the tests run from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>What tests/targets/fetch.sh prepares.</summary>
    public static string Targets { get; } = Path.Combine(Root, "artifacts", "targets");

    public static string TestProject { get; } = Path.Combine(Root, "tests", "Beyla.Elf.Tests");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Beyla.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"Beyla.slnx is in no folder above {AppContext.BaseDirectory}");
    }
}
