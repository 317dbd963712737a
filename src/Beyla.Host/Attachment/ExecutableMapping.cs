using System.Globalization;

namespace Beyla.Host.Attachment;

/// <summary>Where a process has its executable in memory, from /proc/PID/maps (proc_pid_maps(5)).</summary>
/// <param name="Start">Address of the lowest mapping of the file.</param>
/// <param name="FileOffset">Offset of that mapping in the file.</param>
/// <param name="Device"><c>major:minor</c> in hex.</param>
/// <param name="Inode">Inode number.</param>
internal readonly record struct ExecutableMapping(ulong Start, ulong FileOffset, string Device, ulong Inode)
{
    /// <summary>Finds the lowest mapping of the file that /proc/PID/exe names.</summary>
    /// <exception cref="IOException">The process is gone or has no mapping of its executable.</exception>
    public static ExecutableMapping Read(int pid)
    {
        string executable = File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName
            ?? throw new IOException($"process {pid} has no executable");
        foreach (string line in File.ReadLines($"/proc/{pid}/maps"))
        {
            // start-end perms offset dev inode path
            string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 6 || words[5].Trim() != executable) continue;
            return new ExecutableMapping(
                Hex(words[0].AsSpan(0, words[0].IndexOf('-', StringComparison.Ordinal))), Hex(words[2]), words[3],
                ulong.Parse(words[4], CultureInfo.InvariantCulture));
        }
        throw new IOException($"process {pid} has no mapping of its executable {executable}");
    }

    private static ulong Hex(ReadOnlySpan<char> text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
