using System.Globalization;

namespace Beyla.Host.Configuration.Toml;

/// <summary>Values without quotes or brackets: booleans, numbers, dates and times.</summary>
internal static class TomlScalar
{
    public static TomlValue Read(TomlScanner scanner)
    {
        TomlPosition position = scanner.Position;
        string token = Token(scanner);
        if (token.Length == 0) throw scanner.Error($"a value is expected, found {scanner.Here()}");
        if (token is "true" or "false") return new TomlBoolean(position, token == "true");
        if (TomlDates.Looks(token))
            return TomlDates.TryRead(token, position) ?? throw scanner.Error(position, $"'{token}' is not a date or time like 2026-01-31T10:00:00Z");
        if (Integer(token) is { } number)
            return long.TryParse(number.Digits, number.Style, CultureInfo.InvariantCulture, out long value) && (number.Radix == 10 || value >= 0)
                ? new TomlInteger(position, value)
                : throw scanner.Error(position, $"'{token}' does not fit in 64 bits");
        if (Float(token) is { } real) return new TomlFloat(position, real);
        throw scanner.Error(position, char.IsAsciiLetter(token[0])
            ? $"'{token}' is not a value; text needs quotes"
            : $"'{token}' is not a number, date or time; text needs quotes");
    }

    /// <summary>Everything up to a separator; one blank may stand between a date and a time.</summary>
    private static string Token(TomlScanner scanner)
    {
        int start = scanner.Offset;
        while (IsTokenCharacter(scanner.Current)) scanner.Advance();
        if (scanner.Offset - start == 10 && scanner.Current == ' ' && char.IsAsciiDigit(scanner.Peek(1)) && TomlDates.Looks(scanner.TextFrom(start)))
        {
            scanner.Advance();
            while (IsTokenCharacter(scanner.Current)) scanner.Advance();
        }
        return scanner.TextFrom(start);
    }

    private static bool IsTokenCharacter(char c) => char.IsLetterOrDigit(c) || c is '+' or '-' or '_' or '.' or ':';

    private static (string Digits, int Radix, NumberStyles Style)? Integer(string token)
    {
        (int radix, NumberStyles style) = token.AsSpan(0, Math.Min(2, token.Length)) switch
        {
            "0x" => (16, NumberStyles.AllowHexSpecifier),
            "0b" => (2, NumberStyles.AllowBinarySpecifier),
            "0o" => (8, NumberStyles.None),
            _ => (10, NumberStyles.AllowLeadingSign),
        };
        int at = radix == 10 ? SignLength(token) : 2;
        int start = at;
        if (!TakeDigits(token, ref at, radix) || at != token.Length) return null;
        if (radix == 10 && LeadingZero(token, start)) return null;
        string digits = token[(radix == 10 ? 0 : 2)..].Replace("_", "", StringComparison.Ordinal);
        return radix == 8 ? (Octal(digits), 8, NumberStyles.None) : (digits, radix, style);
    }

    /// <summary>.NET reads no octal; a number too long for 64 bits stays too long.</summary>
    private static string Octal(string digits)
    {
        UInt128 value = 0;
        foreach (char c in digits)
        {
            value = (value << 3) | (uint)(c - '0');
            if (value > long.MaxValue) break;
        }
        return value.ToString(CultureInfo.InvariantCulture);
    }

    private static double? Float(string token)
    {
        int at = SignLength(token);
        string unsigned = token[at..];
        if (unsigned == "inf") return token[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        if (unsigned == "nan") return double.NaN;
        int start = at;
        if (!TakeDigits(token, ref at, 10) || LeadingZero(token, start)) return null;
        if (at < token.Length && token[at] == '.')
        {
            at++;
            if (!TakeDigits(token, ref at, 10)) return null;
        }
        if (at < token.Length && token[at] is 'e' or 'E')
        {
            at++;
            if (at < token.Length && token[at] is '+' or '-') at++;
            if (!TakeDigits(token, ref at, 10)) return null;
        }
        return at == token.Length ? double.Parse(token.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Digits with single underscores between them.</summary>
    private static bool TakeDigits(string token, ref int at, int radix)
    {
        int start = at;
        while (at < token.Length && (IsDigit(token[at], radix) || (token[at] == '_' && at > start && token[at - 1] != '_'))) at++;
        return at > start && token[at - 1] != '_';
    }

    private static bool IsDigit(char c, int radix) => radix == 16 ? char.IsAsciiHexDigit(c) : c >= '0' && c < '0' + radix;

    private static int SignLength(string token) => token[0] is '+' or '-' ? 1 : 0;

    private static bool LeadingZero(string token, int start) =>
        token[start] == '0' && start + 1 < token.Length && (char.IsAsciiDigit(token[start + 1]) || token[start + 1] == '_');
}
