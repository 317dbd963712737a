using System.Globalization;

namespace Beyla.Host.Attachment;

/// <summary>A file of which a process has code in memory.</summary>
/// <param name="Path">Its name in the process' own mount namespace.</param>
/// <param name="Device"><c>major:minor</c> in hex.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Link">A path that leads to the file itself, whatever the mount namespace, and even when it was replaced or deleted.</param>
internal sealed record MappedFile(string Path, string Device, ulong Inode, string Link)
{
    private const string Deleted = " (deleted)";

    /// <summary>The last part of the path.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The files with executable mappings, each once; empty when the process has ended.</summary>
    public static IReadOnlyList<MappedFile> Of(int pid)
    {
        Dictionary<(string, ulong), MappedFile> files = [];
        try
        {
            foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
                if (Parse(pid, line) is { } file) files.TryAdd((file.Device, file.Inode), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended; the watcher tells so, too.
        }
        return [.. files.Values];
    }

    /// <summary>One line of /proc/PID/maps (proc_pid_maps(5)); null when it is no executable mapping of a file.</summary>
    internal static MappedFile? Parse(int pid, string line)
    {
        // start-end perms offset dev inode path
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 6 || words[1].Length < 3 || words[1][2] != 'x' || words[4] == "0") return null;
        string path = words[5].TrimStart();
        if (path.EndsWith(Deleted, StringComparison.Ordinal)) path = path[..^Deleted.Length];
        return new MappedFile(path, words[3], ulong.Parse(words[4], CultureInfo.InvariantCulture), $"/proc/{pid}/map_files/{Trim(words[0])}");
    }

    /// <summary>maps pads addresses with zeros to eight digits, map_files does not (fs/proc/base.c, dname_to_vma_addr).</summary>
    private static string Trim(string range) => string.Join('-', range.Split('-').Select(a => a.TrimStart('0') is { Length: > 0 } digits ? digits : "0"));
}
