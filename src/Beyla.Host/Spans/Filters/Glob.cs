using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Beyla.Host.Spans.Filters;

/// <summary>
/// A pattern on a whole text: <c>*</c> is any text, <c>?</c> a character, <c>[abc]</c>, <c>[a-z]</c>, <c>[!a]</c> one of a set, <c>{one,two}</c> an
/// alternative, <c>\</c> takes the next character as it is.
/// </summary>
internal sealed class Glob
{
    private static readonly SearchValues<char> Special = SearchValues.Create(@"*?[]{}\");

    private readonly byte[]? _literal;
    private readonly Regex? _regex;

    /// <exception cref="FormatException">A bracket is not closed.</exception>
    public Glob(string pattern)
    {
        if (pattern.AsSpan().ContainsAny(Special)) _regex = new Regex(@"\A(?s:" + ToRegex(pattern) + @")\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        else _literal = Encoding.UTF8.GetBytes(pattern);
    }

    /// <summary>Whether all of the text matches.</summary>
    public bool IsMatch(string text) => _regex?.IsMatch(text) ?? Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(_literal);

    /// <summary>Whether all of the text matches; allocates nothing in the steady state.</summary>
    /// <param name="utf8">A malformed byte counts as U+FFFD.</param>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        if (_regex is null) return utf8.SequenceEqual(_literal);
        char[]? rented = null;
        Span<char> text = utf8.Length <= 256 ? stackalloc char[256] : rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        bool matches = _regex.IsMatch(text[..Encoding.UTF8.GetChars(utf8, text)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    /// <summary>The pattern as a regular expression without anchors.</summary>
    /// <exception cref="FormatException">A bracket is not closed.</exception>
    public static string ToRegex(string glob)
    {
        StringBuilder regex = new();
        int alternatives = 0;
        for (int i = 0; i < glob.Length; i++)
        {
            switch (glob[i])
            {
                case '*': regex.Append(".*"); break;
                case '?': regex.Append('.'); break;
                case '{': alternatives++; regex.Append("(?:"); break;
                case '}' when alternatives > 0: alternatives--; regex.Append(')'); break;
                case ',' when alternatives > 0: regex.Append('|'); break;
                case '[': i = AppendSet(regex, glob, i); break;
                case '\\' when i + 1 < glob.Length: regex.Append(Regex.Escape(glob[++i].ToString())); break;
                default: regex.Append(Regex.Escape(glob[i].ToString())); break;
            }
        }
        return alternatives == 0 ? regex.ToString() : throw new FormatException($"'{glob}' has a '{{' without its '}}'");
    }

    private static int AppendSet(StringBuilder regex, string glob, int start)
    {
        int end = glob.IndexOf(']', Math.Min(start + 2, glob.Length));
        if (end < 0) throw new FormatException($"'{glob}' has a '[' without its ']'");
        string set = glob[(start + 1)..end];
        regex.Append('[');
        if (set.StartsWith('!') && set.Length > 1)
        {
            regex.Append('^');
            set = set[1..];
        }
        foreach (char c in set) regex.Append(c is '\\' or '[' or ']' or '^' ? $"\\{c}" : c.ToString());
        regex.Append(']');
        return end;
    }
}
