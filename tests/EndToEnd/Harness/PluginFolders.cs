namespace EndToEnd.Harness;

/// <summary>Plugin folders of a test's own.</summary>
internal static class PluginFolders
{
    /// <summary>The agent's own plugins.</summary>
    public static void CopyGood(TemporaryFolder to)
    {
        foreach (string file in Directory.GetFiles(Repository.Plugins, "*", SearchOption.AllDirectories))
            File.Copy(file, to.File(Path.GetRelativePath(Repository.Plugins, file)));
    }

    /// <summary>A plugin for one test, built from tests/targets/plugins/Variants.</summary>
    public static string CopyVariant(TemporaryFolder plugins, string variant)
    {
        string from = Path.Combine(Repository.Root, "artifacts", "test-plugins", variant);
        Assert.True(Directory.Exists(from), $"artifacts/test-plugins/{variant} is missing; build tests/Beyla.Host.Tests, which lays it out");
        foreach (string file in Directory.GetFiles(from))
            if (variant != "MissingDependency" || Path.GetFileName(file) != "Library.dll")
                File.Copy(file, plugins.File(Path.Combine(variant, Path.GetFileName(file))));
        return variant;
    }
}
