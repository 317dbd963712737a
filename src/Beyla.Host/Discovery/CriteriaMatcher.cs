using System.Text.RegularExpressions;
using System.Threading.Channels;
using Beyla.Host.Configuration;

namespace Beyla.Host.Discovery;

/// <summary>
/// Selects processes: <c>[[discovery.services]]</c> in their order, then <c>open_port</c> and <c>executable_name</c> as one last entry; the
/// first that matches names the service. What is selected stays so until it ends, runs another program, or the criteria change.
/// </summary>
/// <param name="options">The criteria.</param>
internal sealed class CriteriaMatcher(BeylaOptions options)
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
                    if (Handle(e) is { } selection) await selections.WriteAsync(selection, stop).ConfigureAwait(false);
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
    /// What the event means for the selection: <see cref="ProcessSelected"/>, <see cref="ProcessDeleted"/> of a selected process, or null.
    /// </summary>
    public ProcessEvent? Handle(ProcessEvent e) => e switch
    {
        ProcessCreated { Process: var process } => Select(_running[process.Pid] = process),
        ProcessDeleted deleted => Forget(deleted.Id) ? deleted : null,
        _ => null,
    };

    /// <summary>Matches all running processes anew.</summary>
    /// <returns>What was selected and is no longer, what is selected now, and what has another service.</returns>
    public IReadOnlyList<ProcessEvent> Reselect(BeylaOptions changed)
    {
        Dictionary<ProcessId, ProcessSelected> before = new(_selected);
        _criteria = Ordered(changed);
        _selected.Clear();
        // Parents before their children.
        foreach (ProcessInfo process in _running.Values.OrderBy(p => p.Id.StartTime).ToList()) Select(process);
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

    private ProcessSelected? Select(ProcessInfo process)
    {
        if (process.Pid == Environment.ProcessId) return null;
        if (_selected.TryGetValue(process.Id, out ProcessSelected? known) && known.Process.ExecutablePath == process.ExecutablePath) return null;
        if (_criteria.FirstOrDefault(criteria => Matches(criteria, process)) is not { } match) return null;

        return _selected[process.Id] =
            new ProcessSelected(process, new ServiceIdentity(match.Name ?? Path.GetFileName(process.ExecutablePath), match.Namespace));
    }

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
