using System.Runtime.InteropServices;

namespace Beyla.Host.Events;

/// <summary>Reasons that the host itself counts; tracers and BPF programs add their own.</summary>
internal static class LossReason
{
    public const string UnknownTracer = "unknown-tracer";
    public const string UnknownProcess = "unknown-process";
    public const string DecodeFailed = "decode-failed";
    public const string SinkFailed = "sink-failed";
}

/// <summary>
/// The books: events that became no span, by tracer and reason, beside the spans. Kernel-side counters are added when the ledger is read, so
/// that every loss stands here once.
/// </summary>
internal sealed class LossLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tracer, string Reason), long> _counts = [];

    /// <summary>Adds a tracer's counters in the kernel to what <see cref="Read"/> returns.</summary>
    public List<Func<IEnumerable<(string Tracer, string Reason, long Count)>>> Sources { get; } = [];

    /// <summary>Counts one; allocates only the first time a reason is seen.</summary>
    public void Count(string tracer, string reason)
    {
        lock (_gate) CollectionsMarshal.GetValueRefOrAddDefault(_counts, (tracer, reason), out _)++;
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
