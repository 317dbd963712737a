using System.Buffers;

namespace Beyla.Elf;

/// <summary>Looks for texts among a file's constants: .rodata, or everything that is loaded where there are no sections.</summary>
internal static class TextSearch
{
    private const int ChunkSize = 1 << 18;
    private const long MostBytes = 256L << 20; // more is data that a program carries along, not its own constants

    /// <summary>Which of the texts are there; ends as soon as all are found.</summary>
    public static bool[] Find(ElfFile elf, IReadOnlyList<byte[]> texts)
    {
        bool[] found = new bool[texts.Count];
        int overlap = texts.Max(t => t.Length) - 1;
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            long budget = MostBytes;
            foreach ((ulong offset, ulong size) in Ranges(elf))
                for (ulong at = 0; at < size && budget > 0 && found.Contains(false); at += (ulong)(ChunkSize - overlap), budget -= ChunkSize)
                {
                    Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(ChunkSize, size - at));
                    elf.Read(offset + at, bytes);
                    for (int i = 0; i < found.Length; i++) found[i] = found[i] || bytes.IndexOf(texts[i]) >= 0;
                }
            return found;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static IEnumerable<(ulong Offset, ulong Size)> Ranges(ElfFile elf)
    {
        ElfSection constants = elf.Sections.FirstOrDefault(s => s.Name == ".rodata" && s.HasFileBytes);
        return constants.Size > 0 ? [(constants.Offset, constants.Size)] : elf.Segments.Where(s => s is { IsLoad: true, FileSize: > 0 }).Select(s => (s.Offset, s.FileSize));
    }
}
