using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>
/// Turns an encoded request into OTLP's JSON, so that every signal is encoded once, whatever the protocol. The elements of a list must lie
/// together in the message, as our encoders write them.
/// </summary>
internal static class JsonTranscoder
{
    /// <summary>Writes a message as a JSON object.</summary>
    /// <param name="message">Encoded by us.</param>
    /// <param name="schema">Of which type it is.</param>
    /// <param name="output">Takes the JSON.</param>
    /// <exception cref="InvalidDataException">The message is malformed.</exception>
    public static void Write(ReadOnlySpan<byte> message, MessageSchema schema, IBufferWriter<byte> output)
    {
        using Utf8JsonWriter json = new(output, new JsonWriterOptions { SkipValidation = true });
        Message(json, message, schema);
    }

    private static void Message(Utf8JsonWriter json, ReadOnlySpan<byte> message, MessageSchema schema)
    {
        json.WriteStartObject();
        FieldSchema? list = null;
        ProtobufReader reader = new(message);
        while (reader.Next())
        {
            FieldSchema field = schema[reader.Field];
            if (field != list)
            {
                if (list is not null) json.WriteEndArray();
                list = field.Repeated ? field : null;
                json.WritePropertyName(field.Utf8Name);
                if (list is not null) json.WriteStartArray();
            }
            Value(json, field, reader);
        }
        if (reader.IsMalformed) throw new InvalidDataException("a protobuf message of our own is malformed.");
        if (list is not null) json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, FieldSchema field, in ProtobufReader reader)
    {
        switch (field.Kind)
        {
            case FieldKind.Message: Message(json, reader.Content, field.Message!()); break;
            case FieldKind.Text: json.WriteStringValue(reader.Content); break;
            case FieldKind.Bytes: json.WriteBase64StringValue(reader.Content); break;
            case FieldKind.Id: Hex(json, reader.Content); break;
            default:
                if (reader.HasContent) Packed(json, field.Kind, reader.Content);
                else Number(json, field.Kind, reader.Number);
                break;
        }
    }

    /// <summary>A list of numbers without tags: eight bytes each, or varints.</summary>
    private static void Packed(Utf8JsonWriter json, FieldKind kind, ReadOnlySpan<byte> numbers)
    {
        bool varints = kind is FieldKind.Small or FieldKind.ZigZag or FieldKind.UnsignedVarint;
        while (!numbers.IsEmpty)
        {
            ulong number;
            if (varints)
            {
                if (!ProtobufReader.TryVarint(ref numbers, out number)) throw new InvalidDataException("a packed list of our own is malformed.");
            }
            else
            {
                number = BinaryPrimitives.ReadUInt64LittleEndian(numbers);
                numbers = numbers[sizeof(ulong)..];
            }
            Number(json, kind, number);
        }
    }

    private static void Number(Utf8JsonWriter json, FieldKind kind, ulong number)
    {
        Span<byte> digits = stackalloc byte[24];
        int length;
        switch (kind)
        {
            case FieldKind.Boolean: json.WriteBooleanValue(number != 0); break;
            case FieldKind.Small: json.WriteNumberValue((uint)number); break;
            case FieldKind.ZigZag: json.WriteNumberValue((int)(number >> 1) ^ -(int)(number & 1)); break;
            case FieldKind.Double: Double(json, BitConverter.UInt64BitsToDouble(number)); break;
            case FieldKind.Signed:
                ((long)number).TryFormat(digits, out length, default, null);
                json.WriteStringValue(digits[..length]);
                break;
            default:
                number.TryFormat(digits, out length, default, null);
                json.WriteStringValue(digits[..length]);
                break;
        }
    }

    /// <summary>JSON has no word for what is no finite number; protobuf's JSON mapping uses strings.</summary>
    private static void Double(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteStringValue(double.IsNaN(number) ? "NaN"u8 : number > 0 ? "Infinity"u8 : "-Infinity"u8);
    }

    private static void Hex(Utf8JsonWriter json, ReadOnlySpan<byte> id)
    {
        Span<byte> hex = stackalloc byte[2 * id.Length];
        Convert.TryToHexStringLower(id, hex, out _);
        json.WriteStringValue(hex);
    }
}
