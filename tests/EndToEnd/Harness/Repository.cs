namespace EndToEnd.Harness;

/// <summary>Where things lie in the repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Beyla.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published agent, made by <c>run.sh</c> and <c>test.sh</c>.</summary>
    public static string Agent { get; } = Path.Combine(Root, "artifacts", "beyla", "beyla");

    /// <summary>The plugin folders beside the published agent.</summary>
    public static string Plugins { get; } = Path.Combine(Root, "artifacts", "beyla", "plugins");

    /// <summary>The programs that <c>tests/targets/fetch.sh</c> prepares.</summary>
    public static string Targets { get; } = Path.Combine(Root, "artifacts", "targets");

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Beyla.slnx"))) return folder;
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Beyla.slnx");
    }
}
