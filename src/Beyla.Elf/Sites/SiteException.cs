namespace Beyla.Elf.Sites;

/// <summary>No probe site can be given for a function: its code cannot be decoded, or it can be left where no probe would see it.</summary>
/// <param name="function">The function's symbol.</param>
/// <param name="offset">Byte offset in the function where it went wrong.</param>
/// <param name="reason">What is wrong there.</param>
public sealed class SiteException(string function, int offset, string reason)
    : Exception($"{function}+0x{offset:x}: {reason}")
{
    /// <summary>Byte offset in the function.</summary>
    public int Offset { get; } = offset;

    /// <summary>The sentence without the place.</summary>
    public string Reason { get; } = reason;
}
