using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>
/// What may be told of a statement: its text without values, and its summary. One object is used for all statements, nothing is allocated per
/// statement; what it tells is valid until the next <see cref="Read"/>.
/// </summary>
internal sealed class SqlText
{
    /// <summary>As much as the BPF side copies.</summary>
    public const int MaxLength = 4096;

    private readonly byte[] _sanitized = new byte[MaxLength];
    private readonly SqlSummary _summary = new();
    private int _length;
    private int _depth;
    private int _inList;      // depth of the parentheses of IN (...), 0: none
    private bool _afterIn, _afterValues, _repeats, _repeatsRow;

    /// <summary>The statement with <c>?</c> for each value, blanks made one space, without comments. Lists of values after IN and rows after VALUES are told once.</summary>
    public ReadOnlySpan<byte> Sanitized => _sanitized.AsSpan(0, _length);

    /// <summary>Operations and targets, as in <c>INSERT orders SELECT archive</c>.</summary>
    public SqlSummary Summary => _summary;

    /// <summary>Reads a statement, which may be cut.</summary>
    /// <param name="text">UTF-8, at most <see cref="MaxLength"/> bytes are looked at.</param>
    /// <param name="dialect">How it is quoted.</param>
    public void Read(ReadOnlySpan<byte> text, SqlDialect dialect)
    {
        _length = _depth = _inList = 0;
        _afterIn = _afterValues = _repeats = _repeatsRow = false;
        _summary.Clear();
        SqlLexer lexer = new(text[..Math.Min(text.Length, MaxLength)], dialect);
        for (SqlToken token = lexer.Next(); token != SqlToken.End; token = lexer.Next())
        {
            if (token == SqlToken.NameOrText) token = _summary.WantsName ? SqlToken.QuotedName : SqlToken.Literal;
            _summary.Add(token, lexer.Token);
            Add(token, lexer.Token, lexer.IsApart);
        }
        _summary.End();
        if (!Utf8.IsValid(Sanitized)) ReplaceNonAscii();
    }

    private void Add(SqlToken token, ReadOnlySpan<byte> text, bool apart)
    {
        Track(token, text);
        if (_repeats) return;
        if (token == SqlToken.Literal) text = "?"u8;
        if (_inList > 0 && _inList == _depth && text is [(byte)'?'] && FollowsValue()) return;
        if (apart && _length > 0) Append(" "u8);
        Append(text);
    }

    /// <summary>Where in lists we are. Rows after the first one of VALUES are left out, up to the first token that cannot belong to them.</summary>
    private void Track(SqlToken token, ReadOnlySpan<byte> text)
    {
        byte symbol = token == SqlToken.Symbol ? text[0] : (byte)0;
        if (_afterValues && _depth == 0 && symbol is not ((byte)'(' or (byte)',' or (byte)')'))
        {
            if (_repeats && !_repeatsRow) Append(","u8); // VALUES(a), b = ...: MySQL's function, no row followed
            _afterValues = _repeats = _repeatsRow = false;
        }
        switch (symbol)
        {
            case (byte)'(':
                _depth++;
                _repeatsRow |= _repeats;
                if (_afterIn) _inList = _depth;
                break;
            case (byte)')':
                if (_inList == _depth) _inList = 0;
                if (_depth > 0) _depth--;
                break;
            case (byte)',' when _afterValues && _depth == 0:
                _repeats = true;
                break;
        }
        _afterIn = token == SqlToken.Word && SqlWord.Is(text, "IN");
        if (token == SqlToken.Word && _depth == 0 && (SqlWord.Is(text, "VALUES") || SqlWord.Is(text, "VALUE"))) _afterValues = true;
    }

    /// <summary>Takes back <c>, </c> when a value stands before it, so that the next one can be left out.</summary>
    private bool FollowsValue()
    {
        int comma = Sanitized.TrimEnd((byte)' ').Length - 1;
        if (comma < 1 || _sanitized[comma] != ',') return false;
        int value = _sanitized.AsSpan(0, comma).TrimEnd((byte)' ').Length;
        if (value == 0 || _sanitized[value - 1] != '?') return false;
        _length = value;
        return true;
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, MaxLength - _length)];
        text.CopyTo(_sanitized.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>The text was cut inside a character, or is in another encoding.</summary>
    private void ReplaceNonAscii()
    {
        foreach (ref byte b in _sanitized.AsSpan(0, _length))
            if (b >= 0x80) b = (byte)'?';
    }
}
