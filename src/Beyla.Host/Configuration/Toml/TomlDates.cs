using System.Globalization;

namespace Beyla.Host.Configuration.Toml;

/// <summary>Dates and times after RFC 3339, as TOML 1.0 narrows it: seconds are required.</summary>
internal static class TomlDates
{
    /// <summary>Whether a token can be meant as nothing but a date or time: <c>dddd-</c> or <c>dd:</c>.</summary>
    public static bool Looks(string token) =>
        (token.Length >= 5 && token[4] == '-' && AreDigits(token.AsSpan(0, 4))) || (token.Length >= 3 && token[2] == ':' && AreDigits(token.AsSpan(0, 2)));

    /// <summary>Null: malformed.</summary>
    public static TomlValue? TryRead(string token, TomlPosition position)
    {
        if (token[2] == ':') return TimeLength(token) == token.Length ? new TomlTime(position, TomlTimeKind.LocalTime, token) : null;
        if (!DateTime.TryParseExact(token.AsSpan(0, Math.Min(10, token.Length)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return null;
        if (token.Length == 10) return new TomlTime(position, TomlTimeKind.LocalDate, token);
        if (token[10] is not ('T' or 't' or ' ')) return null;
        int time = TimeLength(token.AsSpan(11));
        if (time == 0) return null;
        string text = $"{token.AsSpan(0, 10)}T{token.AsSpan(11, time)}";
        string offset = token[(11 + time)..].ToUpperInvariant();
        if (offset.Length == 0) return new TomlTime(position, TomlTimeKind.LocalDateTime, text);
        return IsOffset(offset) ? new TomlTime(position, TomlTimeKind.OffsetDateTime, text + offset) : null;
    }

    /// <summary>Length of <c>hh:mm:ss[.fraction]</c> at the start; 0: none. Second 60 is legal: leap seconds.</summary>
    private static int TimeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':') return 0;
        if (!InRange(text[..2], 23) || !InRange(text[3..5], 59) || !InRange(text[6..8], 60)) return 0;
        if (text.Length == 8 || text[8] != '.') return 8;
        int end = 9;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return end == 9 ? 0 : end;
    }

    private static bool IsOffset(string text) => text == "Z"
        || (text.Length == 6 && text[0] is '+' or '-' && text[3] == ':' && InRange(text.AsSpan(1, 2), 23) && InRange(text.AsSpan(4, 2), 59));

    private static bool InRange(ReadOnlySpan<char> twoDigits, int max) =>
        AreDigits(twoDigits) && (twoDigits[0] - '0') * 10 + twoDigits[1] - '0' <= max;

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
