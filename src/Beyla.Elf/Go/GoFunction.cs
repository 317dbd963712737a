namespace Beyla.Elf;

/// <summary>One function of pclntab.</summary>
/// <param name="Name">Full symbol name: <c>net/http.(*conn).serve</c>.</param>
/// <param name="Address">Link-time address of its first byte.</param>
/// <param name="Size">Bytes up to the next function, padding included.</param>
public readonly record struct GoFunction(string Name, ulong Address, uint Size);
