using System.Text.Unicode;

namespace Beyla.Plugins.GoSql;

/// <summary>From <see cref="SqlCallEvent"/> to a span after the semantic conventions for database clients.</summary>
internal sealed class SqlCallSpan
{
    private readonly SqlText _text = new();

    /// <summary>What of the statement is told.</summary>
    public QueryText Text { get; set; }

    public void Write(in BpfEvent e, ISpanWriter spans)
    {
        ref readonly SqlCallEvent call = ref e.Payload<SqlCallEvent>();
        ReadOnlySpan<byte> system = DatabaseSystem.NameOf(call);
        Span span = spans.Begin(SpanKind.Client, SpanFamilies.DbClient, e).Set(Attributes.DbSystemName, system);
        ReadOnlySpan<byte> summary = FixedSummary(call.Call);
        if (summary.IsEmpty)
        {
            SetStatement(span, call, SqlCallEvent.TextOf(e));
            summary = _text.Summary.Text;
        }
        else span.Set(Attributes.DbOperationName, summary).Set(Attributes.DbQuerySummary, summary);
        span.SetName(summary.IsEmpty ? system : summary);

        SqlServer.Write(span, call);
        SqlError.Write(span, call);
        span.End();
    }

    /// <summary>What calls without a text do.</summary>
    private static ReadOnlySpan<byte> FixedSummary(SqlCallKind call) => call switch
    {
        SqlCallKind.Begin => "BEGIN"u8,
        SqlCallKind.Commit => "COMMIT"u8,
        SqlCallKind.Rollback => "ROLLBACK"u8,
        _ => default,
    };

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
