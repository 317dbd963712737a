namespace Beyla.Plugins.GoSql;

/// <summary>What a token is.</summary>
internal enum SqlToken
{
    End,

    /// <summary>Keyword or unquoted name.</summary>
    Word,

    /// <summary>A name in quotes, quotes included.</summary>
    QuotedName,

    /// <summary>In double quotes where the dialect allows a name and a text.</summary>
    NameOrText,

    /// <summary>A value: text, number, bit string.</summary>
    Literal,

    /// <summary><c>?</c>, <c>$1</c>, <c>:name</c>, <c>@name</c>.</summary>
    Placeholder,

    /// <summary>One other character.</summary>
    Symbol,
}

/// <summary>
/// Cuts SQL into tokens; comments and white space lie between them. Never fails: what is not closed reaches to the end, as a literal if it could be
/// one. After something that servers read differently (a backslash before a quote, dialect unknown) the rest is one literal.
/// </summary>
internal ref struct SqlLexer(ReadOnlySpan<byte> text, SqlDialect dialect)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>The bytes of the token that <see cref="Next"/> told.</summary>
    public ReadOnlySpan<byte> Token { get; private set; }

    /// <summary>Whether anything lay between this token and the one before.</summary>
    public bool IsApart { get; private set; }

    public SqlToken Next()
    {
        int from = _at;
        SkipBlank();
        IsApart = _at > from;
        int start = _at;
        SqlToken token = _at < _text.Length ? Read() : SqlToken.End;
        Token = _text[start.._at];
        return token;
    }

    private readonly byte Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : (byte)0;

    private SqlToken Read()
    {
        byte c = Peek();
        switch (c)
        {
            case (byte)'\'': return Text((byte)'\'', HasBackslashes);
            case (byte)'"' when dialect == SqlDialect.PostgreSql: return Quoted((byte)'"', SqlToken.QuotedName);
            case (byte)'"' when dialect == SqlDialect.MySql: return Text((byte)'"', true);
            case (byte)'"': return Quoted((byte)'"', SqlToken.NameOrText);
            case (byte)'`' when dialect != SqlDialect.PostgreSql: return Quoted((byte)'`', SqlToken.QuotedName);
            case (byte)'[' when dialect is SqlDialect.Sqlite or SqlDialect.Unknown && IsNameStart(Peek(1)): return Quoted((byte)']', SqlToken.QuotedName);
            case (byte)'$' when dialect != SqlDialect.MySql: return Dollar();
            case (byte)'?': _at++; SkipDigits(); return SqlToken.Placeholder;
            case (byte)':' when Peek(1) == ':': _at += 2; return SqlToken.Symbol;
            case (byte)':' or (byte)'@' when IsWordByte(Peek(1)): _at++; SkipWord(); return SqlToken.Placeholder;
            case (byte)'.' when char.IsAsciiDigit((char)Peek(1)) && !FollowsName(): return Number();
        }
        if (char.IsAsciiDigit((char)c)) return Number();
        if (IsNameStart(c)) return Word();
        _at++;
        return SqlToken.Symbol;
    }

    /// <summary>null: servers differ.</summary>
    private readonly bool? HasBackslashes => dialect switch { SqlDialect.MySql => true, SqlDialect.Unknown => null, _ => false };

    private SqlToken Word()
    {
        int start = _at;
        SkipWord();
        if (Peek() != '\'' || _at - start != 1) return SqlToken.Word;
        // E'...', N'...', B'...', X'...'
        return (_text[start] | 0x20) switch
        {
            'e' when dialect != SqlDialect.Sqlite => Text((byte)'\'', true),
            'n' or 'b' or 'x' => Text((byte)'\'', HasBackslashes),
            _ => SqlToken.Word,
        };
    }

    /// <summary>A text; its end is the quote that is neither doubled nor escaped.</summary>
    private SqlToken Text(byte quote, bool? backslashes)
    {
        for (_at++; _at < _text.Length; _at++)
        {
            if (Peek() == '\\' && backslashes != false)
            {
                if (backslashes is null && Peek(1) is (byte)'\'' or (byte)'"' or (byte)'\\') return Rest();
                _at++;
            }
            else if (Peek() == quote)
            {
                _at++;
                if (Peek() != quote) return SqlToken.Literal;
            }
        }
        return Rest();
    }

    /// <summary>A name; without an end it may be anything.</summary>
    private SqlToken Quoted(byte end, SqlToken token)
    {
        for (_at++; _at < _text.Length; _at++)
        {
            if (dialect == SqlDialect.Unknown && Peek() == '\\' && Peek(1) is ((byte)'"' or (byte)'\\')) return Rest();
            if (Peek() != end) continue;
            _at++;
            if (end == ']' || Peek() != end) return token;
        }
        return Rest();
    }

    private SqlToken Rest()
    {
        _at = _text.Length;
        return SqlToken.Literal;
    }

    /// <summary><c>$1</c>, <c>$name</c>, or <c>$tag$ ... $tag$</c>.</summary>
    private SqlToken Dollar()
    {
        int start = _at++;
        if (char.IsAsciiDigit((char)Peek()))
        {
            SkipDigits();
            return SqlToken.Placeholder;
        }
        while (IsWordByte(Peek()) && Peek() != '$') _at++;
        if (Peek() != '$' || dialect == SqlDialect.Sqlite) return _at - start > 1 ? SqlToken.Placeholder : SqlToken.Symbol;
        ReadOnlySpan<byte> tag = _text[start..++_at];
        int end = _text[_at..].IndexOf(tag);
        if (end < 0) return Rest();
        _at += end + tag.Length;
        return SqlToken.Literal;
    }

    /// <summary>Digits with whatever letters and points follow: <c>1</c>, <c>0xff</c>, <c>1.5e-7</c>, <c>1_000</c>.</summary>
    private SqlToken Number()
    {
        bool hex = Peek() == '0' && (Peek(1) | 0x20) == 'x';
        for (; IsWordByte(Peek()) || Peek() == '.'; _at++)
            if (!hex && (Peek() | 0x20) == 'e' && Peek(1) is (byte)'+' or (byte)'-') _at++;
        return SqlToken.Literal;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit((char)Peek())) _at++;
    }

    private void SkipWord()
    {
        while (IsWordByte(Peek())) _at++;
    }

    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            byte c = Peek();
            if (c <= ' ') _at++;
            else if (c == '-' && Peek(1) == '-' && (dialect != SqlDialect.MySql || Peek(2) <= ' ')) SkipLine();
            else if (c == '#' && dialect == SqlDialect.MySql) SkipLine();
            else if (c == '/' && Peek(1) == '*') SkipComment();
            else return;
        }
    }

    private void SkipLine()
    {
        int end = _text[_at..].IndexOfAny((byte)'\n', (byte)'\r');
        _at = end < 0 ? _text.Length : _at + end;
    }

    private void SkipComment()
    {
        bool nests = dialect is SqlDialect.PostgreSql or SqlDialect.Unknown;
        int depth = 1;
        for (_at += 2; _at < _text.Length && depth > 0; _at++)
        {
            if (Peek() == '*' && Peek(1) == '/') (depth, _at) = (depth - 1, _at + 1);
            else if (nests && Peek() == '/' && Peek(1) == '*') (depth, _at) = (depth + 1, _at + 1);
        }
        _at = Math.Min(_at, _text.Length);
    }

    private readonly bool FollowsName() => _at > 0 && (IsWordByte(_text[_at - 1]) || _text[_at - 1] is (byte)'"' or (byte)'`' or (byte)']' or (byte)')');

    private static bool IsNameStart(byte c) => char.IsAsciiLetter((char)c) || c is (byte)'_' or >= 0x80;

    private static bool IsWordByte(byte c) => IsNameStart(c) || char.IsAsciiDigit((char)c) || c == '$';
}
