using System.Globalization;
using System.Text;
using System.Text.Json;
using Beyla.Elf;

namespace Beyla.Host.Commands.Trace;

/// <summary>Values for humans (as Go would write them) and as JSON.</summary>
/// <param name="typeName">Name of the type whose descriptor lies at a run-time address; null: not known.</param>
internal sealed class ValueText(Func<ulong, string?> typeName)
{
    /// <summary>As Go writes it; <c>?</c> for what was not read.</summary>
    public string Of(TracedValue value, in RecordedValue recorded)
    {
        if (!recorded.Known) return "?";
        switch (value.Form)
        {
            case ValueForm.Text:
                string quoted = value.Type.Kind == GoKind.String || IsPrintable(recorded.Text) ? Quoted(recorded.Text) : $"0x{Convert.ToHexStringLower(recorded.Text)}";
                return recorded.Second > (ulong)recorded.Text.Length ? string.Create(CultureInfo.InvariantCulture, $"{quoted}... ({recorded.Second} bytes)") : quoted;
            case ValueForm.Interface or ValueForm.EmptyInterface:
                if (recorded.First == 0) return "nil";
                string name = typeName(recorded.Type) ?? string.Create(CultureInfo.InvariantCulture, $"type at 0x{recorded.Type:x}");
                return recorded.Text.Length > 0 ? $"{name}({Quoted(recorded.Text)})" : name;
            default:
                return Word(value.Type, recorded);
        }
    }

    /// <summary>A number, boolean or text where JSON has such, else the text of <see cref="Of"/>; null for what was not read.</summary>
    public void Write(Utf8JsonWriter json, TracedValue value, in RecordedValue recorded)
    {
        if (!recorded.Known) json.WriteNullValue();
        else if (value.Form == ValueForm.Text && (value.Type.Kind == GoKind.String || IsPrintable(recorded.Text))) json.WriteStringValue(Decode(recorded.Text));
        else if (value is { Form: ValueForm.Word, Type.Kind: GoKind.Bool }) json.WriteBooleanValue((recorded.First & 0xff) != 0);
        else if (value.Form is ValueForm.Interface or ValueForm.EmptyInterface && recorded.First == 0) json.WriteNullValue();
        else if (value is { Form: ValueForm.Word, Type.Kind: >= GoKind.Int and <= GoKind.Uint64 } || (value.Type.IsFloat && double.IsFinite(Float(value.Type, recorded.First)))) json.WriteRawValue(Word(value.Type, recorded));
        else json.WriteStringValue(Of(value, recorded));
    }

    private static string Word(GoValueType type, in RecordedValue recorded)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        int unused = 64 - (8 * Math.Min(8, type.Size));
        ulong word = recorded.First << unused >> unused;
        switch (type.Kind)
        {
            case GoKind.Bool: return word != 0 ? "true" : "false";
            case GoKind.Float32 or GoKind.Float64:
                double number = Float(type, word);
                return type.Kind == GoKind.Float32 ? ((float)number).ToString("R", culture) : number.ToString("R", culture);
            case GoKind.Slice: return string.Create(culture, $"{type.Name}(len {recorded.Second})");
            case GoKind.Pointer or GoKind.UnsafePointer or GoKind.Map or GoKind.Chan or GoKind.Func or GoKind.Uintptr:
                return word == 0 && type.Kind != GoKind.Uintptr ? "nil" : string.Create(culture, $"0x{word:x}");
            default:
                return type.IsSigned ? ((long)(recorded.First << unused) >> unused).ToString(culture) : word.ToString(culture);
        }
    }

    private static double Float(GoValueType type, ulong word) => type.Kind == GoKind.Float32 ? BitConverter.UInt32BitsToSingle((uint)word) : BitConverter.UInt64BitsToDouble(word);

    private static bool IsPrintable(byte[] bytes) => bytes.Length == 0 || (!bytes.AsSpan().ContainsAnyInRange((byte)0, (byte)8) && System.Text.Unicode.Utf8.IsValid(bytes));

    /// <summary>A text may have been cut in the middle of a character.</summary>
    private static string Decode(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static string Quoted(byte[] utf8)
    {
        StringBuilder text = new("\"");
        foreach (char c in Decode(utf8))
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => c.ToString(),
            });
        }
        return text.Append('"').ToString();
    }
}
