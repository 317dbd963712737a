using System.Threading.Channels;
using Beyla.Ebpf;
using Beyla.Elf;
using Beyla.Host.Discovery;
using Beyla.Host.Identity;
using Beyla.Host.Identity.OwnTelemetry;
using Beyla.Host.Spans;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Attachment;

/// <summary>Attaches tracers to processes as they come, and takes them off as they go. One loop, one owner of all links.</summary>
internal sealed class TraceAttacher(
    InspectionCache inspections, IReadOnlyList<TracerHost> tracers, TracerLoader loader, TracedProcesses processes, WatchedProcesses watched,
    LibraryAttachment libraries, UprobeFront front, ILogger<TraceAttacher> log) : IDisposable
{
    /// <summary>What is still open after this is closed by the kernel when the agent ends.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ProcessId, (TracedProcess Process, ProcessLinks Links)> _attached = [];
    private readonly FrontDoubts _doubts = new();
    private bool _inspected;

    /// <summary>Which headers of requests continue a trace.</summary>
    public required AttachmentFlags Propagation { get; init; }

    /// <summary>Whether signals that a process exports itself are left to it.</summary>
    public bool LeavesOwnSignals { get; init; }

    /// <summary>Keeps what became of each selected process.</summary>
    public AttachmentBook Book { get; init; } = new();

    /// <summary>Handles events until the channel ends or <paramref name="stop"/> is set.</summary>
    public async Task RunAsync(ChannelReader<ProcessEvent> events, CancellationToken stop)
    {
        Task<bool>? ready = null;
        while (true)
        {
            ready ??= events.WaitToReadAsync(stop).AsTask();
            await WaitAsync(ready, Sooner(libraries.UntilNextLook, _doubts.UntilNextLook), stop).ConfigureAwait(false);
            if (ready.IsCompleted)
            {
                if (!await ready.ConfigureAwait(false)) return;
                ready = null;
                // Nothing more is attached, and nothing tidied up, once the end has come: each takes its time.
                while (!stop.IsCancellationRequested && events.TryRead(out ProcessEvent? e)) Handle(e);
            }
            if (stop.IsCancellationRequested) continue;
            foreach ((ProcessInfo process, AttachedLibrary library) in libraries.LookAgain()) Report(process, library);
            foreach ((ProcessId process, DoubtedGroup wrong) in _doubts.Look()) AttachWithout(process, wrong.Name);
            if (!_inspected) continue;
            // Reading a binary leaves tens of megabytes of garbage behind, and then this agent may sleep for days.
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _inspected = false;
        }
    }

    /// <summary>Handles one event.</summary>
    public void Handle(ProcessEvent e)
    {
        switch (e)
        {
            case ProcessSelected selected: Attach(selected.Process, selected.Service, selected.Identity); break;
            case ProcessRenamed renamed: Rename(renamed.Id, renamed.Service); break;
            case LibrariesLoaded loaded: libraries.LookNow(loaded.Id); break;
            case ProcessDeleted deleted: Detach(deleted.Id); break;
        }
    }

    /// <summary>Takes all probes off.</summary>
    public void Dispose()
    {
        foreach ((TracedProcess process, ProcessLinks links) in _attached.Values)
        {
            links.Dispose();
            processes.End(process.Handle);
        }
        _attached.Clear();
        watched.Clear();
        UprobeLink.DrainClosing(CloseTimeout);
    }

    private void Attach(ProcessInfo process, ServiceIdentity service, ProcessIdentity identity)
    {
        if (_attached.ContainsKey(process.Id)) return;
        AttachmentEntry entry = Book.Begin(process, service);
        try
        {
            (Inspection inspection, ExecutableMapping mapping) = Inspect(process);
            OwnSignals own = LeavesOwnSignals ? OwnSignals.Of(process.Pid, identity.Environment, inspection) : OwnSignals.None;
            TracedProcess traced = processes.Add(handle => new TracedProcess(handle, process, service, inspection.Language)
            {
                Attributes = identity.ResourceOf(inspection),
                OwnSignals = own.Signals,
            });
            if (own.Signals != Signals.None) log.LogInformation("{Line}", traced.OwnSignalsLine(own));
            entry.Traced = traced;
            Link(entry, process, traced, inspection, mapping);
        }
        catch (Exception e) when (IsTheTargets(e))
        {
            entry.Failure = e.Message;
            log.LogWarning("pid {Pid} ({Path}) is not traced: {Reason}", process.Pid, process.ExecutablePath, e.Message);
        }
    }

    /// <summary>A process may end, and a binary may be anything: it costs this process' telemetry and one line.</summary>
    private static bool IsTheTargets(Exception e) =>
        e is IOException or UnauthorizedAccessException or ElfException or StaleExecutableException or BpfException;

    private void Link(AttachmentEntry entry, ProcessInfo process, TracedProcess traced, Inspection inspection, ExecutableMapping mapping)
    {
        void Skipped(string reason)
        {
            entry.Skip(reason);
            log.LogWarning("pid {Pid} ({Path}): {Reason}.", process.Pid, process.ExecutablePath, reason);
        }
        ProcessAttachment attachment = new(process, mapping, inspection, loader, front, Propagation) { IsRefuted = group => _doubts.IsRefuted(inspection, group) };
        ProcessLinks links = attachment.Attach(traced.Handle, tracers, Skipped);
        _attached[process.Id] = (traced, links);
        entry.Links = links;
        _doubts.Add(process.Id, links.Doubted);
        IReadOnlyList<TracerHost> watching = watched.Add(process, traced.Handle, [.. links.Groups], Skipped);
        // A tracer with library probes is there when one of its libraries is.
        links.Groups.AddRange(watching.Where(t => t.Tracer is not IUprobeSet { LibraryProbes.Count: > 0 } and not IUprobeSet { GoProbes.Count: > 0 }).Select(t => t.Name));
        libraries.Add(process, watching, links, tracer => watched.Begin(process.Id, tracer, Skipped), Skipped);
        Report(process, traced.Service, inspection, links);
    }

    /// <summary>Attaches a process anew, without a group that does not hold in its executable.</summary>
    private void AttachWithout(ProcessId id, string group)
    {
        (TracedProcess traced, ProcessLinks links) = _attached[id];
        ProcessInfo process = traced.Info;
        AttachmentEntry entry = Book.Find(process.Pid) ?? Book.Begin(process, traced.Service);
        try
        {
            (Inspection inspection, ExecutableMapping mapping) = Inspect(process);
            _doubts.Refute(inspection, group);
            string reason = $"{group} is off: the program's objects are not where its code says; what comes next is attached";
            entry.Skip(reason);
            log.LogWarning("pid {Pid} ({Path}): {Reason}.", process.Pid, process.ExecutablePath, reason);
            Unlink(id, links);
            Link(entry, process, traced, inspection, mapping);
        }
        catch (Exception e) when (IsTheTargets(e))
        {
            _attached.Remove(id);
            processes.End(traced.Handle);
            entry.Failure = e.Message;
            log.LogWarning("pid {Pid} ({Path}) is not traced any more: {Reason}", process.Pid, process.ExecutablePath, e.Message);
        }
    }

    private void Unlink(ProcessId id, ProcessLinks links)
    {
        libraries.Remove(id);
        _doubts.Remove(id);
        links.Dispose();
        watched.Remove(id);
    }

    private (Inspection, ExecutableMapping) Inspect(ProcessInfo process)
    {
        ExecutableMapping mapping = ExecutableMapping.Read(process.Pid);
        ExecutableIdentity identity = ExecutableIdentity.Read(process.ExecutableLink, mapping.Device, mapping.Inode);
        _inspected = true;
        return (inspections.Get(identity, process.ExecutableLink, process.ExecutablePath).ForProcess(process.Pid), mapping);
    }

    private void Report(ProcessInfo process, ServiceIdentity service, Inspection inspection, ProcessLinks links)
    {
        if (links.Groups.Count == 0 && inspection.CommonObstacle is { Reason: { } reason })
            log.LogWarning("pid {Pid} ({Path}): nothing to attach: {Reason}.", process.Pid, process.ExecutablePath, reason);
        else if (links.Groups.Count == 0)
            log.LogWarning("pid {Pid} ({Path}): nothing to attach; 'beyla inspect {Pid}' says why.", process.Pid, process.ExecutablePath, process.Pid);
        else
            log.LogInformation(
                "attached to pid {Pid} ({Service}, {Path}, {Go}): {Groups}, {Sites} probe sites.",
                process.Pid, service.Name, process.ExecutablePath, inspection.GoVersion ?? inspection.Language, string.Join(", ", links.Groups), links.Sites);
        // The tracers of other programs see less of it: no gRPC, no SQL, no calls that belong to a request.
        if (links.Groups.Count > 0 && inspection.CommonObstacle is { Obstacle: GroupObstacle.TooOld, Reason: { } age })
            log.LogWarning("pid {Pid} ({Path}): the tracers for Go leave it alone: {Reason}.", process.Pid, process.ExecutablePath, age);
    }

    /// <summary>Spans that begin under the old name end under the new one; none is lost.</summary>
    private void Rename(ProcessId id, ServiceIdentity service)
    {
        if (!_attached.TryGetValue(id, out (TracedProcess Process, ProcessLinks Links) attached)) return;
        TracedProcess renamed = attached.Process with { Service = service };
        _attached[id] = (renamed, attached.Links);
        processes.Replace(renamed);
        log.LogInformation("pid {Pid} ({Before}) is {Service} now.", id.Pid, attached.Process.Service.Name, service.Name);
    }

    private void Report(ProcessInfo process, AttachedLibrary library)
    {
        _inspected = true;
        log.LogInformation("attached to {Library} of pid {Pid}: {Group}, {Sites} probe sites.", library.Path, process.Pid, library.Group, library.Sites);
    }

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is { } a && other is { } b ? (a < b ? a : b) : one ?? other;

    /// <summary>Waits for a task, or for as long as until the next look at a library is due.</summary>
    private static async Task WaitAsync(Task task, TimeSpan? limit, CancellationToken stop)
    {
        if (limit is not { } wait)
        {
            await task.ConfigureAwait(false);
            return;
        }
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(task, Task.Delay(wait, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    private void Detach(ProcessId id)
    {
        Book.End(id);
        if (!_attached.Remove(id, out (TracedProcess Process, ProcessLinks Links) gone)) return;
        Unlink(id, gone.Links);
        processes.End(gone.Process.Handle);
        log.LogInformation("detached from pid {Pid} ({Service}).", id.Pid, gone.Process.Service.Name);
    }
}
