using System.Diagnostics;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Events;

namespace Beyla.Host.Control;

/// <summary>
/// One client of <c>beyla top</c>: its view of the spans, and the cost of the tracers' programs, which the kernel measures while somebody watches
/// (some 20 ns a run).
/// </summary>
internal sealed class TopWatch : IDisposable
{
    private readonly LiveView _view;
    private readonly IReadOnlyList<TracerHost> _tracers;
    private readonly AttachmentBook _book;
    private readonly LossLedger _losses;
    private readonly IDisposable? _measuring;
    private readonly Dictionary<string, ProgramRuns> _before = [];
    private long _since = Stopwatch.GetTimestamp();

    public TopWatch(LiveView view, IReadOnlyList<TracerHost> tracers, AttachmentBook book, LossLedger losses)
    {
        (_view, _tracers, _book, _losses) = (view, tracers, book, losses);
        try
        {
            _measuring = ProgramStatistics.Enable();
            _ = Costs();
        }
        // CAP_SYS_ADMIN is missing: then there are spans without costs.
        catch (BpfException) { }
    }

    /// <summary>What came since the last time.</summary>
    public TopReport Take()
    {
        long now = Stopwatch.GetTimestamp();
        double seconds = Stopwatch.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        return new TopReport(
            seconds, _book.Entries.Count(e => e.Links is not null), _view.Take(), _measuring is null ? [] : Costs(),
            _losses.Read().Where(l => LossReason.IsLoss(l.Reason)).Sum(l => l.Count));
    }

    public void Dispose()
    {
        _measuring?.Dispose();
        _view.Dispose();
    }

    private List<ProbeCost> Costs()
    {
        List<ProbeCost> costs = [];
        foreach (TracerHost tracer in _tracers)
        {
            ProgramRuns runs = tracer.Runs, before = _before.GetValueOrDefault(tracer.Name);
            _before[tracer.Name] = runs;
            if (runs.Runs > before.Runs) costs.Add(new ProbeCost(tracer.Name, (long)(runs.Runs - before.Runs), (long)(runs.RunTimeNs - before.RunTimeNs)));
        }
        return costs;
    }
}
