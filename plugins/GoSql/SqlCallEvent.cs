using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Beyla.Plugins.GoSql;

/// <summary>
/// One call, as the BPF side tells it (<c>struct sql_call_event</c> in <c>go_sql.bpf.c</c>). Records of longer statements are longer than this
/// struct: <see cref="TextOf"/> has the whole text.
/// </summary>
[BpfStruct("sql_call_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct SqlCallEvent
{
    public const ushort Kind = 1;

    public EventHeader Header;

    /// <summary>Bytes of the statement, however many were copied.</summary>
    public ulong TextLength;

    /// <summary>The server's code with <see cref="SqlErrorKind.Number"/>.</summary>
    public uint ErrorNumber;

    /// <summary>Statements in a batch.</summary>
    public uint BatchSize;

    public ushort TextCopied;

    /// <summary>0: not known, or part of the address.</summary>
    public ushort Port;

    public SqlCallKind Call;
    public SqlDriver Driver;
    public SqlErrorKind Error;
    public byte ErrorLength;
    public byte AddressLength;
    public byte DatabaseLength;
    public ErrorChars ErrorText;
    public AddressChars Address;
    public DatabaseChars Database;
    public UnusedBytes Unused;
    public TextHead Text;

    /// <summary>What was copied of the statement.</summary>
    public static ReadOnlySpan<byte> TextOf(scoped in BpfEvent e)
    {
        ref readonly SqlCallEvent call = ref e.Payload<SqlCallEvent>();
        return e.Record.Slice(Unsafe.SizeOf<SqlCallEvent>() - Unsafe.SizeOf<TextHead>(), call.TextCopied);
    }

    [InlineArray(42)]
    public struct ErrorChars { private byte _first; }

    [InlineArray(80)]
    public struct AddressChars { private byte _first; }

    [InlineArray(64)]
    public struct DatabaseChars { private byte _first; }

    [InlineArray(4)]
    public struct UnusedBytes { private byte _first; }

    [InlineArray(256)]
    public struct TextHead { private byte _first; }
}

/// <summary>What was called (<c>enum sql_kind</c>).</summary>
internal enum SqlCallKind : byte
{
    Statement = 1,
    Prepared,
    Prepare,
    Begin,
    Commit,
    Rollback,
    Pgx4,
    Pgx5,
    Pgx4Batch,
    Pgx5Batch,

    /// <summary>The text is the name of the table that rows are copied to.</summary>
    Pgx4Copy,
    Pgx5Copy,
}

/// <summary>The driver behind <c>database/sql</c> (<c>enum sql_driver</c>).</summary>
internal enum SqlDriver : byte
{
    Unknown,
    Pq,
    MySql,
    Sqlite3,
    Modernc,
    Pgx4,
    Pgx5,
    SqlServer,
}

/// <summary>What an error is known by (<c>enum sql_error</c>).</summary>
internal enum SqlErrorKind : byte
{
    None,

    /// <summary>Of a type that tells nothing.</summary>
    Other,

    /// <summary>The server's code as text.</summary>
    Code,

    /// <summary>The server's code as a number.</summary>
    Number,

    /// <summary>The message of an <c>errors.errorString</c>: constants of the standard library, or anything.</summary>
    Message,

    /// <summary><c>context.DeadlineExceeded</c></summary>
    Deadline,

    /// <summary><c>net.OpError</c></summary>
    Network,
}
