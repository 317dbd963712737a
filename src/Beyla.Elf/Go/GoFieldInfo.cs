namespace Beyla.Elf;

/// <summary>Where a field lies in a struct, and what it is.</summary>
/// <param name="Offset">Byte offset from the start of the struct that the lookup began with.</param>
/// <param name="Kind">What lies there: tells a pointer, which must be followed, from a struct, which begins right there.</param>
/// <param name="Size">Bytes it takes in the struct: 8 for a pointer, 16 for a string, all of an embedded struct.</param>
public readonly record struct GoFieldInfo(int Offset, GoKind Kind, int Size);
