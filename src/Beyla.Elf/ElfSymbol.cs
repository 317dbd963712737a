namespace Beyla.Elf;

/// <summary>What a symbol stands for; values are <c>STT_*</c>.</summary>
public enum ElfSymbolType
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>Data.</summary>
    Object = 1,

    /// <summary>A function.</summary>
    Function = 2,

    /// <summary>A section.</summary>
    Section = 3,

    /// <summary>The name of a source file.</summary>
    File = 4,

    /// <summary>A common block.</summary>
    Common = 5,

    /// <summary>A thread-local variable: the address is an offset in the thread's block.</summary>
    ThreadLocal = 6,

    /// <summary>A function that returns the address of the function to call (STT_GNU_IFUNC).</summary>
    IndirectFunction = 10,
}

/// <summary>One entry of a symbol table.</summary>
/// <param name="Name">Name, without a version.</param>
/// <param name="Address">Link-time virtual address.</param>
/// <param name="Size">Size in bytes, 0 when not said.</param>
/// <param name="Type">What it stands for.</param>
/// <param name="IsDefined">Whether this file holds it; otherwise it is only asked for.</param>
public readonly record struct ElfSymbol(string Name, ulong Address, ulong Size, ElfSymbolType Type, bool IsDefined);
