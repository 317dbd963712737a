namespace Beyla.Ebpf;

/// <summary>A struct or union of the BPF object, with the members of unnamed inner structs and unions as its own.</summary>
/// <param name="Name">Its tag.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Fields">In order of declaration.</param>
public sealed record BtfStruct(string Name, int Size, IReadOnlyList<BtfField> Fields)
{
    /// <summary>The field of that name, or null.</summary>
    public BtfField? Field(string name) => Fields.FirstOrDefault(f => f.Name == name);
}

/// <summary>One field.</summary>
/// <param name="Name">Its name.</param>
/// <param name="OffsetBytes">From the start of the struct; of a bit field, its first byte.</param>
/// <param name="SizeBytes">The whole field: of an array, all elements. 0 for flexible and zero-length arrays.</param>
/// <param name="Elements">Number of elements of an array (of an array of arrays, the product); 1 when it is none.</param>
/// <param name="TypeName">The type without typedef, const and array, e.g. "event_header"; null for pointers and unnamed types.</param>
public sealed record BtfField(string Name, int OffsetBytes, int SizeBytes, int Elements, string? TypeName);

/// <summary>A global variable of the BPF object.</summary>
/// <param name="Name">Its name in C.</param>
/// <param name="Section">.rodata, .data or .bss.</param>
/// <param name="Offset">Bytes from the start of the section.</param>
/// <param name="Size">Bytes.</param>
internal sealed record BtfVariable(string Name, string Section, int Offset, int Size);
