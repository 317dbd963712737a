using System.Runtime.InteropServices;
using Beyla.Ebpf;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Discovery;

/// <summary>
/// The kernel's own word on processes: bpf/process_watcher.bpf.c, loaded and attached. Needs tp_btf (Linux 5.5 with BTF), the ring buffer (5.8)
/// and CAP_BPF with CAP_PERFMON, or CAP_SYS_ADMIN.
/// </summary>
internal sealed class ProcessEventSource : IDisposable
{
    private const string Resource = "process_watcher.bpf.o";
    private const uint InitialNamespace = 0xEFFFFFFC; // PROC_PID_INIT_INO of include/linux/proc_ns.h
    private const uint RingFull = 1;                  // COUNT_RING_FULL of bpf/include/beyla/counters.h
    private static readonly string[] Hooks = ["process_forked", "process_executed", "process_exited", "process_listens"];

    private readonly BpfObject _programs;
    private readonly List<TracingLink> _links = [];
    private readonly RingConsumer _ring;

    private ProcessEventSource(uint pidNamespace, bool iterate)
    {
        _programs = Load(pidNamespace, ref iterate);
        try
        {
            _ring = new RingConsumer(_programs.Map("process_records"));
            if (iterate) Listeners = ListenerIterator.TryAttach(_programs.Program(ListenerIterator.Name));
            foreach (string hook in Hooks) _links.Add(TracingLink.Attach(_programs.Program(hook)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Lists the sockets that listen; null where the kernel cannot.</summary>
    public ListenerIterator? Listeners { get; }

    /// <summary>The marks on processes, which children inherit (bpf/include/beyla/shared_targets.h).</summary>
    public BpfMap Targets => _programs.Map("shared_targets");

    /// <summary>For a uprobe on a dynamic linker's <c>_dl_debug_state</c>: tells of libraries that are loaded.</summary>
    public BpfProgram LibrariesChanged => _programs.Program("libraries_changed");

    /// <summary>Records that were lost because the ring was full.</summary>
    public ulong Lost => _programs.Map("counters").SumPerCpu(RingFull);

    /// <summary>Starts listening to the kernel. Records begin to gather at once.</summary>
    /// <param name="pidNamespace">Inode of the PID namespace to which pids belong; null: the agent's own.</param>
    /// <param name="iterate">Whether to list sockets by the kernel's iterator, if it can.</param>
    /// <exception cref="BpfException">The kernel lacks something, or refused.</exception>
    public static ProcessEventSource Open(uint? pidNamespace = null, bool iterate = true) =>
        new(pidNamespace ?? Procfs.OwnPidNamespace() ?? InitialNamespace, iterate);

    /// <summary>Like <see cref="Open"/>; null, and one line in the log, when it does not work.</summary>
    public static ProcessEventSource? TryOpen(ILogger log)
    {
        try
        {
            return Open();
        }
        catch (BpfException e)
        {
            log.LogWarning("New processes are found by polling /proc only, up to one poll_interval late: {Reason}", e.Message);
            return null;
        }
    }

    // Tried, not asked: the iterator needs a newer kernel than the hooks.
    private static BpfObject Load(uint pidNamespace, ref bool iterate)
    {
        try
        {
            return Prepare(pidNamespace, iterate).Load();
        }
        catch (BpfException) when (iterate)
        {
            iterate = false;
            return Prepare(pidNamespace, iterate).Load();
        }
    }

    private static BpfObjectSpec Prepare(uint pidNamespace, bool iterate)
    {
        BpfObjectSpec spec = OpenObject();
        spec.SetVariable("pid_namespace_inode", pidNamespace == InitialNamespace ? 0u : pidNamespace);
        spec.SetAutoload(ListenerIterator.Name, iterate);
        spec.UseUprobeMulti(KernelFeatures.UprobeMulti.IsSupported);
        return spec;
    }

    /// <summary>The compiled object, not loaded.</summary>
    internal static BpfObjectSpec OpenObject()
    {
        using Stream resource = typeof(ProcessEventSource).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the host was built without its BPF object '{Resource}'.");
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);
        return BpfObjectSpec.Open(Resource, image);
    }

    /// <inheritdoc cref="RingConsumer.Wait"/>
    public void Wait(TimeSpan timeout) => _ring.Wait(timeout);

    /// <inheritdoc cref="RingConsumer.Wake"/>
    public void Wake() => _ring.Wake();

    /// <summary>Hands over the records that have gathered.</summary>
    public void Drain(Action<ProcessRecord> handler) => _ring.Drain(record => handler(MemoryMarshal.Read<ProcessRecord>(record)));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TracingLink link in _links) link.Dispose();
        Listeners?.Dispose();
        _ring?.Dispose();
        _programs.Dispose();
    }
}
