using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>
/// Collects <c>db.query.summary</c> from a statement's tokens: each operation and, behind it, the tables it names (semantic conventions for database
/// spans, "Generating query summary"). Keywords are told in capitals, names as they are written.
/// </summary>
internal sealed class SqlSummary
{
    private readonly SummaryText _text = new();
    private readonly CteNames _ctes = new();
    private readonly byte[] _previous = new byte[16];
    private readonly byte[] _name = new byte[128];
    private readonly byte[] _collection = new byte[128];
    private int _previousLength, _nameLength, _collectionLength, _depth;
    private byte _previousSymbol;
    private DepthBits _selects, _tables; // SELECT was seen, tables are listed
    private Phase _phase;
    private bool _wantsName, _wantsCte, _dotted, _with, _isFirst, _namesTable;

    private enum Phase
    {
        /// <summary>No operation yet.</summary>
        Start,

        /// <summary>In a statement whose parts are operations with tables.</summary>
        Data,

        /// <summary>After CREATE and the like, before the kind of object.</summary>
        Definition,

        /// <summary>At most one more name.</summary>
        LastName,

        /// <summary>Nothing more to tell, up to a semicolon.</summary>
        Done,
    }

    /// <summary><c>SELECT orders</c>; empty when the statement begins with no known keyword.</summary>
    public ReadOnlySpan<byte> Text => _text.All;

    /// <summary>The first operation: <c>SELECT</c>, <c>CREATE TABLE</c>.</summary>
    public ReadOnlySpan<byte> Operation => _text.Operation;

    /// <summary>The first table, with its schema and quotes as written; empty when there is none.</summary>
    public ReadOnlySpan<byte> Collection => _collection.AsSpan(0, _collectionLength);

    /// <summary>Whether the next token can only be a name.</summary>
    public bool WantsName => _wantsName || _dotted;

    public void Clear()
    {
        _text.Clear();
        _ctes.Clear();
        _collectionLength = 0;
        Restart();
        _isFirst = true;
    }

    /// <summary>Takes the next token.</summary>
    public void Add(SqlToken token, ReadOnlySpan<byte> text)
    {
        if (_nameLength > 0 && Continues(token, text)) return;
        FinishName();
        switch (token)
        {
            case SqlToken.Word: Word(text); break;
            case SqlToken.QuotedName when _wantsName: StartName(text); break;
            case SqlToken.QuotedName when _wantsCte: NoteCte(text); break;
            case SqlToken.Symbol: Symbol(text[0]); break;
            default: _wantsName = false; break;
        }
        Remember(token == SqlToken.Word ? text : default, token == SqlToken.Symbol ? text[0] : (byte)0);
    }

    /// <summary>Call after the last token.</summary>
    public void End() => FinishName();

    /// <summary>Puts another operation before all, which becomes the first: <c>PREPARE SELECT orders</c>.</summary>
    public void Prefix(ReadOnlySpan<byte> operation) => _text.Prefix(operation);

    private void Restart()
    {
        (_depth, _selects, _tables, _phase) = (0, default, default, Phase.Start);
        (_wantsName, _wantsCte, _dotted, _with, _namesTable) = (false, false, false, false, true);
        (_nameLength, _previousLength, _previousSymbol) = (0, 0, 0);
    }

    private void Word(ReadOnlySpan<byte> word)
    {
        if (_wantsName)
        {
            if (SqlWord.Find(word, SqlKeywords.Fillers) is not null) return;
            if (_phase != Phase.Data || SqlWord.Find(word, SqlKeywords.Dml) is null)
            {
                StartName(word);
                return;
            }
            _wantsName = false;
        }
        switch (_phase)
        {
            case Phase.Start: Start(word); break;
            case Phase.Data: Data(word); break;
            case Phase.Definition: Definition(word); break;
        }
    }

    private void Start(ReadOnlySpan<byte> word)
    {
        if (SqlWord.Is(word, "WITH"))
        {
            (_phase, _with, _wantsCte) = (Phase.Data, true, true);
        }
        else if (SqlWord.Find(word, SqlKeywords.Dml) is { } dml)
        {
            _phase = Phase.Data;
            Operate(dml);
        }
        else if (SqlWord.Is(word, "EXPLAIN"))
        {
            _phase = Phase.Data;
            _text.Append("EXPLAIN");
        }
        else if (SqlWord.Find(word, SqlKeywords.Ddl) is { } ddl)
        {
            _text.Append(ddl);
            (_phase, _wantsName) = ddl == "TRUNCATE" ? (Phase.LastName, true) : (Phase.Definition, false);
        }
        else if (SqlWord.Find(word, SqlKeywords.Named) is { } named)
        {
            _text.Append(named);
            (_phase, _wantsName, _namesTable) = (Phase.LastName, true, SqlKeywords.IsTable(named));
        }
        else
        {
            if (SqlWord.Find(word, SqlKeywords.Plain) is { } plain) _text.Append(plain);
            _phase = Phase.Done;
        }
    }

    private void Data(ReadOnlySpan<byte> word)
    {
        if (_wantsCte)
        {
            if (!SqlWord.Is(word, "RECURSIVE")) NoteCte(word);
        }
        else if (SqlWord.Find(word, SqlKeywords.Dml) is { } dml)
        {
            // FOR UPDATE, ON CONFLICT DO UPDATE, ON DELETE CASCADE, THEN DELETE are none; REPLACE(...) and INSERT(...) are also functions.
            if (dml == "SELECT" || CanStart) Operate(dml);
        }
        else if (SqlWord.Is(word, "FROM"))
        {
            // Not that of EXTRACT(YEAR FROM x) or IS DISTINCT FROM.
            if ((_depth == 0 || _selects[_depth]) && !SqlWord.Is(Previous, "DISTINCT")) List();
        }
        else if (SqlWord.Is(word, "JOIN")) List();
        else if (SqlWord.Is(word, "USING") && SqlWord.Is(Operation, "MERGE")) List();
        else if (SqlWord.Is(word, "INTO") && _selects[_depth]) _wantsName = _depth == 0;
        else if (SqlWord.Find(word, SqlKeywords.EndsTables) is not null) _tables[_depth] = false;
    }

    private ReadOnlySpan<byte> Previous => _previous.AsSpan(0, _previousLength);

    /// <summary>A statement can begin here: in parentheses, after common table expressions, after EXPLAIN.</summary>
    private bool CanStart => _previousSymbol is (byte)'(' or (byte)')' || SqlWord.Find(Previous, SqlKeywords.Explaining) is not null;

    private void Operate(string operation)
    {
        _text.Append(operation);
        if (_depth == 0) _with = false;
        _selects[_depth] = true;
        _tables[_depth] = false;
        _wantsName = operation is not ("SELECT" or "DELETE");
    }

    private void List()
    {
        _tables[_depth] = true;
        _wantsName = true;
    }

    private void Definition(ReadOnlySpan<byte> word)
    {
        if (SqlWord.Find(word, SqlKeywords.Objects) is not { } kind) return; // UNIQUE, TEMPORARY, OR REPLACE ...
        _text.Append(kind);
        if (_isFirst) _text.EndOperation();
        (_phase, _wantsName, _namesTable) = (Phase.LastName, true, SqlKeywords.IsTable(kind));
    }

    private void Symbol(byte symbol)
    {
        switch (symbol)
        {
            case (byte)'(':
                _depth++;
                _selects[_depth] = false;
                _tables[_depth] = false;
                _wantsName = false;
                break;
            case (byte)')':
                if (_depth > 0) _depth--;
                _wantsName = false;
                break;
            case (byte)',':
                _wantsName = _phase == Phase.Data && _tables[_depth];
                _wantsCte = _with && _depth == 0;
                break;
            case (byte)';':
                _text.Separate();
                _isFirst = _isFirst && _text.All.IsEmpty;
                Restart();
                break;
            default:
                _wantsName = false;
                break;
        }
    }

    private void StartName(ReadOnlySpan<byte> text)
    {
        _wantsName = false;
        AppendName(text);
    }

    /// <summary>Whether the token belongs to the name before it: a point, and what comes after one.</summary>
    private bool Continues(SqlToken token, ReadOnlySpan<byte> text)
    {
        bool isPoint = token == SqlToken.Symbol && text[0] == '.';
        if (!isPoint && !(_dotted && token is SqlToken.Word or SqlToken.QuotedName)) return false;
        AppendName(text);
        _dotted = isPoint;
        return true;
    }

    private void AppendName(ReadOnlySpan<byte> text)
    {
        int length = Math.Min(text.Length, _name.Length - _nameLength);
        text[..length].CopyTo(_name.AsSpan(_nameLength));
        _nameLength += length;
    }

    private void FinishName()
    {
        if (_nameLength == 0) return;
        ReadOnlySpan<byte> name = _name.AsSpan(0, _nameLength);
        (_nameLength, _dotted) = (0, false);
        if (_phase == Phase.LastName) _phase = Phase.Done;
        if (_ctes.Contains(name) || !Utf8.IsValid(name)) return;
        if (_collectionLength == 0 && _isFirst && _namesTable)
        {
            name.CopyTo(_collection);
            _collectionLength = name.Length;
        }
        _text.Append(name);
    }

    /// <summary>The name of a common table expression is no table.</summary>
    private void NoteCte(ReadOnlySpan<byte> name)
    {
        _wantsCte = false;
        _ctes.Add(name);
    }

    private void Remember(ReadOnlySpan<byte> word, byte symbol)
    {
        _previousLength = Math.Min(word.Length, _previous.Length);
        word[.._previousLength].CopyTo(_previous);
        _previousSymbol = symbol;
    }
}
