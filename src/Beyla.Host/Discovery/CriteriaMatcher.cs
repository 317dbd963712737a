using System.Text.RegularExpressions;
using System.Threading.Channels;
using Beyla.Host.Configuration;
using Beyla.Host.Identity;

namespace Beyla.Host.Discovery;

/// <summary>
/// Selects processes: <c>[[discovery.services]]</c> in their order, then <c>open_port</c> and <c>executable_name</c> as one last entry; the
/// first that matches names the service, or leaves that to what the process itself tells. A process that no entry matches belongs to its parent's service if
/// that is selected and runs the same executable: the workers of a server need not listen themselves. What is selected stays so until it ends, runs another
/// program, or the criteria change.
/// </summary>
/// <param name="options">The criteria.</param>
/// <param name="identify">Finds out who a selected process is; null: its executable names it.</param>
internal sealed class CriteriaMatcher(BeylaOptions options, Func<ProcessInfo, ProcessIdentity>? identify = null)
{
    private static readonly Regex Everything = new("", RegexOptions.CultureInvariant);

    private readonly Channel<BeylaOptions> _changes = Channel.CreateUnbounded<BeylaOptions>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<int, ProcessInfo> _running = [];
    private readonly Dictionary<ProcessId, ProcessSelected> _selected = [];
    private IReadOnlyList<ServiceCriteria> _criteria = Ordered(options);

    /// <summary>Puts changed criteria in force: <see cref="RunAsync"/> tells what that means for the processes that run. From any thread.</summary>
    public void Apply(BeylaOptions changed) => _changes.Writer.TryWrite(changed);

    /// <summary>Handles what <paramref name="events"/> brings until it is complete, then completes <paramref name="selections"/>.</summary>
    public async Task RunAsync(ChannelReader<ProcessEvent> events, ChannelWriter<ProcessEvent> selections, CancellationToken stop)
    {
        try
        {
            Task<bool> coming = events.WaitToReadAsync(stop).AsTask(), changing = _changes.Reader.WaitToReadAsync(stop).AsTask();
            while (true)
            {
                await Task.WhenAny(coming, changing).ConfigureAwait(false);
                if (changing.IsCompletedSuccessfully)
                {
                    while (_changes.Reader.TryRead(out BeylaOptions? changed))
                        foreach (ProcessEvent selection in Reselect(changed)) await selections.WriteAsync(selection, stop).ConfigureAwait(false);
                    changing = _changes.Reader.WaitToReadAsync(stop).AsTask();
                }
                if (!coming.IsCompleted) continue;
                if (!await coming.ConfigureAwait(false)) break;
                while (events.TryRead(out ProcessEvent? e))
                    foreach (ProcessEvent selection in Handle(e)) await selections.WriteAsync(selection, stop).ConfigureAwait(false);
                coming = events.WaitToReadAsync(stop).AsTask();
            }
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
    /// <see cref="ProcessDeleted"/> and <see cref="LibrariesLoaded"/> of a selected process, or nothing.
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
            case LibrariesLoaded loaded:
                return _selected.ContainsKey(loaded.Id) ? [loaded] : [];
            case ProcessDeleted deleted:
                return Forget(deleted.Id) ? [deleted] : [];
            default:
                return [];
        }
    }

    /// <summary>Matches all running processes anew.</summary>
    /// <returns>What was selected and is no longer, what is selected now, and what has another service.</returns>
    public IReadOnlyList<ProcessEvent> Reselect(BeylaOptions changed)
    {
        Dictionary<ProcessId, ProcessSelected> before = new(_selected);
        _criteria = Ordered(changed);
        _selected.Clear();
        // Parents before their children.
        foreach (ProcessInfo process in _running.Values.OrderBy(p => p.Id.StartTime).ToList()) Select(process, []);
        return
        [
            .. before.Keys.Where(id => !_selected.ContainsKey(id)).Select(id => new ProcessDeleted(id)),
            .. _selected.Values.Where(s => !before.ContainsKey(s.Process.Id)),
            .. _selected.Values.Where(s => before.TryGetValue(s.Process.Id, out ProcessSelected? old) && old.Service != s.Service)
                .Select(s => new ProcessRenamed(s.Process.Id, s.Service)),
        ];
    }

    private bool Forget(ProcessId id)
    {
        if (_running.TryGetValue(id.Pid, out ProcessInfo? gone) && gone.Id == id) _running.Remove(id.Pid);
        return _selected.Remove(id);
    }

    /// <summary>The criteria of a configuration that a process matches first; null: none.</summary>
    public static ServiceCriteria? Find(BeylaOptions options, ProcessInfo process) => Ordered(options).Find(criteria => Matches(criteria, process));

    /// <summary>The criteria of a configuration in the order in which they are tried.</summary>
    public static IReadOnlyList<ServiceCriteria> RulesOf(BeylaOptions options) => Ordered(options);

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
            ExePath = options.Discovery.SystemWide ? Everything : options.ExecutableName,
        };
        // An entry without any criterion would select the whole machine.
        return [.. options.Discovery.Services.Append(last).Where(criteria => !criteria.OpenPorts.IsEmpty || criteria.ExePath is not null)];
    }
}
