using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Beyla;
using Beyla.Plugins.GoSql;

namespace GoSql.Tests;

/// <summary>A record as the BPF side would write it; the defaults are a query of PostgreSQL by lib/pq.</summary>
internal sealed record CallRecord
{
    public string Sql { get; init; } = "SELECT name FROM items WHERE id = 7";
    public byte[]? RawSql { get; init; }

    /// <summary>Bytes copied; null: as many as the BPF side takes.</summary>
    public int? Copied { get; init; }
    public SqlCallKind Call { get; init; } = SqlCallKind.Statement;
    public SqlDriver Driver { get; init; } = SqlDriver.Pq;
    public SqlErrorKind Error { get; init; }
    public string ErrorText { get; init; } = "";
    public uint ErrorNumber { get; init; }
    public uint BatchSize { get; init; }
    public string Address { get; init; } = "";
    public ushort Port { get; init; }
    public string Database { get; init; } = "";

    public byte[] ToBytes()
    {
        byte[] sql = RawSql ?? Encoding.UTF8.GetBytes(Sql);
        int copied = Copied ?? Math.Min(sql.Length, SqlText.MaxLength);
        SqlCallEvent e = new()
        {
            Header = new EventHeader { Kind = SqlCallEvent.Kind, Process = 7, Execution = 42, Start = 1_000, End = 3_000 },
            TextLength = (ulong)sql.Length,
            TextCopied = (ushort)copied,
            Call = Call,
            Driver = Driver,
            Error = Error,
            ErrorNumber = ErrorNumber,
            BatchSize = BatchSize,
            ErrorLength = (byte)ErrorText.Length,
            AddressLength = (byte)Address.Length,
            Port = Port,
            DatabaseLength = (byte)Database.Length,
        };
        // The ring's memory is not zeroed.
        ((Span<byte>)e.ErrorText).Fill((byte)'#');
        ((Span<byte>)e.Address).Fill((byte)'#');
        ((Span<byte>)e.Database).Fill((byte)'#');
        Encoding.UTF8.GetBytes(ErrorText, e.ErrorText);
        Encoding.UTF8.GetBytes(Address, e.Address);
        Encoding.UTF8.GetBytes(Database, e.Database);

        int head = Unsafe.SizeOf<SqlCallEvent>() - Unsafe.SizeOf<SqlCallEvent.TextHead>();
        byte[] record = new byte[head + Math.Max(copied, Unsafe.SizeOf<SqlCallEvent.TextHead>())];
        record.AsSpan().Fill((byte)'#');
        MemoryMarshal.AsBytes(new ReadOnlySpan<SqlCallEvent>(in e))[..head].CopyTo(record);
        sql.AsSpan(0, copied).CopyTo(record.AsSpan(head));
        return record;
    }
}
