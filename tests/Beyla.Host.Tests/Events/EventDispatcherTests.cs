using Beyla.Host.Attachment;
using Beyla.Host.Events;
using Beyla.Host.Export;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Spans;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beyla.Host.Tests.Events;

public sealed class EventDispatcherTests
{
    private readonly LossLedger _losses = new();
    private readonly TracedProcesses _processes = new(TimeProvider.System);
    private readonly CountingSink _sink = new();

    private EventDispatcher Dispatcher(params ISpanSink[] more) =>
        new([new EchoTracer()], _processes, new SpanPipeline([_sink, .. more], _losses, NullLogger<SpanPipeline>.Instance), _losses);

    [Fact]
    public void Dispatch_RecordOfKnownProcess_GivesOneSpanWithFreshIds()
    {
        uint handle = _processes.Add(SpanRecords.Process).Handle;
        EventDispatcher dispatcher = Dispatcher();

        dispatcher.Dispatch(SpanRecords.Header(1, handle));
        TraceId first = _sink.LastTrace;
        dispatcher.Dispatch(SpanRecords.Header(1, handle));

        Assert.Equal(2, _sink.Count);
        Assert.False(_sink.LastSpan.IsEmpty);
        Assert.NotEqual(first, _sink.LastTrace);
    }

    [Fact]
    public void Dispatch_RecordOfUnknownProcess_IsCountedAgainstItsTracer()
    {
        Dispatcher().Dispatch(SpanRecords.Header(1, 77));

        Assert.Equal(0, _sink.Count);
        Assert.Equal([("echo", LossReason.UnknownProcess, 1L)], _losses.Read());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(65535)]
    public void Dispatch_RecordOfUnknownTracer_IsCountedAgainstTheHost(int tracer)
    {
        Dispatcher().Dispatch(SpanRecords.Header((ushort)tracer, 1));

        Assert.Equal([("host", LossReason.UnknownTracer, 1L)], _losses.Read());
    }

    [Fact]
    public void Dispatch_RecordShorterThanAHeader_IsCounted()
    {
        Dispatcher().Dispatch(new byte[10]);

        Assert.Equal([("host", LossReason.UnknownTracer, 1L)], _losses.Read());
    }

    [Fact]
    public void Dispatch_ManyRecords_AllocateNothingBetweenRingAndPrinter()
    {
        byte[] record = SpanRecords.Header(1, _processes.Add(SpanRecords.Process).Handle);
        using JsonSpanPrinter json = new(Stream.Null);
        EventDispatcher dispatcher = Dispatcher(json, new TextSpanPrinter(Stream.Null));

        int dispatched = 0;
        Assert.Equal(0, Allocations.InSteadyState(() =>
        {
            dispatcher.Dispatch(record);
            if (++dispatched % 10_000 == 0) dispatcher.Flush();
        }));
    }

    [Fact]
    public void TracedProcesses_EndedProcess_IsStillKnownToItsLastRecords()
    {
        uint handle = _processes.Add(SpanRecords.Process).Handle;
        _processes.End(handle);

        Dispatcher().Dispatch(SpanRecords.Header(1, handle));

        Assert.Equal(1, _sink.Count);
    }
}
