using System.Diagnostics;
using Beyla.Host.Discovery;

namespace Beyla.Host.Attachment;

/// <summary>
/// Groups that follow the program's own objects by what its code says: until its first request has shown that they are there, the group is looked at
/// each second. Where they are not, another group takes its place, in every process of that executable. Used by one thread.
/// </summary>
internal sealed class FrontDoubts
{
    /// <summary>So often wrong and never right: connections that end while they are looked at make single mistakes.</summary>
    private const uint RefutedFrom = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ProcessId, List<DoubtedGroup>> _doubts = [];
    private readonly HashSet<(string Executable, string? BuildId, string Group)> _refuted = [];
    private long _looked;

    /// <summary>Time until the next look is due; null: nothing is in doubt.</summary>
    public TimeSpan? UntilNextLook
    {
        get
        {
            if (_doubts.Count == 0) return null;
            TimeSpan passed = Stopwatch.GetElapsedTime(_looked);
            return passed >= Interval ? TimeSpan.Zero : Interval - passed;
        }
    }

    /// <summary>Begins to look at a process' groups.</summary>
    public void Add(ProcessId process, IReadOnlyList<DoubtedGroup> groups)
    {
        if (groups.Count > 0) _doubts[process] = [.. groups];
    }

    /// <summary>Forgets a process.</summary>
    public void Remove(ProcessId process) => _doubts.Remove(process);

    /// <summary>Whether a group was refuted in this executable.</summary>
    public bool IsRefuted(Inspection inspection, string group) => _refuted.Contains((inspection.Path, inspection.BuildId, group));

    /// <summary>Notes that a group does not hold in an executable.</summary>
    public void Refute(Inspection inspection, string group) => _refuted.Add((inspection.Path, inspection.BuildId, group));

    /// <summary>Takes the look that is due. Groups that were right are in doubt no more.</summary>
    /// <returns>The processes whose groups were found wrong, with one of them.</returns>
    public IReadOnlyList<(ProcessId Process, DoubtedGroup Group)> Look()
    {
        if (UntilNextLook is not { Ticks: 0 }) return [];
        _looked = Stopwatch.GetTimestamp();
        List<(ProcessId, DoubtedGroup)> wrong = [];
        foreach ((ProcessId process, List<DoubtedGroup> groups) in _doubts.ToList())
        {
            groups.RemoveAll(g => g.Proof.Confirmed);
            if (groups.Find(g => g.Proof.Refuted >= RefutedFrom) is { } group) wrong.Add((process, group));
            if (groups.Count == 0) _doubts.Remove(process);
        }
        return wrong;
    }
}

/// <summary>A group that is attached to a process and not yet confirmed by it.</summary>
/// <param name="Slots">The tracer's entries.</param>
/// <param name="Index">The process' entry.</param>
/// <param name="Name">Tracer and group: <c>net-http/server-sockets</c>.</param>
internal sealed record DoubtedGroup(AttachmentSlots Slots, ushort Index, string Name)
{
    /// <summary>What its programs have found so far.</summary>
    public (bool Confirmed, uint Refuted) Proof => Slots.ProofAt(Index);
}
