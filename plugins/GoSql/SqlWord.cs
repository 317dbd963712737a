using System.Text;

namespace Beyla.Plugins.GoSql;

/// <summary>Keywords, whatever the case they are written in.</summary>
internal static class SqlWord
{
    /// <summary>Whether a word is this keyword.</summary>
    public static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<char> keyword) => Ascii.EqualsIgnoreCase(word, keyword);

    /// <summary>The keyword of a list that a word is, in the list's spelling; null when it is none.</summary>
    public static string? Find(ReadOnlySpan<byte> word, string[] keywords)
    {
        foreach (string keyword in keywords)
            if (Is(word, keyword)) return keyword;
        return null;
    }
}
