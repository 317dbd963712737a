using Microsoft.Win32.SafeHandles;

namespace Beyla.Host.Discovery.Languages;

/// <summary>
/// A language runtime that a process has loaded as a library: PHP in Apache, the JVM under a starter of its own. Only for executables that
/// do not themselves show what they run.
/// </summary>
internal static class MappedRuntime
{
    /// <summary>Finds it in /proc/PID/maps; null: none, or the process is gone.</summary>
    public static Language? Find(int pid)
    {
        using SafeFileHandle? maps = Procfs.Open($"/proc/{pid}/maps");
        if (maps is null) return null;
        try
        {
            using StreamReader lines = new(new FileStream(maps, FileAccess.Read, bufferSize: 0));
            return Find(Lines(lines));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The same in lines of such a file: <c>start-end perms offset dev inode path</c>.</summary>
    public static Language? Find(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string path = line[(line.IndexOf('/', StringComparison.Ordinal) is >= 0 and int start ? start : line.Length)..];
            string file = path[(path.LastIndexOf('/') + 1)..];
            foreach ((string library, string language) in ExecutableLanguage.Runtimes)
                if (file.StartsWith(library, StringComparison.Ordinal)) return new(language, $"has {path} loaded");
        }
        return null;
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line) yield return line;
    }
}
