using System.Text;

namespace Beyla.Host.Configuration.Toml;

/// <summary>A cursor over the text that knows lines and columns. NUL stands for the end: it is legal nowhere in TOML.</summary>
internal sealed class TomlScanner
{
    private readonly string _text;
    private readonly string _fileName;
    private readonly List<int> _lineStarts = [0];
    private (int Offset, int Column) _lastColumn;

    public TomlScanner(string text, string fileName)
    {
        (_text, _fileName) = (text, fileName);
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\n') _lineStarts.Add(i + 1);
        if (text.StartsWith('\uFEFF')) Offset = 1;
    }

    /// <summary>Index of the next character.</summary>
    public int Offset { get; private set; }

    public bool AtEnd => Offset >= _text.Length;

    /// <summary>The next character, NUL at the end.</summary>
    public char Current => Peek(0);

    public TomlPosition Position => PositionOf(Offset);

    public bool AtNewline => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    public char Peek(int ahead) => Offset + ahead < _text.Length ? _text[Offset + ahead] : '\0';

    public void Advance(int count = 1) => Offset += count;

    public string TextFrom(int start) => _text[start..Offset];

    /// <summary>Takes <paramref name="expected"/> if it comes next.</summary>
    public bool TryTake(string expected)
    {
        if (string.CompareOrdinal(_text, Offset, expected, 0, expected.Length) != 0) return false;
        Offset += expected.Length;
        return true;
    }

    /// <summary>Skips spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Current is ' ' or '\t') Offset++;
    }

    /// <summary>Skips blanks, comments and line ends.</summary>
    public void SkipBlanksAndLines()
    {
        while (true)
        {
            SkipBlanks();
            SkipComment();
            if (!TryTakeNewline()) return;
        }
    }

    public bool TryTakeNewline() => TryTake("\n") || TryTake("\r\n");

    /// <summary>Skips to the end of the line, which must hold nothing but a comment.</summary>
    public void FinishLine(string after)
    {
        SkipBlanks();
        SkipComment();
        if (!AtEnd && !TryTakeNewline()) throw Error($"unexpected {Here()} after {after}; each key and each table header needs its own line");
    }

    /// <summary>The next character as it reads in a sentence.</summary>
    public string Here()
    {
        if (AtEnd) return "end of file";
        if (AtNewline) return "end of line";
        char c = Current;
        if (char.IsControl(c)) return $"control character U+{(int)c:X4}";
        return char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek(1)) ? $"'{c}{Peek(1)}'" : $"'{c}'";
    }

    public TomlException Error(string sentence) => Error(Position, sentence);

    public TomlException Error(TomlPosition position, string sentence) => new(_fileName, position, sentence);

    /// <summary>Whether a character may stand in comments and in strings of one line: tab and everything that is no control character.</summary>
    public static bool IsText(char c) => c == '\t' || (c >= ' ' && c != '\u007F');

    private void SkipComment()
    {
        if (Current != '#') return;
        while (!AtEnd && !AtNewline)
        {
            if (!IsText(Current)) throw Error($"{Here()} is not allowed in a comment");
            Offset++;
        }
    }

    private TomlPosition PositionOf(int offset)
    {
        int line = _lineStarts.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        int start = _lineStarts[line];
        // Counting on from the last place keeps a file of one long line linear.
        (int from, int column) = _lastColumn.Offset > start && _lastColumn.Offset <= offset ? _lastColumn : (start, 1);
        foreach (Rune _ in _text.AsSpan(from, Math.Min(offset, _text.Length) - from).EnumerateRunes()) column++;
        _lastColumn = (offset, column);
        return new TomlPosition(line + 1, line == 0 && _text.StartsWith('\uFEFF') ? Math.Max(1, column - 1) : column);
    }
}
