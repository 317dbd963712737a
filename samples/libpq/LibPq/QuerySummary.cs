using System.Text;

namespace LibPq;

/// <summary>
/// The operation of a statement and the table that it is about, like <c>SELECT users</c>. Only keywords and names: values stand in quotes or are
/// numbers, and neither is taken. What is not certain is left out.
/// </summary>
internal readonly ref struct QuerySummary
{
    /// <summary>Most bytes of a summary.</summary>
    public const int MaxBytes = 128;

    private QuerySummary(ReadOnlySpan<byte> text, int operation)
    {
        Text = text;
        Operation = text[..operation];
    }

    /// <summary>Both, with a blank between them.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>The first keyword in capitals: <c>SELECT</c>.</summary>
    public ReadOnlySpan<byte> Operation { get; }

    /// <summary>The table, as it was written; empty: none, or not certain.</summary>
    public ReadOnlySpan<byte> Collection => Text.Length > Operation.Length ? Text[(Operation.Length + 1)..] : default;

    /// <summary>Reads a statement, which may be cut off.</summary>
    /// <param name="statement">UTF-8.</param>
    /// <param name="buffer"><see cref="MaxBytes"/> bytes for the result.</param>
    public static QuerySummary Of(ReadOnlySpan<byte> statement, Span<byte> buffer)
    {
        ReadOnlySpan<byte> rest = statement, first = NextWord(ref rest);
        if (first.IsEmpty || first.Length > MaxBytes / 2 || Ascii.ToUpper(first, buffer, out int operation) != System.Buffers.OperationStatus.Done) return default;
        ReadOnlySpan<byte> before = Leading(buffer[..operation]);
        if (before.IsEmpty) return new(buffer[..operation], operation);
        ReadOnlySpan<byte> table = TableAfter(before, first, rest);
        if (table.IsEmpty || operation + 1 + table.Length > buffer.Length) return new(buffer[..operation], operation);
        buffer[operation] = (byte)' ';
        table.CopyTo(buffer[(operation + 1)..]);
        return new(buffer[..(operation + 1 + table.Length)], operation);
    }

    /// <summary>The keyword that stands before the table; empty: the statement has none.</summary>
    private static ReadOnlySpan<byte> Leading(ReadOnlySpan<byte> operation)
    {
        if (operation.SequenceEqual("SELECT"u8) || operation.SequenceEqual("DELETE"u8)) return "FROM"u8;
        if (operation.SequenceEqual("INSERT"u8)) return "INTO"u8;
        return operation.SequenceEqual("UPDATE"u8) ? "UPDATE"u8 : default;
    }

    private static ReadOnlySpan<byte> TableAfter(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest)
    {
        for (ReadOnlySpan<byte> word = first; !word.IsEmpty; word = NextWord(ref rest))
            if (Ascii.EqualsIgnoreCase(word, keyword)) return NextName(ref rest);
        return default;
    }

    /// <summary>The next word of letters; what stands in quotes, comments, numbers and signs are passed over.</summary>
    private static ReadOnlySpan<byte> NextWord(scoped ref ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            byte c = rest[0];
            if (IsNameByte(c))
            {
                ReadOnlySpan<byte> word = TakeName(ref rest);
                if (!char.IsAsciiDigit((char)word[0])) return word;
            }
            else if (c is (byte)'\'' or (byte)'"') Skip(ref rest, rest[1..].IndexOf(c), 2);
            else if (rest.StartsWith("--"u8)) Skip(ref rest, rest.IndexOf((byte)'\n'), 1);
            else if (rest.StartsWith("/*"u8)) Skip(ref rest, rest.IndexOf("*/"u8), 2);
            else rest = rest[1..];
        }
        return default;
    }

    /// <summary>The name that follows at once; a part in quotes keeps what is in them. Empty: something else follows, like a subquery.</summary>
    private static ReadOnlySpan<byte> NextName(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] != (byte)'"') return TakeName(ref rest);
        int end = rest[1..].IndexOf((byte)'"');
        return end < 0 ? default : rest[1..(end + 1)];
    }

    private static ReadOnlySpan<byte> TakeName(scoped ref ReadOnlySpan<byte> rest)
    {
        int length = 0;
        while (length < rest.Length && IsNameByte(rest[length])) length++;
        ReadOnlySpan<byte> name = rest[..length];
        rest = rest[length..];
        return name;
    }

    private static void Skip(scoped ref ReadOnlySpan<byte> rest, int index, int more) => rest = index < 0 ? default : rest[Math.Min(rest.Length, index + more)..];

    private static bool IsNameByte(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'.' or (byte)'$' or >= 0x80;
}
