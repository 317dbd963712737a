using System.Collections.Concurrent;
using Beyla.Host.Discovery;
using Beyla.Host.Spans;

namespace Beyla.Host.Attachment;

/// <summary>What became of each selected process: for those who ask why there are no spans. Written by the attacher, read on any thread.</summary>
internal sealed class AttachmentBook
{
    private readonly ConcurrentDictionary<int, AttachmentEntry> _byPid = new();

    /// <summary>The entries.</summary>
    public ICollection<AttachmentEntry> Entries => _byPid.Values;

    /// <summary>Begins the entry of a process that was selected.</summary>
    public AttachmentEntry Begin(ProcessInfo process, ServiceIdentity service) => _byPid[process.Pid] = new AttachmentEntry(process, service);

    /// <summary>The entry of the process that has this pid now; null: it is not selected.</summary>
    public AttachmentEntry? Find(int pid) => _byPid.GetValueOrDefault(pid);

    /// <summary>Removes the entry of a process that is not selected any more.</summary>
    public void End(ProcessId process)
    {
        if (_byPid.TryGetValue(process.Pid, out AttachmentEntry? entry) && entry.Process.Id == process) _byPid.TryRemove(process.Pid, out _);
    }
}

/// <summary>One selected process.</summary>
/// <param name="process">The process.</param>
/// <param name="service">The name it was selected under.</param>
internal sealed class AttachmentEntry(ProcessInfo process, ServiceIdentity service)
{
    private readonly ConcurrentQueue<string> _skipped = new();

    /// <summary>The process.</summary>
    public ProcessInfo Process { get; } = process;

    /// <summary>The name it was selected under.</summary>
    public ServiceIdentity Service { get; } = service;

    /// <summary>Its spans; null until it is traced.</summary>
    public TracedProcess? Traced { get; set; }

    /// <summary>What is attached to it; null when it is not traced at all.</summary>
    public ProcessLinks? Links { get; set; }

    /// <summary>Why it is not traced at all; null: it is.</summary>
    public string? Failure { get; set; }

    /// <summary>What is not attached though the program has it, one sentence each.</summary>
    public IEnumerable<string> Skipped => _skipped;

    /// <summary>Adds a sentence to <see cref="Skipped"/>.</summary>
    public void Skip(string reason) => _skipped.Enqueue(reason);
}
