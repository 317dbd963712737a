using System.Buffers;

namespace Beyla.Host.Spans.Routes;

/// <summary>
/// Tells words from data in a path's segment: <c>orders</c>, <c>v1</c>, <c>user-profile</c>, <c>app.js</c> are words; <c>17</c>, <c>b2f0</c>, <c>xkqzvprt</c> are data.
/// </summary>
internal static class WordClassifier
{
    private const int MaxWord = 24, MaxSegment = 64;

    /// <summary>Shorter ones are never judged by their letters: abbreviations look like nothing.</summary>
    private const int MinJudged = 5;

    private static readonly SearchValues<byte> Separators = SearchValues.Create("-_.~+,:;=@!'()$"u8);

    /// <summary>Words of APIs that look like data.</summary>
    private static readonly byte[][] Known =
    [
        [.. "https"u8], [.. "readyz"u8], [.. "mysql"u8], [.. "nodejs"u8], [.. "phpmyadmin"u8], [.. "oauth2"u8], [.. "http2"u8], [.. "utf8"u8], [.. "base64"u8],
        [.. "sha1"u8], [.. "sha256"u8], [.. "i18n"u8], [.. "l10n"u8], [.. "md5"u8], [.. "ipv4"u8], [.. "ipv6"u8], [.. "web3"u8], [.. "mp3"u8], [.. "mp4"u8], [.. "woff2"u8],
    ];

    /// <summary>
    /// For each letter a to z those that follow it in words: pairs that are at least 0.05 % of all pairs in Debian's word lists (wamerican,
    /// wspanish, wngerman, wfrench, weighted 8:4:1:1), and "kn", "wn". Of 100 random words of 5 to 12 letters 88 have more than a third of other pairs, of 100 real ones 2.
    /// </summary>
    private static readonly uint[] Followers = [.. new[]
    {
        "bcdfghijklmnprstuvyz", "aeilorsu", "acehiklortu", "adeilorsu", "abcdefghiklmnoprstuvwxz", "aefilortu", "aeghilnorsu", "aeilnorstu", "abcdefglmnoprstvz",
        "aeou", "aeilnost", "adeilmostuy", "abeimopsu", "acdefgiknostuvz", "abcdfgilmnoprstuvw", "aehiloprstu", "u", "abcdefgiklmnoprstuvy", "acehiklmopstu",
        "aehilorstuyz", "abcdefgilmnprst", "aeio", "aeino", "", "s", "aeiou",
    }.Select(letters => letters.Aggregate(0u, (set, letter) => set | 1u << (letter - 'a')))];

    /// <summary>Whether a segment may be part of a route's name.</summary>
    public static bool IsName(ReadOnlySpan<byte> segment)
    {
        if (segment.Length > MaxSegment) return false;
        bool any = false;
        while (!segment.IsEmpty)
        {
            int end = segment.IndexOfAny(Separators);
            ReadOnlySpan<byte> word = end < 0 ? segment : segment[..end];
            if (!word.IsEmpty && !IsWord(word)) return false;
            any |= !word.IsEmpty;
            segment = end < 0 ? default : segment[(end + 1)..];
        }
        return any;
    }

    private static bool IsWord(ReadOnlySpan<byte> word)
    {
        if (word.Length > MaxWord) return false;
        int letters = 0;
        while (letters < word.Length && char.IsAsciiLetter((char)word[letters])) letters++;
        if (letters == word.Length) return word.Length < MinJudged || IsPlausible(word) || IsKnown(word);
        bool isVersion = letters == 1 && word.Length <= 3 && !word[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'); // v1, k6, s3
        return isVersion || IsKnown(word);
    }

    private static bool IsKnown(ReadOnlySpan<byte> word)
    {
        foreach (byte[] known in Known)
            if (word.SequenceEqual(known)) return true;
        return false;
    }

    /// <summary>Camel case is several words for the eye, so a pair across a capital letter is not judged.</summary>
    private static bool IsPlausible(ReadOnlySpan<byte> letters)
    {
        int odd = 0;
        for (int i = 1; i < letters.Length; i++)
        {
            int first = (letters[i - 1] | 0x20) - 'a', second = (letters[i] | 0x20) - 'a';
            bool newWord = char.IsAsciiLetterLower((char)letters[i - 1]) && char.IsAsciiLetterUpper((char)letters[i]);
            if (!newWord && (Followers[first] >> second & 1) == 0) odd++;
        }
        return odd * 3 <= letters.Length - 1;
    }
}
