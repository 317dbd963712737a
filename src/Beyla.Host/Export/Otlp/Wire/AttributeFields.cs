using static Beyla.Host.Export.Otlp.Wire.ProtobufWriter;

namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>Attributes as repeated KeyValue fields (common.proto). Sizes are known before, so lengths are of minimal size.</summary>
internal static class AttributeFields
{
    private const int Key = 1, Value = 2; // KeyValue
    private const int TextValue = 1, BooleanValue = 2, IntegerValue = 3, DoubleValue = 4, ArrayValue = 5; // AnyValue
    private const int Values = 1; // ArrayValue

    /// <summary>Writes an attribute of a span.</summary>
    /// <param name="to">The message that has the field.</param>
    /// <param name="field">Number of the field in that message.</param>
    /// <param name="a">The attribute.</param>
    public static void Attribute(this ProtobufWriter to, int field, in SpanAttribute a)
    {
        switch (a.Type)
        {
            case AttributeType.Text: to.Attribute(field, a.Key.Utf8, a.Text); break;
            case AttributeType.Integer: to.Attribute(field, a.Key.Utf8, a.Integer); break;
            case AttributeType.Double: to.Attribute(field, a.Key.Utf8, a.Double); break;
            case AttributeType.Boolean: to.Attribute(field, a.Key.Utf8, a.Boolean); break;
            case AttributeType.Texts:
                Texts(to, field, a);
                break;
            default:
                throw new InvalidOperationException($"the attribute {a.Key} has the type {a.Type}, which OTLP export does not know.");
        }
    }

    /// <summary>Writes a text attribute; all in UTF-8.</summary>
    public static void Attribute(this ProtobufWriter to, int field, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Begin(to, field, key, FieldSize(TextSize(value)));
        to.Text(TextValue, value);
    }

    /// <summary>Writes an integer attribute.</summary>
    public static void Attribute(this ProtobufWriter to, int field, ReadOnlySpan<byte> key, long value)
    {
        Begin(to, field, key, 1 + VarintSize((ulong)value));
        to.Varint(IntegerValue, (ulong)value);
    }

    /// <summary>Writes a double attribute.</summary>
    public static void Attribute(this ProtobufWriter to, int field, ReadOnlySpan<byte> key, double value)
    {
        Begin(to, field, key, 1 + sizeof(double));
        to.Double(DoubleValue, value);
    }

    /// <summary>Writes a boolean attribute.</summary>
    public static void Attribute(this ProtobufWriter to, int field, ReadOnlySpan<byte> key, bool value)
    {
        Begin(to, field, key, 2);
        to.Varint(BooleanValue, value ? 1UL : 0);
    }

    /// <summary>Writes a text attribute.</summary>
    public static void Attribute(this ProtobufWriter to, int field, string key, string value)
    {
        int attribute = to.Open(field);
        to.Text(Key, key);
        int any = to.Open(Value);
        to.Text(TextValue, value);
        to.Close(any);
        to.Close(attribute);
    }

    /// <summary>Writes an integer attribute.</summary>
    public static void Attribute(this ProtobufWriter to, int field, string key, long value)
    {
        int attribute = to.Open(field);
        to.Text(Key, key);
        int any = to.Open(Value);
        to.Varint(IntegerValue, (ulong)value);
        to.Close(any);
        to.Close(attribute);
    }

    private static void Begin(ProtobufWriter to, int field, ReadOnlySpan<byte> key, int anyValue)
    {
        to.Head(field, FieldSize(key.Length) + FieldSize(anyValue));
        to.Bytes(Key, key);
        to.Head(Value, anyValue);
    }

    private static void Texts(ProtobufWriter to, int field, in SpanAttribute a)
    {
        int array = 0;
        foreach (ReadOnlySpan<byte> text in a.Texts) array += FieldSize(FieldSize(TextSize(text)));
        Begin(to, field, a.Key.Utf8, FieldSize(array));
        to.Head(ArrayValue, array);
        foreach (ReadOnlySpan<byte> text in a.Texts)
        {
            to.Head(Values, FieldSize(TextSize(text)));
            to.Text(TextValue, text);
        }
    }
}
