using System.Buffers.Text;

namespace Beyla.Plugins.GoSql;

/// <summary>Status and <c>error.type</c>: the server's code where there is one, else the name of a well-known Go error, else <c>_OTHER</c>.</summary>
internal static class SqlError
{
    public static void Write(Span span, in SqlCallEvent call)
    {
        ReadOnlySpan<byte> text = ((ReadOnlySpan<byte>)call.ErrorText)[..call.ErrorLength];
        switch (call.Error)
        {
            case SqlErrorKind.None: break;
            case SqlErrorKind.Code when IsSqlState(text): Code(span, text); break;
            case SqlErrorKind.Number:
                Span<byte> digits = stackalloc byte[10];
                Utf8Formatter.TryFormat(call.ErrorNumber, digits, out int length);
                Code(span, digits[..length]);
                break;
            case SqlErrorKind.Message: span.Fail(WellKnown(text)); break;
            case SqlErrorKind.Deadline: span.Fail("context.DeadlineExceeded"u8); break;
            case SqlErrorKind.Network: span.Fail("net.OpError"u8); break;
            default: span.Fail("_OTHER"u8); break;
        }
    }

    private static void Code(Span span, ReadOnlySpan<byte> code) => span.Set(Attributes.DbResponseStatusCode, code).Fail(code);

    /// <summary>SQLSTATE: five letters and digits (ISO/IEC 9075-2, 24.1).</summary>
    private static bool IsSqlState(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
            if (!char.IsAsciiDigit((char)c) && !char.IsAsciiLetterUpper((char)c)) return false;
        return text.Length == 5;
    }

    /// <summary>Errors made with errors.New, by their constant messages: database/sql/driver, context, database/sql, io.</summary>
    private static ReadOnlySpan<byte> WellKnown(ReadOnlySpan<byte> message)
    {
        if (message.SequenceEqual("driver: bad connection"u8)) return "driver.ErrBadConn"u8;
        if (message.SequenceEqual("context canceled"u8)) return "context.Canceled"u8;
        if (message.SequenceEqual("invalid connection"u8)) return "mysql.ErrInvalidConn"u8;
        if (message.SequenceEqual("conn closed"u8)) return "pgx.ErrConnClosed"u8;
        if (message.SequenceEqual("sql: connection is already closed"u8)) return "sql.ErrConnDone"u8;
        if (message.SequenceEqual("EOF"u8)) return "io.EOF"u8;
        if (message.SequenceEqual("unexpected EOF"u8)) return "io.ErrUnexpectedEOF"u8;
        return "_OTHER"u8;
    }
}
