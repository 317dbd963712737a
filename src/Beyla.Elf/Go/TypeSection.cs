namespace Beyla.Elf;

/// <summary>Where type descriptors and itabs are, and in which way they are listed. All addresses are link-time.</summary>
/// <param name="MinMinor">Lowest Go minor version with this layout.</param>
/// <param name="Start">runtime.types: what name and type offsets count from.</param>
/// <param name="End">runtime.etypes.</param>
/// <param name="Listing">Where the descriptors start from which all are reached.</param>
/// <param name="Itabs">Where the itabs are.</param>
/// <param name="IsContiguous">
/// Go 1.27: listed descriptors and itabs lie one after the other, and the two ranges are in bytes. Before: the ranges are arrays, of 32-bit
/// offsets (typelinks) and of pointers (itablinks), counted in elements.
/// </param>
internal sealed record TypeSection(int MinMinor, ulong Start, ulong End, TypeSection.Range Listing, TypeSection.Range Itabs, bool IsContiguous)
{
    /// <summary>A start address and a number of bytes or elements.</summary>
    internal readonly record struct Range(ulong Address, ulong Count);

    /// <summary>Word indexes in moduledata (Go's runtime/symtab.go) of types, etypes, typelinks and itablinks.</summary>
    private sealed record Layout(PclnFormat Format, int MinMinor, int Types, int TypesEnd, int TypeLinks, int ItabLinks);

    private static readonly Layout[] Layouts =
    [
        new(PclnFormat.Go116, 16, 35, 36, 40, 43),
        new(PclnFormat.Go118, 18, 35, 36, 42, 45),
        new(PclnFormat.Go120, 20, 37, 38, 44, 47),
        new(PclnFormat.Go120, 26, 37, 38, 45, 48),
    ];

    /// <summary>The type section by the first layout whose ranges are all mapped; <see langword="null"/> when none fits.</summary>
    public static TypeSection? Find(AddressSpace memory, PclnFormat format, ReadOnlySpan<ulong> words)
    {
        if (format == PclnFormat.Go120 && FindContiguous(memory, words) is { } contiguous)
            return contiguous;
        foreach (Layout layout in Layouts)
        {
            ulong start = words[layout.Types], end = words[layout.TypesEnd];
            if (layout.Format == format && IsMapped(memory, start, end)
                && IsSlice(memory, words[layout.TypeLinks..], 4) && IsSlice(memory, words[layout.ItabLinks..], 8))
            {
                return new TypeSection(
                    layout.MinMinor, start, end, new Range(words[layout.TypeLinks], words[layout.TypeLinks + 1]),
                    new Range(words[layout.ItabLinks], words[layout.ItabLinks + 1]), IsContiguous: false);
            }
        }
        return null;
    }

    /// <summary>Go 1.27: types, typedesclen, etypes, itaboffset, itabsize.</summary>
    private static TypeSection? FindContiguous(AddressSpace memory, ReadOnlySpan<ulong> words)
    {
        ulong start = words[37], descriptors = words[38], end = words[39], itabs = words[40], itabSize = words[41];
        bool fits = IsMapped(memory, start, end) && descriptors > 0 && descriptors <= end - start
            && itabs <= uint.MaxValue && itabSize <= uint.MaxValue && memory.Contains(start + itabs, itabSize);
        return fits
            ? new TypeSection(27, start, end, new Range(start, descriptors), new Range(start + itabs, itabSize), IsContiguous: true)
            : null;
    }

    private static bool IsMapped(AddressSpace memory, ulong start, ulong end) => start < end && memory.Contains(start, end - start);

    private static bool IsSlice(AddressSpace memory, ReadOnlySpan<ulong> slice, ulong elementSize) =>
        slice[1] == slice[2] && slice[1] > 0 && slice[1] <= (ulong)memory.File.Length && memory.Contains(slice[0], slice[1] * elementSize);
}
