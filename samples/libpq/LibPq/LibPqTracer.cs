using System.Text.Unicode;

namespace LibPq;

/// <summary>Client spans of programs that speak to PostgreSQL by its C library, whatever language they are written in.</summary>
public sealed class LibPqTracer : ITracer, IUprobeSet, IConfigurableTracer
{
    private const string Library = "libpq.so*";

    private static readonly ProbeGroup s_calls = new("calls");

    private bool _text;

    /// <inheritdoc/>
    public string Name => "libpq";

    /// <inheritdoc/>
    public BpfObjectSource Bpf { get; } = BpfObjectSource.EmbeddedIn<LibPqTracer>("libpq.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes { get; } =
    [
        .. Call("PQexec", "exec_begin", "exec_end"),
        .. Call("PQexecParams", "exec_begin", "exec_end"),
        .. Call("PQprepare", "prepare_begin", "exec_end"),
        .. Call("PQexecPrepared", "prepared_begin", "exec_end"),
        Entry("PQsendQuery", "send_begin"),
        Entry("PQsendQueryParams", "send_begin"),
        Entry("PQsendQueryPrepared", "send_prepared_begin"),
        .. Call("PQgetResult", "result_begin", "result_end"),
        .. Call("PQresultStatus", "status_begin", "status_end"),
        Entry("PQclear", "clear_begin"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes => [];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields => [];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs => [];

    /// <inheritdoc/>
    public IReadOnlyList<TracerSetting> Settings { get; } =
        [new("query_text", TracerSettingType.Boolean, "false", "Statements in spans, as the program wrote them, values included.")];

    /// <inheritdoc/>
    public IReadOnlyList<BpfVariable> BpfVariables => [];

    /// <inheritdoc/>
    public void Configure(ITracerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _text = settings.Boolean("query_text");
    }

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        if (e.Header.Kind != PqCallEvent.Kind)
        {
            spans.Drop("unknown-kind");
            return;
        }
        ref readonly PqCallEvent call = ref e.Payload<PqCallEvent>();
        ReadOnlySpan<byte> text = ((ReadOnlySpan<byte>)call.Text)[..Math.Min((int)call.TextLength, PqCallEvent.TextMax)];
        Span span = spans.Begin(SpanKind.Client, SpanFamilies.DbClient, e).Set(Attributes.DbSystemName, "postgresql"u8);
        if (call.Call == PqCallKind.Prepared) span.Set(Attributes.DbOperationName, "EXECUTE"u8).SetName("EXECUTE"u8);
        else SetStatement(span, call.Call, text);

        if (call.Status is PqStatus.FatalError) span.Fail("PGRES_FATAL_ERROR"u8);
        else if (call.Status is PqStatus.BadResponse) span.Fail("PGRES_BAD_RESPONSE"u8);
        else if (call.Status is PqStatus.PipelineAborted) span.Fail("PGRES_PIPELINE_ABORTED"u8);
        else if (call.Status is PqStatus.NoResult) span.Fail("_OTHER"u8);
        span.End();
    }

    private void SetStatement(Span span, PqCallKind kind, ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[QuerySummary.MaxBytes];
        QuerySummary summary = QuerySummary.Of(text, buffer);
        if (kind == PqCallKind.Prepare) span.Set(Attributes.DbOperationName, "PREPARE"u8);
        else if (!summary.Operation.IsEmpty) span.Set(Attributes.DbOperationName, summary.Operation);
        if (!summary.Collection.IsEmpty) span.Set(Attributes.DbCollectionName, summary.Collection);
        if (!summary.Text.IsEmpty) span.Set(Attributes.DbQuerySummary, summary.Text);
        span.SetName(summary.Text.IsEmpty ? "postgresql"u8 : summary.Text);
        if (_text && Utf8.IsValid(text)) span.Set(Attributes.DbQueryText, text);
    }

    private static LibraryProbe Entry(string symbol, string program) => new(s_calls, Library, symbol, program, ProbePosition.Entry);

    private static LibraryProbe[] Call(string symbol, string begin, string end) =>
        [Entry(symbol, begin), new(s_calls, Library, symbol, end, ProbePosition.Return)];
}
