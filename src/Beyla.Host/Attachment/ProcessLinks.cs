using Beyla.Ebpf;

namespace Beyla.Host.Attachment;

/// <summary>Everything that is attached to one process: the links and the entries that their probes point at.</summary>
internal sealed class ProcessLinks : IDisposable
{
    private readonly List<UprobeLink> _links = [];
    private readonly List<(AttachmentSlots Slots, ushort Index)> _entries = [];

    /// <summary>Tracer groups that are attached: <c>net-http/server</c>.</summary>
    public List<string> Groups { get; } = [];

    /// <summary>Groups that the process itself has to confirm.</summary>
    public List<DoubtedGroup> Doubted { get; } = [];

    /// <summary>Number of breakpoints.</summary>
    public int Sites { get; private set; }

    public void Add(UprobeLink link, int sites)
    {
        _links.Add(link);
        Sites += sites;
    }

    public void Add(AttachmentSlots slots, ushort index) => _entries.Add((slots, index));

    /// <summary>
    /// Removes the probes, then their entries, in the background: the kernel waits for a grace period at each link (20 to 80 ms), which
    /// must hold up neither other processes nor the end of the agent. <see cref="UprobeLink.DrainClosing"/> waits for all.
    /// </summary>
    public void Dispose() => UprobeLink.DisposeInBackground([.. _links], ReturnEntries);

    private void ReturnEntries()
    {
        foreach ((AttachmentSlots slots, ushort index) in _entries) slots.Return(index);
    }
}
