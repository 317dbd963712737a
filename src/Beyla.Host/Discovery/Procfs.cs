using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Beyla.Host.Discovery;

/// <summary>Reads of /proc/PID. A process may vanish between any two of them: then they answer "no" and throw nothing.</summary>
internal static class Procfs
{
    private const string Deleted = " (deleted)";
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Pids of all processes.</summary>
    public static IEnumerable<int> Processes() => Numbers("/proc", directories: true);

    /// <summary>Reads /proc/PID/stat.</summary>
    public static bool TryReadStat(int pid, out ProcStat stat)
    {
        Span<byte> line = stackalloc byte[1024]; // 52 numbers and a name of at most 64 bytes
        stat = default;
        return TryRead(Name(pid, "stat"), line, out int length) && ProcStat.TryParse(line[..length], out stat);
    }

    /// <summary>How many file descriptors the process has open; null when we may not read them.</summary>
    public static int? OpenFiles(int pid)
    {
        try
        {
            return Numbers(Name(pid, "fd"), directories: false).Count();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Reads the path of the executable, as the process' own mount namespace sees it. False for kernel threads, for processes that we may not
    /// look at, and for "/", which a process in a container shows while its file system is being put together.
    /// </summary>
    public static bool TryReadExecutable(int pid, out string path)
    {
        path = Link(pid, "exe") ?? "";
        // A program that was replaced on disk keeps the name it was started by.
        if (path.EndsWith(Deleted, StringComparison.Ordinal)) path = path[..^Deleted.Length];
        return path.Length > 1;
    }

    /// <summary>The network namespace, like <c>net:[4026531840]</c>; null when it cannot be read.</summary>
    public static string? NetworkNamespace(int pid) => Link(pid, "ns/net");

    /// <summary>Inode of the PID namespace that this process lives in.</summary>
    public static uint? OwnPidNamespace() =>
        TryParseInode(new FileInfo("/proc/self/ns/pid").LinkTarget, "pid:[", out ulong inode) ? (uint)inode : null;

    /// <summary>Inodes of the sockets that the process holds; null when we may not read its file descriptors.</summary>
    public static HashSet<ulong>? Sockets(int pid)
    {
        HashSet<ulong> sockets = [];
        try
        {
            foreach (int number in Numbers(Name(pid, "fd"), directories: false))
            {
                string? link = Link(pid, string.Create(CultureInfo.InvariantCulture, $"fd/{number}"));
                if (TryParseInode(link, "socket:[", out ulong inode)) sockets.Add(inode);
            }
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            // It ended.
        }
        return sockets;
    }

    /// <summary>The inode in a link like <c>socket:[4711]</c>.</summary>
    public static bool TryParseInode(ReadOnlySpan<char> link, string prefix, out ulong inode)
    {
        inode = 0;
        return link.StartsWith(prefix) && link[^1] == ']' &&
            ulong.TryParse(link[prefix.Length..^1], NumberStyles.None, CultureInfo.InvariantCulture, out inode);
    }

    /// <summary>Opens a file of /proc for reading; null when it is gone or not for us.</summary>
    public static SafeFileHandle? Open(string path)
    {
        try
        {
            // Any other sharing mode than this would lock the file.
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The arguments of the process, separated by blanks; the first 4 KiB.</summary>
    public static string CommandLine(int pid) => Encoding.UTF8.GetString(ReadAll(pid, "cmdline", 4096)).TrimEnd('\0').Replace('\0', ' ');

    /// <summary>Paths of the files that the process has mapped, each once (proc_pid_maps(5): <c>start-end perms offset dev inode path</c>).</summary>
    public static IReadOnlyList<string> MappedPaths(int pid)
    {
        string maps = Encoding.UTF8.GetString(ReadAll(pid, "maps", 16 << 20));
        return [.. maps.Split('\n').Select(PathOfMapping).OfType<string>().Distinct()];
    }

    /// <summary>The path in one line of such a file; null: it maps no file.</summary>
    internal static string? PathOfMapping(string line)
    {
        int path = line.IndexOf('/', StringComparison.Ordinal);
        if (path < 0) return null;
        return line.EndsWith(Deleted, StringComparison.Ordinal) ? line[path..^Deleted.Length] : line[path..];
    }

    /// <summary>Reads a whole file of /proc/PID, up to <paramref name="most"/> bytes; empty when it is gone or not for us.</summary>
    public static byte[] ReadAll(int pid, string file, int most)
    {
        using SafeFileHandle? handle = Open(Name(pid, file));
        if (handle is null) return [];
        byte[] bytes = new byte[4096];
        int length = 0;
        try
        {
            // These files have no length, and each read may give less than is there.
            while (RandomAccess.Read(handle, bytes.AsSpan(length), length) is > 0 and int read)
            {
                length += read;
                if (length == most) break;
                if (length == bytes.Length) Array.Resize(ref bytes, Math.Min(bytes.Length * 2, most));
            }
        }
        catch (IOException)
        {
            // It ended: what there was is no more to be trusted.
            return [];
        }
        return bytes[..length];
    }

    private static bool TryRead(string path, Span<byte> buffer, out int length)
    {
        length = 0;
        using SafeFileHandle? file = Open(path);
        if (file is null) return false;
        try
        {
            length = RandomAccess.Read(file, buffer, 0);
        }
        catch (IOException)
        {
            return false;
        }
        return length > 0;
    }

    private static string Name(int pid, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}");

    private static string? Link(int pid, string file) => new FileInfo(Name(pid, file)).LinkTarget;

    private static FileSystemEnumerable<int> Numbers(string folder, bool directories) =>
        new(folder, static (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture), Everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                (!directories || entry.IsDirectory) && !entry.FileName.ContainsAnyExceptInRange('0', '9'),
        };
}
