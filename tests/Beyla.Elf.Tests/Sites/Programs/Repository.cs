namespace Beyla.Elf.Tests.Sites.Programs;

/// <summary>Places in the working tree, found from the folder that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Artifacts => Path.Combine(Root, "artifacts");

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Beyla.slnx")))
                return at.FullName;
        throw new DirectoryNotFoundException("no folder above the tests holds Beyla.slnx");
    }
}
