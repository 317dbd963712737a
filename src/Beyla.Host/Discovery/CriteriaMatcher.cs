using System.Threading.Channels;
using Beyla.Host.Configuration;
using Beyla.Host.Identity;

namespace Beyla.Host.Discovery;

/// <summary>
/// Selects processes: <c>[[discovery.services]]</c> in their order, then <c>open_port</c> and <c>executable_name</c> as one last entry; the
/// first that matches names the service, or leaves that to what the process itself tells. A process that no entry matches belongs to its
/// parent's service if that is selected and runs the same executable: the workers of a server need not listen themselves. What is selected
/// stays so until it ends or runs another program.
/// </summary>
/// <param name="options">The criteria.</param>
/// <param name="identify">Finds out who a selected process is; null: its executable names it.</param>
internal sealed class CriteriaMatcher(BeylaOptions options, Func<ProcessInfo, ProcessIdentity>? identify = null)
{
    private readonly IReadOnlyList<ServiceCriteria> _criteria = Ordered(options);
    private readonly Dictionary<int, ProcessInfo> _running = [];
    private readonly Dictionary<ProcessId, ProcessSelected> _selected = [];

    /// <summary>Handles what <paramref name="events"/> brings until it is complete, then completes <paramref name="selections"/>.</summary>
    public async Task RunAsync(ChannelReader<ProcessEvent> events, ChannelWriter<ProcessEvent> selections, CancellationToken stop)
    {
        try
        {
            await foreach (ProcessEvent e in events.ReadAllAsync(stop).ConfigureAwait(false))
                foreach (ProcessEvent selection in Handle(e)) await selections.WriteAsync(selection, stop).ConfigureAwait(false);
            selections.TryComplete();
        }
        catch (Exception e)
        {
            selections.TryComplete(e is OperationCanceledException ? null : e);
            throw;
        }
    }

    /// <summary>
    /// What the event means for the selection: <see cref="ProcessSelected"/>, of a process and then of its children,
    /// <see cref="ProcessDeleted"/> of a selected process, or nothing.
    /// </summary>
    public IReadOnlyList<ProcessEvent> Handle(ProcessEvent e)
    {
        switch (e)
        {
            case ProcessCreated { Process: var process }:
                _running[process.Pid] = process;
                List<ProcessEvent> selected = [];
                Select(process, selected);
                return selected;
            case ProcessDeleted deleted:
                if (_running.TryGetValue(deleted.Id.Pid, out ProcessInfo? gone) && gone.Id == deleted.Id) _running.Remove(deleted.Id.Pid);
                return _selected.Remove(deleted.Id) ? [deleted] : [];
            default:
                return [];
        }
    }

    private void Select(ProcessInfo process, List<ProcessEvent> selected)
    {
        if (process.Pid == Environment.ProcessId) return;
        if (_selected.TryGetValue(process.Id, out ProcessSelected? known) && known.Process.ExecutablePath == process.ExecutablePath) return;
        ServiceCriteria? match = _criteria.FirstOrDefault(criteria => Matches(criteria, process));
        ServiceIdentity? parents = match is null ? ParentsService(process) : null;
        if (match is null && parents is null) return;

        ProcessIdentity identity = identify?.Invoke(process) ?? ProcessIdentity.Unknown;
        ProcessSelected selection = new(process, parents ?? Name(process, match!, identity)) { Identity = identity };
        _selected[process.Id] = selection;
        selected.Add(selection);
        // A server may begin to listen after it has started its workers.
        foreach (ProcessInfo child in _running.Values.Where(p => IsOfOneService(process, p)).ToList()) Select(child, selected);
    }

    private static ServiceIdentity Name(ProcessInfo process, ServiceCriteria match, ProcessIdentity identity) => new(
        match.Name ?? identity.ServiceName ?? Path.GetFileName(process.ExecutablePath), match.Namespace ?? identity.ServiceNamespace);

    private ServiceIdentity? ParentsService(ProcessInfo process) =>
        _running.TryGetValue(process.ParentPid, out ProcessInfo? parent) && IsOfOneService(parent, process)
            ? _selected.GetValueOrDefault(parent.Id)?.Service
            : null;

    private static bool IsOfOneService(ProcessInfo parent, ProcessInfo child) =>
        child.ParentPid == parent.Pid && child.Id.StartTime >= parent.Id.StartTime && child.ExecutablePath == parent.ExecutablePath;

    private static bool Matches(ServiceCriteria criteria, ProcessInfo process) =>
        (criteria.OpenPorts.IsEmpty || process.OpenPorts.Any(criteria.OpenPorts.Contains)) &&
        (criteria.ExePath is null || criteria.ExePath.IsMatch(process.ExecutablePath));

    private static List<ServiceCriteria> Ordered(BeylaOptions options)
    {
        ServiceCriteria last = new()
        {
            Name = options.ServiceName,
            Namespace = options.ServiceNamespace,
            OpenPorts = options.OpenPort,
            ExePath = options.ExecutableName,
        };
        // An entry without any criterion would select the whole machine.
        return [.. options.Discovery.Services.Append(last).Where(criteria => !criteria.OpenPorts.IsEmpty || criteria.ExePath is not null)];
    }
}
