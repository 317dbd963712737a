using System.Runtime.InteropServices;

namespace Beyla.Elf;

/// <summary>Searches mapped segments for 8-byte words: how tables are found that no section names.</summary>
internal static class SegmentScan
{
    private const int WordSize = 8;

    /// <summary>
    /// File offsets, multiples of 8, that hold one of three words; the segments in the given order. Ends after as many bytes as twice the
    /// file, which only overlapping segments can exceed.
    /// </summary>
    public static IEnumerable<long> Find(AddressSpace memory, IEnumerable<ElfSegment> segments, ulong a, ulong b, ulong c)
    {
        long budget = 2 * memory.File.Length;
        foreach (ElfSegment segment in segments)
        {
            long offset = ((long)segment.Offset + WordSize - 1) & -WordSize;
            long end = (long)(segment.Offset + segment.FileSize) & -WordSize;
            budget -= end - offset;
            if (budget < 0)
                yield break;
            while (offset < end)
            {
                int found = IndexInPage(memory.File.RestOfPage(offset), end - offset, a, b, c, out int searched);
                if (found >= 0)
                    yield return offset + found;
                offset += found >= 0 ? found + WordSize : searched;
            }
        }
    }

    /// <summary>Segments that hold no code, those that are written to first.</summary>
    public static IEnumerable<ElfSegment> DataSegments(AddressSpace memory) =>
        memory.Loads.Where(s => !s.IsExecutable).OrderByDescending(s => s.IsWritable);

    private static int IndexInPage(ReadOnlySpan<byte> page, long limit, ulong a, ulong b, ulong c, out int searched)
    {
        if (page.Length > limit)
            page = page[..(int)limit];
        searched = page.Length;
        int index = MemoryMarshal.Cast<byte, ulong>(page).IndexOfAny(a, b, c);
        return index < 0 ? -1 : index * WordSize;
    }
}
