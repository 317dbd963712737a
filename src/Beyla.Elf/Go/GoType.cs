namespace Beyla.Elf;

/// <summary>The part that all type descriptors share (Go's abi.Type, 48 bytes, unchanged from 1.16 to 1.27).</summary>
/// <param name="Address">Link-time address of the descriptor.</param>
/// <param name="Size">Bytes of a value of the type.</param>
/// <param name="Flags"><c>abi.TFlag</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Offset of the name from the start of the type section.</param>
/// <param name="PointerToThis">Offset of the descriptor of the pointer type; 0 when not said.</param>
internal readonly record struct GoType(ulong Address, ulong Size, byte Flags, GoKind Kind, uint Name, uint PointerToThis)
{
    public bool HasUncommon => (Flags & 1) != 0;

    /// <summary>The stored name has a star in front that is not part of it.</summary>
    public bool HasExtraStar => (Flags & 2) != 0;

    public bool IsNamed => (Flags & 4) != 0;
}
