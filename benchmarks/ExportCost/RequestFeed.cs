using System.Runtime.InteropServices;
using Beyla;
using Beyla.Ebpf;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Discovery;
using Beyla.Host.Events;
using Beyla.Host.Spans;
using Beyla.Plugins.NetHttp;
using Microsoft.Extensions.Logging.Abstractions;
using NetHttp.Tests;

namespace ExportCost;

/// <summary>Records of served requests as they lie in the ring, and everything that the agent does with them from there on.</summary>
internal sealed class RequestFeed
{
    private const int Routes = 50;
    private const ulong Duration = 3_000_000;

    private readonly byte[][] _records;
    private readonly EventDispatcher _dispatcher;
    private int _next;

    /// <param name="sinks">Take the spans.</param>
    /// <param name="meters">Take them for metrics.</param>
    /// <param name="losses">The books.</param>
    public RequestFeed(IReadOnlyList<ISpanSink> sinks, IReadOnlyList<ISpanSink> meters, LossLedger losses)
    {
        TracedProcesses processes = new(TimeProvider.System);
        TracedProcess process = processes.Add(handle => new(
            handle, new ProcessInfo(new ProcessId(Environment.ProcessId, 77), 1, "/srv/shop", new HashSet<int> { 8080 }), new ServiceIdentity("shop", "bench"), "go"));
        _records = [.. Enumerable.Range(0, Routes).Select(i => Record(i, process.Handle))];
        _dispatcher = new EventDispatcher(
            [new NetHttpTracer()], processes, new SpanPipeline(sinks, losses, NullLogger<SpanPipeline>.Instance, meters, new BeylaOptions()), losses);
    }

    /// <summary>Handles so many records, as the pump does after a wait.</summary>
    public void Drain(int records)
    {
        ulong now = MonotonicClock.Now;
        for (int i = 0; i < records; i++)
        {
            byte[] record = _records[_next];
            if (++_next == _records.Length) _next = 0;
            ref EventHeader header = ref MemoryMarshal.AsRef<EventHeader>(record.AsSpan());
            (header.Start, header.End) = (now - Duration, now);
            _dispatcher.Dispatch(record);
        }
        _dispatcher.Flush();
    }

    private static byte[] Record(int i, uint process)
    {
        byte[] record = new ServerRecord { Target = $"/shops/{i}/orders/{1000 + i}?page=2", Route = $"/shops/{i}/orders/{{id}}", Router = Router.ServeMux }.ToBytes();
        ref EventHeader header = ref MemoryMarshal.AsRef<EventHeader>(record.AsSpan());
        (header.Tracer, header.Process) = (1, process);
        return record;
    }
}
