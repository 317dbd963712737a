using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>The notes that name a build. Notes that contradict themselves count as absent: programs run without them.</summary>
internal static class ElfNotes
{
    private const uint GnuBuildId = 3, GoBuildId = 4;
    private const int LongestNote = 1 << 16;

    /// <summary>NT_GNU_BUILD_ID in hex, and the Go linker's build id.</summary>
    public static (string? Gnu, string? Go) Read(IReadOnlyList<ElfSegment> segments, PagedFile file)
    {
        string? gnu = null, go = null;
        foreach (ElfSegment segment in segments)
        {
            if (segment.Type != ElfSegment.Note || segment.FileSize is 0 or > LongestNote)
                continue;
            byte[] notes = new byte[segment.FileSize];
            file.Read((long)segment.Offset, notes);
            Scan(notes, segment.Alignment == 8 ? 8 : 4, ref gnu, ref go);
        }
        return (gnu, go);
    }

    private static void Scan(ReadOnlySpan<byte> notes, int alignment, ref string? gnu, ref string? go)
    {
        while (notes.Length >= 12)
        {
            uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            if (nameSize > LongestNote || size > LongestNote)
                return;
            int descriptionAt = Align(12 + (int)nameSize, alignment);
            if (descriptionAt + (int)size > notes.Length)
                return;
            ReadOnlySpan<byte> name = notes.Slice(12, (int)nameSize);
            ReadOnlySpan<byte> description = notes.Slice(descriptionAt, (int)size);
            if (type == GnuBuildId && name.SequenceEqual("GNU\0"u8))
                gnu ??= Convert.ToHexStringLower(description);
            else if (type == GoBuildId && name.SequenceEqual("Go\0\0"u8))
                go ??= Encoding.UTF8.GetString(description);
            int next = Align(descriptionAt + (int)size, alignment);
            notes = next < notes.Length ? notes[next..] : default;
        }
    }

    private static int Align(int value, int alignment) => (value + alignment - 1) & -alignment;
}
