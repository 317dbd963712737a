namespace Beyla.Elf;

/// <summary>
/// Where a reader finds the entries of a map of one type; the map value itself is a pointer to the header. Offsets and sizes in bytes.
/// Entries lie in groups of <see cref="SlotsPerGroup"/>, which begin with one control byte per slot; slot <c>i</c> has its key at
/// <c>KeysOffset + i * KeyStride</c> of the group and its element at <c>ElemsOffset + i * ElemStride</c>.
/// </summary>
/// <param name="CountOffset">In the header: number of entries, a word.</param>
/// <param name="GroupSize">A group, with all slots.</param>
/// <param name="KeysOffset">In a group: the first key.</param>
/// <param name="KeyStride">From one key to the next.</param>
/// <param name="ElemsOffset">In a group: the first element.</param>
/// <param name="ElemStride">From one element to the next.</param>
public abstract record GoMapLayout(int CountOffset, int GroupSize, int KeysOffset, int KeyStride, int ElemsOffset, int ElemStride)
{
    /// <summary>Slots in a group of either kind.</summary>
    public const int SlotsPerGroup = 8;
}

/// <summary>
/// Buckets (runtime.hmap, Go's runtime/map.go): up to Go 1.23, and later builds without swiss maps. The header points to an array of <c>1
/// &lt;&lt; B</c> buckets, each the first of a chain. A slot is in use when its control byte (tophash) is at least <see
/// cref="LowestUsed"/>. While a map grows, entries not yet moved are in the old buckets.
/// </summary>
/// <param name="BOffset">In the header: B, a byte.</param>
/// <param name="BucketsOffset">In the header: pointer to the buckets.</param>
/// <param name="OldBucketsOffset">In the header: pointer to the buckets before growth, half as many or (hmap.flags bit 3) as many; 0 when
/// the map does not grow.</param>
/// <param name="OverflowOffset">In a bucket: pointer to the next of the chain, or 0.</param>
public sealed record GoBucketMapLayout(
    int CountOffset, int GroupSize, int KeysOffset, int KeyStride, int ElemsOffset, int ElemStride,
    int BOffset, int BucketsOffset, int OldBucketsOffset, int OverflowOffset)
    : GoMapLayout(CountOffset, GroupSize, KeysOffset, KeyStride, ElemsOffset, ElemStride)
{
    /// <summary>minTopHash: lower control bytes mark empty and moved slots.</summary>
    public const int LowestUsed = 5;
}

/// <summary>
/// Swiss tables (internal/runtime/maps.Map, Go's internal/runtime/maps): from Go 1.24. With a directory length of 0 the directory pointer
/// is that of the only group; else it is that of an array of pointers to tables, in which one table may occur several times in a row. A
/// table has <c>lengthMask + 1</c> groups. A slot is in use when the top bit of its control byte is 0.
/// </summary>
/// <param name="DirectoryOffset">In the header: Map.dirPtr.</param>
/// <param name="DirectoryLengthOffset">In the header: Map.dirLen, a word.</param>
/// <param name="GroupsOffset">In a table: groups.data, pointer to its groups, one after the other.</param>
/// <param name="LengthMaskOffset">In a table: groups.lengthMask, a word.</param>
public sealed record GoSwissMapLayout(
    int CountOffset, int GroupSize, int KeysOffset, int KeyStride, int ElemsOffset, int ElemStride,
    int DirectoryOffset, int DirectoryLengthOffset, int GroupsOffset, int LengthMaskOffset)
    : GoMapLayout(CountOffset, GroupSize, KeysOffset, KeyStride, ElemsOffset, ElemStride);
