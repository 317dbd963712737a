namespace Beyla.Elf;

/// <summary>The linker's method table for a concrete type seen through an interface (Go's abi.ITab). All link-time addresses.</summary>
/// <param name="Address">Where it is: the first word of an interface value.</param>
/// <param name="Interface">Descriptor of the interface type.</param>
/// <param name="Concrete">Descriptor of the concrete type.</param>
internal readonly record struct Itab(ulong Address, ulong Interface, ulong Concrete)
{
    private const ulong HeaderSize = 24;
    private const int InterfaceMethodsAt = 64;

    /// <summary>Every itab in the binary.</summary>
    public static IEnumerable<Itab> ReadAll(TypeReader types)
    {
        (AddressSpace memory, TypeSection.Range range) = (types.Memory, types.Section.Itabs);
        if (!types.Section.IsContiguous)
        {
            for (ulong i = 0; i < range.Count; i++)
            {
                ulong itab = memory.ReadUInt64(range.Address + (i * 8));
                yield return new Itab(itab, memory.ReadUInt64(itab), memory.ReadUInt64(itab + 8));
            }
            yield break;
        }
        ulong end = range.Address + range.Count;
        for (ulong itab = range.Address; itab + HeaderSize <= end;)
        {
            ulong inter = memory.ReadUInt64(itab);
            yield return new Itab(itab, inter, memory.ReadUInt64(itab + 8));
            ulong methods = Math.Max(1, memory.ReadUInt64(inter + InterfaceMethodsAt));
            if (methods > range.Count)
                throw new ElfException("an itab has more methods than fit", unchecked((long)itab));
            itab += HeaderSize + (methods * 8);
        }
    }
}
