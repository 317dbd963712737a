using System.Runtime.InteropServices;

namespace Beyla.Host.Events;

/// <summary>Reasons that the host itself counts; tracers and BPF programs add their own.</summary>
internal static class LossReason
{
    /// <summary>Not a loss: records that a BPF program wrote.</summary>
    public const string Events = "events";

    /// <summary>Reasons that do not mean a lost span: nothing was there to lose, or the span was made all the same.</summary>
    private static readonly HashSet<string> NotLost = [Events, "repeated", "half-seen", "no-attachment", "truncated", LossReason.Filtered, LossReason.SampledOut];

    public const string UnknownTracer = "unknown-tracer";
    public const string UnknownProcess = "unknown-process";
    public const string DecodeFailed = "decode-failed";
    public const string SinkFailed = "sink-failed";

    /// <summary>Not exported because a filter or an ignored pattern says so. No loss, but counted.</summary>
    public const string Filtered = "filtered";

    /// <summary>Not exported because the sampler says so. No loss, but counted.</summary>
    public const string SampledOut = "sampled-out";

    /// <summary>An exporter's queue had no room.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>The server could not be reached, or asked to come later, for longer than a batch may wait.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The server refused the whole request.</summary>
    public const string Refused = "refused";

    /// <summary>The server took the request without these (OTLP: partial success).</summary>
    public const string Rejected = "rejected";

    /// <summary>The exporter failed; the log says how.</summary>
    public const string Failed = "failed";

    /// <summary>The agent ended before they were delivered.</summary>
    public const string Shutdown = "shutdown";

    /// <summary>Whether a reason means that a span was lost.</summary>
    public static bool IsLoss(string reason) => !NotLost.Contains(reason);
}

/// <summary>
/// The books: events that became no span, by tracer and reason, beside the spans; and spans that an exporter (<c>otlp-traces</c>) did not deliver. Kernel-side counters are added when the ledger is read, so
/// that every loss stands here once.
/// </summary>
internal sealed class LossLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tracer, string Reason), long> _counts = [];
    private readonly Dictionary<string, string?> _outages = [];

    /// <summary>Adds a tracer's counters in the kernel to what <see cref="Read"/> returns.</summary>
    public List<Func<IEnumerable<(string Tracer, string Reason, long Count)>>> Sources { get; } = [];

    /// <summary>Counts; allocates only the first time a reason is seen.</summary>
    public void Count(string tracer, string reason, long count = 1)
    {
        lock (_gate) CollectionsMarshal.GetValueRefOrAddDefault(_counts, (tracer, reason), out _) += count;
    }

    /// <summary>Notes that an exporter cannot deliver, or (null) that it can again.</summary>
    public void SetOutage(string exporter, string? reason)
    {
        lock (_gate) _outages[exporter] = reason;
    }

    /// <summary>Why an exporter cannot deliver now; null: it can, as far as is known.</summary>
    public string? OutageOf(string exporter)
    {
        lock (_gate) return _outages.GetValueOrDefault(exporter);
    }

    /// <summary>All counts that are not zero.</summary>
    public IReadOnlyList<(string Tracer, string Reason, long Count)> Read()
    {
        List<(string Tracer, string Reason, long Count)> all = [.. Sources.SelectMany(s => s()).Where(c => c.Count > 0)];
        lock (_gate)
            foreach (((string tracer, string reason), long count) in _counts) all.Add((tracer, reason, count));
        return all;
    }
}
