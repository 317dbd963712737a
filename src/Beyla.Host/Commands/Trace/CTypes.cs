using Beyla.Elf;

namespace Beyla.Host.Commands.Trace;

/// <summary>C's types in the words of Go's: what a signature of a C function may hold beside Go's own numbers and pointers.</summary>
internal static class CTypes
{
    public static GoValueType? Find(string name) => name switch
    {
        "long" or "ssize_t" => GoValueType.OfKind(GoKind.Int64, name),
        "size_t" or "unsigned long" => GoValueType.OfKind(GoKind.Uint64, name),
        "char" => GoValueType.OfKind(GoKind.Int8, name),
        "unsigned" => GoValueType.OfKind(GoKind.Uint32, name),
        _ => null,
    };
}
