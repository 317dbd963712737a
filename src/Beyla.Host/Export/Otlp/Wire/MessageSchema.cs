using System.Collections.Frozen;
using System.Text;

namespace Beyla.Host.Export.Otlp.Wire;

/// <summary>How a protobuf field is written in OTLP's JSON (specification: OTLP, JSON Protobuf Encoding).</summary>
internal enum FieldKind
{
    /// <summary>string</summary>
    Text,

    /// <summary>Trace and span ids: hex digits, where protobuf's own JSON has base64.</summary>
    Id,

    /// <summary>bytes: base64.</summary>
    Bytes,

    /// <summary>bool</summary>
    Boolean,

    /// <summary>Enums, uint32, fixed32: a number.</summary>
    Small,

    /// <summary>sint32, zigzag: a number.</summary>
    ZigZag,

    /// <summary>int64, sfixed64: a decimal string.</summary>
    Signed,

    /// <summary>uint64, fixed64: a decimal string. A packed list of it holds fixed64.</summary>
    Unsigned,

    /// <summary>As <see cref="Unsigned"/>; a packed list of it holds varints.</summary>
    UnsignedVarint,

    /// <summary>double</summary>
    Double,

    /// <summary>A nested message.</summary>
    Message,
}

/// <summary>A field of a message.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Repeated">Whether it is a list; numbers of a list are packed.</param>
/// <param name="Message">For <see cref="FieldKind.Message"/>; a function, because AnyValue contains itself.</param>
internal sealed record FieldSchema(int Number, string Name, FieldKind Kind, bool Repeated = false, Func<MessageSchema>? Message = null)
{
    /// <summary>The name in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}

/// <summary>The fields of a message that we write: what <see cref="JsonTranscoder"/> needs to know.</summary>
/// <param name="fields">The fields.</param>
internal sealed class MessageSchema(params FieldSchema[] fields)
{
    private readonly FrozenDictionary<int, FieldSchema> _byNumber = fields.ToFrozenDictionary(f => f.Number);

    /// <summary>The field of a number.</summary>
    /// <exception cref="KeyNotFoundException">We write a field that the schema lacks.</exception>
    public FieldSchema this[int number] => _byNumber[number];
}
