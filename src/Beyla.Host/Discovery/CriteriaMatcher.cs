using System.Threading.Channels;
using Beyla.Host.Configuration;

namespace Beyla.Host.Discovery;

/// <summary>
/// Selects processes: <c>[[discovery.services]]</c> in their order, then <c>open_port</c> and <c>executable_name</c> as one last entry; the
/// first that matches names the service. What is selected stays so until it ends or runs another program.
/// </summary>
internal sealed class CriteriaMatcher(BeylaOptions options)
{
    private readonly IReadOnlyList<ServiceCriteria> _criteria = Ordered(options);
    private readonly Dictionary<ProcessId, string> _selected = [];

    /// <summary>Handles what <paramref name="events"/> brings until it is complete, then completes <paramref name="selections"/>.</summary>
    public async Task RunAsync(ChannelReader<ProcessEvent> events, ChannelWriter<ProcessEvent> selections, CancellationToken stop)
    {
        try
        {
            await foreach (ProcessEvent e in events.ReadAllAsync(stop).ConfigureAwait(false))
                if (Handle(e) is { } selection) await selections.WriteAsync(selection, stop).ConfigureAwait(false);
            selections.TryComplete();
        }
        catch (Exception e)
        {
            selections.TryComplete(e is OperationCanceledException ? null : e);
            throw;
        }
    }

    /// <summary>
    /// What the event means for the selection: <see cref="ProcessSelected"/>, <see cref="ProcessDeleted"/> and <see cref="LibrariesLoaded"/> of a selected process, or null.
    /// </summary>
    public ProcessEvent? Handle(ProcessEvent e) => e switch
    {
        ProcessCreated { Process: var process } => Select(process),
        LibrariesLoaded loaded => _selected.ContainsKey(loaded.Id) ? loaded : null,
        ProcessDeleted deleted => _selected.Remove(deleted.Id) ? deleted : null,
        _ => null,
    };

    private ProcessSelected? Select(ProcessInfo process)
    {
        if (process.Pid == Environment.ProcessId) return null;
        if (_selected.TryGetValue(process.Id, out string? executable) && executable == process.ExecutablePath) return null;
        if (_criteria.FirstOrDefault(criteria => Matches(criteria, process)) is not { } match) return null;

        _selected[process.Id] = process.ExecutablePath;
        return new ProcessSelected(process, new ServiceIdentity(match.Name ?? Path.GetFileName(process.ExecutablePath), match.Namespace));
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
            ExePath = options.ExecutableName,
        };
        // An entry without any criterion would select the whole machine.
        return [.. options.Discovery.Services.Append(last).Where(criteria => !criteria.OpenPorts.IsEmpty || criteria.ExePath is not null)];
    }
}
