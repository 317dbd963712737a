namespace Beyla.Host.Attachment;

/// <summary>The last check before a breakpoint is written: the file that the process runs has the inspected instruction at this place.</summary>
internal static class SiteBytes
{
    /// <exception cref="StaleExecutableException">It has not.</exception>
    public static void Verify(PlannedSite planned, FileStream code)
    {
        Span<byte> found = stackalloc byte[planned.Site.Bytes.Length];
        code.Seek((long)planned.FileOffset, SeekOrigin.Begin);
        if (code.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length || !found.SequenceEqual(planned.Site.Bytes.Span))
            throw new StaleExecutableException($"the bytes at file offset 0x{planned.FileOffset:x} are not those that were inspected");
    }
}
