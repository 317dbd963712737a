namespace Beyla.Elf;

/// <summary>A type as the calling convention sees it: kind, size, and for structs and arrays their parts.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Name">As Go writes it: <c>int64</c>, <c>*net/http.conn</c>.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Alignment">Bytes.</param>
public sealed record GoValueType(GoKind Kind, string Name, int Size, int Alignment)
{
    private const int Word = 8;

    /// <summary>Fields of a struct, in their order.</summary>
    public IReadOnlyList<GoValueField> Fields { get; init; } = [];

    /// <summary>Element of an array or slice; null when not known.</summary>
    public GoValueType? Element { get; init; }

    /// <summary>Of a pointer: finds what it points to; null when nothing is known of that. Types may lead back to themselves, so it is looked up only when asked for.</summary>
    public Func<GoValueType>? Target { get; init; }

    /// <summary>Number of elements of an array.</summary>
    public long Length { get; init; }

    /// <summary>Of an interface: it has no methods, so that its first word is the type itself and not an itab.</summary>
    public bool IsEmptyInterface { get; init; }

    /// <summary>Whether a whole number is kept in two's complement.</summary>
    public bool IsSigned => Kind is GoKind.Int or GoKind.Int8 or GoKind.Int16 or GoKind.Int32 or GoKind.Int64;

    /// <summary>Whether it is passed in a floating-point register.</summary>
    public bool IsFloat => Kind is GoKind.Float32 or GoKind.Float64;

    /// <summary>A type whose size its kind tells; null for structs and arrays.</summary>
    public static GoValueType? OfKind(GoKind kind, string name) => kind switch
    {
        GoKind.Bool or GoKind.Int8 or GoKind.Uint8 => new(kind, name, 1, 1),
        GoKind.Int16 or GoKind.Uint16 => new(kind, name, 2, 2),
        GoKind.Int32 or GoKind.Uint32 or GoKind.Float32 => new(kind, name, 4, 4),
        GoKind.Complex64 => new(kind, name, Word, 4),
        GoKind.Interface => new(kind, name, 2 * Word, Word) { IsEmptyInterface = name is "any" or "interface {}" or "interface{}" },
        GoKind.Complex128 or GoKind.String => new(kind, name, 2 * Word, Word),
        GoKind.Slice => new(kind, name, 3 * Word, Word),
        GoKind.Struct or GoKind.Array or GoKind.Invalid => null,
        _ => new(kind, name, Word, Word),
    };
}

/// <summary>A field of a struct.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Bytes from the start of the struct.</param>
/// <param name="Type">Its type.</param>
public sealed record GoValueField(string Name, int Offset, GoValueType Type);
