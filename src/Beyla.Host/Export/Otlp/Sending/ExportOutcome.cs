namespace Beyla.Host.Export.Otlp.Sending;

/// <summary>What came of one attempt to send.</summary>
internal enum ExportStatus
{
    /// <summary>The server has it.</summary>
    Delivered,

    /// <summary>It may be sent again.</summary>
    Retry,

    /// <summary>It must not be sent again.</summary>
    Refused,
}

/// <summary>What came of one attempt to send.</summary>
/// <param name="Status">The verdict.</param>
/// <param name="Reason">Why it was not (fully) taken, for the log; null: nothing to say.</param>
/// <param name="Delay">How long the server wants to be left alone; null: it said nothing.</param>
/// <param name="Rejected">Items that the server did not take of what was delivered (partial success).</param>
internal readonly record struct ExportOutcome(ExportStatus Status, string? Reason = null, TimeSpan? Delay = null, long Rejected = 0)
{
    public static ExportOutcome Retry(string reason, TimeSpan? delay = null) => new(ExportStatus.Retry, reason, delay);

    public static ExportOutcome Refused(string reason) => new(ExportStatus.Refused, reason);
}
