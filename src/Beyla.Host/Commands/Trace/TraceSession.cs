using System.Buffers.Binary;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Discovery;
using Beyla.Host.Events;

namespace Beyla.Host.Commands.Trace;

/// <summary>The probes on one function of one or more processes that run the same executable, and the records that they write.</summary>
internal sealed class TraceSession : IDisposable
{
    private const string Resource = "function_trace.bpf.o";
    private const int Buckets = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10), CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly BpfObject _programs;
    private readonly RingConsumer _ring;
    private readonly BpfCounters _counters;
    private readonly List<UprobeLink> _links = [];
    private readonly UprobeFront _front = KernelFeatures.UprobeMulti.IsSupported ? UprobeFront.Multi : UprobeFront.Perf;

    /// <summary>Loads the programs and hands them the table.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    public TraceSession(TracePlan plan)
    {
        using BpfObjectSpec spec = Open();
        if (!spec.Btf.TryGetEnum("counter", out IReadOnlyDictionary<string, long>? counters)) throw new InvalidOperationException($"{Resource} has no counters.");
        spec.UseUprobeMulti(_front == UprobeFront.Multi);
        _programs = spec.Load();
        try
        {
            _counters = new BpfCounters(_programs.Map("counters"), counters);
            _programs.Map("trace_plans").Update(new byte[sizeof(uint)], plan.ToBytes());
            _ring = new RingConsumer(_programs.Map("events"));
        }
        catch
        {
            _programs.Dispose();
            throw;
        }
    }

    /// <summary>The compiled object, not loaded.</summary>
    internal static BpfObjectSpec Open()
    {
        using Stream resource = typeof(TraceSession).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the host was built without its BPF object '{Resource}'.");
        byte[] image = new byte[resource.Length];
        resource.ReadExactly(image);
        return BpfObjectSpec.Open(Resource, image);
    }

    /// <summary>Attaches to a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="function">The function, as found in its executable.</param>
    /// <param name="bias">What is to be added to link-time addresses.</param>
    /// <exception cref="BpfException">The kernel refused, or the process has ended.</exception>
    /// <exception cref="StaleExecutableException">The process does not run the code that was inspected.</exception>
    public void Attach(ProcessInfo process, TracedFunction function, ulong bias)
    {
        using FileStream code = new(process.ExecutableLink, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        byte[] address = new byte[sizeof(ulong)];
        foreach (ulong returnAddress in function.Callers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(address, returnAddress + bias);
            _programs.Map("float_callers").Update(address, new byte[sizeof(uint)]);
        }
        // Ends first: a call that is seen to begin is then seen to end.
        Attach("result_moved", process, function.MovedResults, code);
        Attach(function.IsC ? "c_function_returned" : "function_returns", process, function.Returns, code);
        Attach("function_entered", process, function.Entries, code);
    }

    /// <summary>Hands over what has come, after waiting for a moment.</summary>
    public void Read(RecordHandler handler)
    {
        _ring.Wait(Patience);
        _ring.Drain(handler);
    }

    /// <summary>What the programs counted beside the calls: losses and oddities, by name.</summary>
    public IEnumerable<(string Name, ulong Count)> Counts() => _counters.Read().Where(c => c.Value > 0 && c.Name != LossReason.Events);

    /// <summary>Calls so far by latency: bucket n holds those of 2^n to 2^(n+1) ns.</summary>
    public ulong[] Latencies()
    {
        BpfMap map = _programs.Map("latencies");
        return [.. Enumerable.Range(0, Buckets).Select(i => map.SumPerCpu((uint)i))];
    }

    /// <summary>Takes the probes off; what is in the ring can still be read.</summary>
    public void Detach()
    {
        foreach (UprobeLink link in _links) link.DisposeInBackground();
        _links.Clear();
        UprobeLink.DrainClosing(CloseTimeout);
    }

    public void Dispose()
    {
        Detach();
        _ring.Dispose();
        _programs.Dispose();
    }

    private void Attach(string program, ProcessInfo process, IReadOnlyList<PlannedSite> sites, FileStream code)
    {
        if (sites.Count == 0) return;
        foreach (PlannedSite site in sites) SiteBytes.Verify(site, code);
        UprobeSite[] places = [.. sites.DistinctBy(s => s.FileOffset).Select(s => new UprobeSite(s.FileOffset, SiteCookie.Of(0, s.Site)))];
        _links.Add(UprobeLink.Attach(_programs.Program(program), process.ExecutableLink, process.Pid, places, _front));
    }
}
