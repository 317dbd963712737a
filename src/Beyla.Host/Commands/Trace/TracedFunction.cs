using Beyla.Host.Attachment;

namespace Beyla.Host.Commands.Trace;

/// <summary>A function that was found in an executable: where its probes go and what they read.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Signature">As far as known: text for the user.</param>
/// <param name="Entries">Probes at its beginning.</param>
/// <param name="Returns">Probes at its ends; for a C function the place of the return probe.</param>
/// <param name="IsC">A C function.</param>
internal sealed record TracedFunction(string Name, string? Signature, IReadOnlyList<PlannedSite> Entries, IReadOnlyList<PlannedSite> Returns, bool IsC)
{
    /// <summary>What is read at the entry, most <see cref="TracePlan.Arguments"/>.</summary>
    public IReadOnlyList<TracedValue> Arguments { get; init; } = [];

    /// <summary>What is read at the return, most <see cref="TracePlan.Results"/>.</summary>
    public IReadOnlyList<TracedValue> Results { get; init; } = [];

    /// <summary>Link-time return addresses of the calls behind which a floating-point result can be read.</summary>
    public IReadOnlyList<ulong> Callers { get; init; } = [];

    /// <summary>Where it is read then.</summary>
    public IReadOnlyList<PlannedSite> MovedResults { get; init; } = [];

    /// <summary>Offset of runtime.g.goid, or one of <see cref="TracePlan"/>'s constants.</summary>
    public ulong Goid { get; init; } = TracePlan.NoGoroutines;

    /// <summary>What the user should know about what is not shown.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
