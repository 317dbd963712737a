namespace Beyla.Host.Attachment;

/// <summary>
/// What makes two executables the same file with the same content. The inode alone is reused by file systems, and probes placed by a stale
/// inode hit foreign code; so length and a hash of the head (ELF header, program headers, build-id notes) belong to it.
/// </summary>
/// <param name="Device">Device as in /proc/PID/maps, or empty for a file that no process runs.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Length">File length, bytes.</param>
/// <param name="HeadHash">First 16 hex digits of the SHA-256 of the first <see cref="HeadBytes"/> bytes.</param>
internal sealed record ExecutableIdentity(string Device, ulong Inode, long Length, string HeadHash)
{
    /// <summary>Enough for headers and notes: linkers put the build-id into the first page or two.</summary>
    public const int HeadBytes = 16 * 1024;

    /// <summary>Reads the identity of the file that a process runs.</summary>
    /// <exception cref="IOException">The process is gone or its executable cannot be read.</exception>
    public static ExecutableIdentity Read(string path, string device, ulong inode)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] head = new byte[Math.Min(HeadBytes, file.Length)];
        file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return new ExecutableIdentity(device, inode, file.Length, Convert.ToHexStringLower(Sha256.Hash(head).AsSpan(0, 8)));
    }
}
