using System.Globalization;
using System.Text;

namespace Beyla.Host.Configuration.Toml;

/// <summary>The four kinds of string: basic and literal, each on one line or on many.</summary>
internal static class TomlStrings
{
    /// <summary>A string in a value's place.</summary>
    public static string Any(TomlScanner scanner) =>
        scanner.TryTake("\"\"\"") ? Lines(scanner, '"') : scanner.TryTake("'''") ? Lines(scanner, '\'') : Line(scanner);

    /// <summary>A string of one line, as keys may be.</summary>
    public static string Line(TomlScanner scanner)
    {
        char quote = scanner.Current;
        TomlPosition start = scanner.Position;
        scanner.Advance();
        StringBuilder text = new();
        while (scanner.Current != quote)
        {
            if (scanner.AtEnd || scanner.AtNewline) throw scanner.Error($"the string that begins at {start} is not closed with {quote} on its line");
            if (!TomlScanner.IsText(scanner.Current)) throw scanner.Error($"{scanner.Here()} is not allowed in a string; write it as \\uXXXX in \"…\"");
            if (quote == '"' && scanner.Current == '\\') Escape(scanner, text);
            else Take(scanner, text);
        }
        scanner.Advance();
        return text.ToString();
    }

    /// <summary>A string of many lines, after the opening quotes.</summary>
    private static string Lines(TomlScanner scanner, char quote)
    {
        TomlPosition start = scanner.Position;
        StringBuilder text = new();
        scanner.TryTakeNewline();
        while (true)
        {
            if (scanner.Current == quote && TryClose(scanner, quote, text)) return text.ToString();
            if (scanner.AtEnd) throw scanner.Error($"the string that begins at {start} is not closed with {new string(quote, 3)}");
            if (quote == '"' && scanner.Current == '\\')
            {
                if (!TrySkipLineEnd(scanner)) Escape(scanner, text);
            }
            else if (scanner.AtNewline || TomlScanner.IsText(scanner.Current)) TakeLineEndOrText(scanner, text);
            else throw scanner.Error($"{scanner.Here()} is not allowed in a string; write it as \\uXXXX in \"…\"");
        }
    }

    /// <summary>Three quotes close; up to two more before them belong to the string.</summary>
    private static bool TryClose(TomlScanner scanner, char quote, StringBuilder text)
    {
        int run = 1;
        while (run < 5 && scanner.Peek(run) == quote) run++;
        scanner.Advance(run);
        text.Append(quote, run >= 3 ? run - 3 : run);
        return run >= 3;
    }

    /// <summary>A backslash at the end of a line takes away the line end and all blanks and lines that follow.</summary>
    private static bool TrySkipLineEnd(TomlScanner scanner)
    {
        int ahead = 1;
        while (scanner.Peek(ahead) is ' ' or '\t') ahead++;
        if (scanner.Peek(ahead) != '\n' && !(scanner.Peek(ahead) == '\r' && scanner.Peek(ahead + 1) == '\n')) return false;
        scanner.Advance(ahead);
        do scanner.SkipBlanks();
        while (scanner.TryTakeNewline());
        return true;
    }

    private static void Escape(TomlScanner scanner, StringBuilder text)
    {
        char kind = scanner.Peek(1);
        if (kind is 'u' or 'U')
        {
            CodePoint(scanner, kind == 'u' ? 4 : 8, text);
            return;
        }
        text.Append(kind switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => throw scanner.Error("unknown escape in a string; in \"…\" a backslash is written \\\\, or use '…', which has no escapes"),
        });
        scanner.Advance(2);
    }

    private static void CodePoint(TomlScanner scanner, int digits, StringBuilder text)
    {
        int value = 0;
        for (int i = 0; i < digits; i++)
        {
            char c = scanner.Peek(2 + i);
            if (!char.IsAsciiHexDigit(c)) throw scanner.Error($"\\{scanner.Peek(1)} needs {digits} hexadecimal digits");
            value = unchecked((value << 4) | int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }
        if (!Rune.IsValid(value)) throw scanner.Error("the escape names no Unicode character (0-D7FF or E000-10FFFF)");
        text.Append(new Rune(value).ToString());
        scanner.Advance(2 + digits);
    }

    private static void TakeLineEndOrText(TomlScanner scanner, StringBuilder text)
    {
        if (scanner.Current == '\r') Take(scanner, text);
        Take(scanner, text);
    }

    private static void Take(TomlScanner scanner, StringBuilder text)
    {
        text.Append(scanner.Current);
        scanner.Advance();
    }
}
