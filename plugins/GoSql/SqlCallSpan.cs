using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>From <see cref="SqlCallEvent"/> to a span after the semantic conventions for database clients.</summary>
internal sealed class SqlCallSpan
{
    /// <summary>Bytes of a table's name; PostgreSQL's limit is 63, unless it was built otherwise.</summary>
    private const int MaxTable = 128;

    private readonly SqlText _text = new();

    /// <summary>What of the statement is told.</summary>
    public QueryText Text { get; set; }

    public void Write(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly SqlCallEvent call = ref e.Payload<SqlCallEvent>();
        ReadOnlySpan<byte> system = DatabaseSystem.NameOf(call);
        Span span = spans.Begin(SpanKind.Client, SpanFamilies.DbClient, e).Set(Attributes.DbSystemName, system);
        if (call.Call is SqlCallKind.Pgx4Copy or SqlCallKind.Pgx5Copy)
        {
            SetCopy(span, SqlCallEvent.TextOf(e));
        }
        else if (FixedSummary(call) is { IsEmpty: false } operation)
        {
            span.Set(Attributes.DbOperationName, operation).Set(Attributes.DbQuerySummary, operation).SetName(operation);
            if (call.BatchSize > 1) span.Set(Attributes.DbOperationBatchSize, call.BatchSize);
        }
        else
        {
            SetStatement(span, call, SqlCallEvent.TextOf(e));
            span.SetName(_text.Summary.Text is { IsEmpty: false } summary ? summary : system);
        }

        SqlServer.Write(span, call);
        SqlError.Write(span, call);
        span.End();
    }

    /// <summary>What calls without a text do.</summary>
    private static ReadOnlySpan<byte> FixedSummary(in SqlCallEvent call) => call.Call switch
    {
        SqlCallKind.Begin => "BEGIN"u8,
        SqlCallKind.Commit => "COMMIT"u8,
        SqlCallKind.Rollback => "ROLLBACK"u8,
        _ => call.BatchSize > 1 ? "BATCH"u8 : default, // one statement makes no batch (semantic conventions, db.operation.batch.size)
    };

    private static void SetCopy(Span span, ReadOnlySpan<byte> table)
    {
        ReadOnlySpan<byte> copy = "COPY "u8;
        Span<byte> summary = stackalloc byte[copy.Length + MaxTable];
        if (!Utf8.IsValid(table) || table.Length > MaxTable) table = default;
        copy.CopyTo(summary);
        table.CopyTo(summary[copy.Length..]);
        summary = summary[..(table.IsEmpty ? copy.Length - 1 : copy.Length + table.Length)];
        span.Set(Attributes.DbOperationName, "COPY"u8).Set(Attributes.DbQuerySummary, summary).SetName(summary);
        if (!table.IsEmpty) span.Set(Attributes.DbCollectionName, table);
    }

    private void SetStatement(Span span, in SqlCallEvent call, ReadOnlySpan<byte> text)
    {
        _text.Read(text, DatabaseSystem.DialectOf(call));
        SqlSummary summary = _text.Summary;
        if (call.Call == SqlCallKind.Prepare) summary.Prefix("PREPARE"u8);
        if (!summary.Operation.IsEmpty) span.Set(Attributes.DbOperationName, summary.Operation);
        if (!summary.Collection.IsEmpty) span.Set(Attributes.DbCollectionName, summary.Collection);
        if (!summary.Text.IsEmpty) span.Set(Attributes.DbQuerySummary, summary.Text);
        if (Text == QueryText.Sanitized && !_text.Sanitized.IsEmpty) span.Set(Attributes.DbQueryText, _text.Sanitized);
        else if (Text == QueryText.Raw && Utf8.IsValid(text)) span.Set(Attributes.DbQueryText, text);
        else if (Text == QueryText.Raw) span.Set(Attributes.DbQueryText, _text.Sanitized);
    }
}
