namespace Beyla.Host.Discovery.Languages;

/// <summary>
/// A language runtime that a process has loaded as a library: PHP in Apache, the JVM under a starter of its own. Only for executables that
/// do not themselves show what they run.
/// </summary>
internal static class MappedRuntime
{
    /// <summary>Finds it among the files that the process has mapped; null: none, or the process is gone.</summary>
    public static Language? Find(int pid) => Find(Procfs.MappedPaths(pid));

    /// <summary>The same among paths.</summary>
    public static Language? Find(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            string file = path[(path.LastIndexOf('/') + 1)..];
            foreach ((string library, string language) in ExecutableLanguage.Runtimes)
                if (file.StartsWith(library, StringComparison.Ordinal)) return new(language, $"has {path} loaded");
        }
        return null;
    }
}
