using System.Diagnostics.CodeAnalysis;

namespace Beyla.Elf;

/// <summary>The instruction set of a file; values are <c>e_machine</c>.</summary>
public enum ElfMachine
{
    /// <summary>amd64.</summary>
    [SuppressMessage("Naming", "CA1707", Justification = "EM_X86_64 is the name of the ABI")]
    X86_64 = 62,

    /// <summary>arm64.</summary>
    Aarch64 = 183,
}
