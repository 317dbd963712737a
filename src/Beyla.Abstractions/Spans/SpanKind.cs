namespace Beyla;

/// <summary>OpenTelemetry span kind, numbered as in OTLP (<c>trace.proto</c>, enum SpanKind).</summary>
public enum SpanKind
{
    /// <summary>Work inside a process.</summary>
    Internal = 1,

    /// <summary>The serving side of a request.</summary>
    Server = 2,

    /// <summary>The asking side of a request.</summary>
    Client = 3,

    /// <summary>Sends a message that is handled later.</summary>
    Producer = 4,

    /// <summary>Handles a message.</summary>
    Consumer = 5,
}

/// <summary>OpenTelemetry span status, numbered as in OTLP (<c>trace.proto</c>, message Status).</summary>
public enum SpanStatus
{
    /// <summary>Not set: what instrumentation reports when nothing failed.</summary>
    Unset = 0,

    /// <summary>Explicitly ok.</summary>
    Ok = 1,

    /// <summary>Failed.</summary>
    Error = 2,
}
