using System.Text;
using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>
/// Collects <c>db.query.summary</c> from a statement's tokens: each operation and, behind it, the tables it names (semantic conventions for database
/// spans, "Generating query summary"). Keywords are told in capitals, names as they are written.
/// </summary>
internal sealed class SqlSummary
{
    /// <summary>The conventions' limit, bytes.</summary>
    private const int MaxLength = 255;
    private const int MaxCtes = 8;
    private const int MaxCteName = 64;

    private static readonly string[] Dml = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];
    private static readonly string[] Ddl = ["CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT"];
    private static readonly string[] Objects =
        ["TABLE", "INDEX", "VIEW", "DATABASE", "SCHEMA", "SEQUENCE", "FUNCTION", "PROCEDURE", "TRIGGER", "TYPE", "EXTENSION", "USER", "ROLE"];
    /// <summary>With a name behind them that is worth telling.</summary>
    private static readonly string[] Named = ["COPY", "VACUUM", "ANALYZE", "CALL", "EXEC", "EXECUTE", "REINDEX", "DEALLOCATE", "USE"];
    private static readonly string[] NamesTable = ["TABLE", "VIEW", "TRUNCATE", "COPY", "VACUUM", "ANALYZE"];
    private static readonly string[] Plain =
    [
        "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "RESET", "SHOW", "GRANT", "REVOKE", "PREPARE", "LISTEN", "NOTIFY", "UNLISTEN",
        "DISCARD", "LOCK", "UNLOCK", "PRAGMA", "ATTACH", "DETACH", "DECLARE", "FETCH", "CLOSE", "CHECKPOINT", "DO", "VALUES", "KILL", "FLUSH", "OPTIMIZE",
        "REFRESH", "DESCRIBE", "DESC", "END", "ABORT", "LOAD", "HANDLER", "IMPORT", "RENAME", "REASSIGN", "CLUSTER",
    ];
    /// <summary>Between an operation and its table.</summary>
    private static readonly string[] Fillers =
    [
        "ONLY", "IF", "NOT", "EXISTS", "LATERAL", "IGNORE", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "CONCURRENTLY", "INTO", "FROM", "TABLE", "OR",
        "ABORT", "FAIL", "ROLLBACK", "REPLACE", "FULL", "VERBOSE", "ANALYZE", "TEMPORARY", "TEMP",
    ];
    private static readonly string[] EndsTables =
        ["WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "SET", "VALUES", "ON", "USING", "RETURNING", "FOR", "WINDOW", "FETCH"];
    private static readonly string[] Explaining = ["EXPLAIN", "ANALYZE", "VERBOSE"];

    private readonly byte[] _text = new byte[MaxLength];
    private readonly byte[] _previous = new byte[16];
    private readonly byte[] _name = new byte[128];
    private readonly byte[] _collection = new byte[128];
    private readonly byte[] _ctes = new byte[MaxCtes * MaxCteName];
    private readonly int[] _cteLengths = new int[MaxCtes];
    private int _length, _operationLength, _previousLength, _nameLength, _collectionLength, _cteCount, _depth;
    private byte _previousSymbol;
    private ulong _selects, _tables; // bit n: SELECT was seen, tables are listed, at depth n of parentheses
    private Phase _phase;
    private bool _wantsName, _wantsCte, _dotted, _full, _with, _isFirst, _namesTable, _separate;

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
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>The first operation: <c>SELECT</c>, <c>CREATE TABLE</c>.</summary>
    public ReadOnlySpan<byte> Operation => _text.AsSpan(0, _operationLength);

    /// <summary>The first table, with its schema and quotes as written; empty when there is none.</summary>
    public ReadOnlySpan<byte> Collection => _collection.AsSpan(0, _collectionLength);

    /// <summary>Whether the next token can only be a name.</summary>
    public bool WantsName => _wantsName || _dotted;

    public void Clear()
    {
        _length = _operationLength = _collectionLength = _cteCount = 0;
        Restart();
        (_full, _separate, _isFirst) = (false, false, true);
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
    public void Prefix(ReadOnlySpan<byte> operation)
    {
        int shift = _length == 0 ? operation.Length : operation.Length + 1;
        int kept = Math.Min(_length, MaxLength - shift);
        _text.AsSpan(0, kept).CopyTo(_text.AsSpan(shift));
        operation.CopyTo(_text);
        if (shift > operation.Length) _text[operation.Length] = (byte)' ';
        (_length, _operationLength) = (shift + kept, operation.Length);
    }

    private void Restart()
    {
        (_depth, _selects, _tables, _phase) = (0, 0, 0, Phase.Start);
        (_wantsName, _wantsCte, _dotted, _with, _namesTable) = (false, false, false, false, true);
        (_nameLength, _previousLength, _previousSymbol) = (0, 0, 0);
    }

    private void Word(ReadOnlySpan<byte> word)
    {
        if (_wantsName)
        {
            if (SqlWord.Find(word, Fillers) is not null) return;
            if (_phase != Phase.Data || SqlWord.Find(word, Dml) is null)
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
        else if (SqlWord.Find(word, Dml) is { } dml)
        {
            _phase = Phase.Data;
            Operate(dml);
        }
        else if (SqlWord.Is(word, "EXPLAIN"))
        {
            _phase = Phase.Data;
            Append("EXPLAIN");
        }
        else if (SqlWord.Find(word, Ddl) is { } ddl)
        {
            Append(ddl);
            (_phase, _wantsName) = ddl == "TRUNCATE" ? (Phase.LastName, true) : (Phase.Definition, false);
        }
        else if (SqlWord.Find(word, Named) is { } named)
        {
            Append(named);
            (_phase, _wantsName, _namesTable) = (Phase.LastName, true, IsTable(named));
        }
        else
        {
            if (SqlWord.Find(word, Plain) is { } plain) Append(plain);
            _phase = Phase.Done;
        }
    }

    private void Data(ReadOnlySpan<byte> word)
    {
        if (_wantsCte)
        {
            if (!SqlWord.Is(word, "RECURSIVE")) NoteCte(word);
        }
        else if (SqlWord.Find(word, Dml) is { } dml)
        {
            // FOR UPDATE, ON CONFLICT DO UPDATE, ON DELETE CASCADE, THEN DELETE are none; REPLACE(...) and INSERT(...) are also functions.
            if (dml == "SELECT" || CanStart) Operate(dml);
        }
        else if (SqlWord.Is(word, "FROM"))
        {
            // Not that of EXTRACT(YEAR FROM x) or IS DISTINCT FROM.
            if ((_depth == 0 || Has(_selects)) && !SqlWord.Is(Previous, "DISTINCT")) List();
        }
        else if (SqlWord.Is(word, "JOIN")) List();
        else if (SqlWord.Is(word, "USING") && SqlWord.Is(Operation, "MERGE")) List();
        else if (SqlWord.Is(word, "INTO") && Has(_selects)) _wantsName = _depth == 0;
        else if (SqlWord.Find(word, EndsTables) is not null) Set(ref _tables, false);
    }

    private ReadOnlySpan<byte> Previous => _previous.AsSpan(0, _previousLength);

    /// <summary>A statement can begin here: in parentheses, after common table expressions, after EXPLAIN.</summary>
    private bool CanStart => _previousSymbol is (byte)'(' or (byte)')' || SqlWord.Find(Previous, Explaining) is not null;

    private void Operate(string operation)
    {
        Append(operation);
        if (_depth == 0) _with = false;
        Set(ref _selects, true);
        Set(ref _tables, false);
        _wantsName = operation is not ("SELECT" or "DELETE");
    }

    private void List()
    {
        Set(ref _tables, true);
        _wantsName = true;
    }

    private void Definition(ReadOnlySpan<byte> word)
    {
        if (SqlWord.Find(word, Objects) is not { } kind) return; // UNIQUE, TEMPORARY, OR REPLACE ...
        Append(kind);
        if (_isFirst) _operationLength = _length;
        (_phase, _wantsName, _namesTable) = (Phase.LastName, true, IsTable(kind));
    }

    private void Symbol(byte symbol)
    {
        switch (symbol)
        {
            case (byte)'(':
                _depth++;
                Set(ref _selects, false);
                Set(ref _tables, false);
                _wantsName = false;
                break;
            case (byte)')':
                if (_depth > 0) _depth--;
                _wantsName = false;
                break;
            case (byte)',':
                _wantsName = _phase == Phase.Data && Has(_tables);
                _wantsCte = _with && _depth == 0;
                break;
            case (byte)';':
                (_separate, _isFirst) = (_length > 0, _isFirst && _length == 0);
                Restart();
                break;
            default:
                _wantsName = false;
                break;
        }
    }

    private bool Has(ulong bits) => _depth < 64 && (bits >> _depth & 1) != 0;

    private void Set(ref ulong bits, bool value)
    {
        if (_depth >= 64) return;
        bits = value ? bits | 1UL << _depth : bits & ~(1UL << _depth);
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
        if (IsCte(name) || !Utf8.IsValid(name)) return;
        if (_collectionLength == 0 && _isFirst && _namesTable)
        {
            name.CopyTo(_collection);
            _collectionLength = name.Length;
        }
        AppendWord(name);
    }

    /// <summary>The name of a common table expression is no table.</summary>
    private void NoteCte(ReadOnlySpan<byte> name)
    {
        _wantsCte = false;
        if (_cteCount == MaxCtes || name.Length > MaxCteName) return;
        name.CopyTo(_ctes.AsSpan(_cteCount * MaxCteName));
        _cteLengths[_cteCount++] = name.Length;
    }

    private bool IsCte(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _cteCount; i++)
            if (Ascii.EqualsIgnoreCase(name, _ctes.AsSpan(i * MaxCteName, _cteLengths[i]))) return true;
        return false;
    }

    private static bool IsTable(string keyword) => Array.IndexOf(NamesTable, keyword) >= 0;

    private void Remember(ReadOnlySpan<byte> word, byte symbol)
    {
        _previousLength = Math.Min(word.Length, _previous.Length);
        word[.._previousLength].CopyTo(_previous);
        _previousSymbol = symbol;
    }

    private void Append(string keyword)
    {
        Span<byte> word = stackalloc byte[16];
        AppendWord(word[..Encoding.ASCII.GetBytes(keyword, word)]);
        if (_operationLength == 0) _operationLength = _length;
    }

    /// <summary>Whole words only: the first one that does not fit ends the summary.</summary>
    private void AppendWord(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> between = _length == 0 ? ""u8 : _separate ? "; "u8 : " "u8;
        _full |= _length + between.Length + word.Length > MaxLength;
        if (_full) return;
        between.CopyTo(_text.AsSpan(_length));
        word.CopyTo(_text.AsSpan(_length + between.Length));
        _length += between.Length + word.Length;
        _separate = false;
    }
}
