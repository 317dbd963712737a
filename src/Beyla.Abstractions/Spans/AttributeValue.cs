namespace Beyla;

/// <summary>The type of an attribute's value.</summary>
public enum AttributeType
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>64-bit signed integer.</summary>
    Integer,

    /// <summary>IEEE double.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A list of UTF-8 texts.</summary>
    Texts,
}

/// <summary>One attribute of a span, as a view into the span's storage.</summary>
public readonly ref struct SpanAttribute
{
    internal SpanAttribute(AttributeKey key, AttributeType type, long number, ReadOnlySpan<byte> text)
    {
        Key = key;
        Type = type;
        _number = number;
        Text = type == AttributeType.Texts ? default : text;
        _list = text;
    }

    private readonly long _number;
    private readonly ReadOnlySpan<byte> _list;

    /// <summary>The name.</summary>
    public AttributeKey Key { get; }

    /// <summary>The type of the value.</summary>
    public AttributeType Type { get; }

    /// <summary>UTF-8 value of a <see cref="AttributeType.Text"/> attribute, else empty.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The values of a <see cref="AttributeType.Texts"/> attribute, in order.</summary>
    public TextList Texts => new(Type == AttributeType.Texts ? _list : default);

    /// <summary>Value of an <see cref="AttributeType.Integer"/> attribute.</summary>
    public long Integer => _number;

    /// <summary>Value of a <see cref="AttributeType.Double"/> attribute.</summary>
    public double Double => BitConverter.Int64BitsToDouble(_number);

    /// <summary>Value of a <see cref="AttributeType.Boolean"/> attribute.</summary>
    public bool Boolean => _number != 0;
}
