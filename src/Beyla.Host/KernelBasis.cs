using Beyla.Ebpf;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Microsoft.Extensions.Logging;

namespace Beyla.Host;

/// <summary>
/// What the agent has of the kernel before any tracer: the events ring, the way to attach uprobes, the source of events of processes. Made on a
/// thread of its own, while the plugins are loaded: each takes a good part of a start.
/// </summary>
internal sealed class KernelBasis : IDisposable
{
    private readonly Task _made;
    private BpfMap? _ring;

    public KernelBasis(BeylaOptions options, ILogger<ProcessWatcher> log) => _made = Task.Run(() =>
    {
        _ring = BpfMap.CreateRingBuffer("events", (uint)options.Ebpf.RingSize);
        Front = KernelFeatures.UprobeMulti.IsSupported ? UprobeFront.Multi : UprobeFront.Perf;
        Processes = ProcessEventSource.TryOpen(log);
    });

    /// <summary>The ring that all tracers write to.</summary>
    public BpfMap Ring => _ring!;

    /// <summary>How uprobes are attached.</summary>
    public UprobeFront Front { get; private set; }

    /// <summary>The kernel's word on processes; null where it gives none.</summary>
    public ProcessEventSource? Processes { get; private set; }

    /// <summary>Waits until everything above is there.</summary>
    /// <exception cref="BpfException">The kernel does not give what the agent cannot do without.</exception>
    public Task ReadyAsync() => _made;

    public void Dispose()
    {
        // Not asked for its outcome: a failure was told to whoever waited, and otherwise the run has ended for another reason.
        Task.WaitAny(_made);
        Processes?.Dispose();
        _ring?.Dispose();
    }
}
