using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Tests;

public sealed class RingConsumerTests : IDisposable
{
    private const uint RingBytes = 256 * 1024;
    private const int RecordBytes = 64, HeaderBytes = 8;
    private const ulong WakeByFill = 0, WakeAlways = 1, DiscardOdd = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly BpfObject _obj = TestObject.Load("ring.bpf.o", RingBytes, spec => spec.SetVariable("wakeup_bytes", RingBytes / 2));
    private readonly RingConsumer _ring;

    public RingConsumerTests() => _ring = new RingConsumer(_obj.Map("events"));

    public void Dispose()
    {
        _ring.Dispose();
        _obj.Dispose();
    }

    [BpfFact]
    public void Drain_ManyRecordsAroundTheRing_AllInOrder()
    {
        const ulong batch = 1500, total = 60 * batch; // more than 24 times around
        List<ulong> numbers = new((int)total);
        for (ulong first = 0; first < total; first += batch)
        {
            Produce(first, batch);
            _ring.Drain(r => numbers.Add(Number(r)));
        }
        Assert.Equal(Enumerable.Range(0, (int)total).Select(n => (ulong)n), numbers);
        Assert.Equal(0ul, _ring.Pending);
    }

    [BpfFact]
    public async Task Drain_WhileAnotherThreadProduces_NoGapAndNothingTwice()
    {
        const ulong batch = 200, total = 500 * batch;
        ulong next = 0;
        Task producer = Task.Run(() =>
        {
            for (ulong first = 0; first < total; first += batch)
            {
                SpinUntil(() => _ring.Pending < RingBytes / 2, "the ring stays full");
                Produce(first, batch);
            }
        });
        Stopwatch time = Stopwatch.StartNew();
        while (next < total && time.Elapsed < Deadline) _ring.Drain(r => Assert.Equal(next++, Number(r)));
        await producer;
        Assert.Equal(total, next);
    }

    [BpfFact]
    public void Drain_LargeRecordsAroundTheRing_AreWhole()
    {
        for (ulong i = 0; i < 20; i++)
        {
            Order order = new() { First = i };
            Assert.Equal(0, _obj.Program("produce_large").Run(MemoryMarshal.AsBytes(new Span<Order>(ref order))));
            List<(ulong First, ulong Last)> numbers = [];
            _ring.Drain(r => numbers.Add((Number(r), Number(r[^sizeof(ulong)..]))));
            Assert.Equal([(i, i)], numbers);
        }
    }

    [BpfFact]
    public void Drain_Max_StopsThereAndGoesOnAfterIt()
    {
        Produce(0, 10);
        List<ulong> numbers = [];
        Assert.Equal(4, _ring.Drain(r => numbers.Add(Number(r)), max: 4));
        Assert.Equal((ulong)(6 * (RecordBytes + HeaderBytes)), _ring.Pending);
        Assert.Equal(6, _ring.Drain(r => numbers.Add(Number(r))));
        Assert.Equal(Enumerable.Range(0, 10).Select(n => (ulong)n), numbers);
    }

    [BpfFact]
    public void Drain_DiscardedRecords_AreSkippedAndNotCounted()
    {
        Produce(0, 100, DiscardOdd);
        List<ulong> numbers = [];
        Assert.Equal(50, _ring.Drain(r => numbers.Add(Number(r))));
        Assert.All(numbers, n => Assert.Equal(0ul, n % 2));
        Assert.Equal(0ul, _ring.Pending);
    }

    [BpfFact]
    public async Task Drain_RecordStillReserved_StopsBeforeItUntilItIsSubmitted()
    {
        Produce(1, 1);
        Task producer = Task.Run(() => _obj.Program("hold").Run([]));
        SpinUntil(() => _ring.Pending > RecordBytes + HeaderBytes, "the program reserves nothing");
        int before = _ring.Drain(_ => { });
        int whileHeld = _ring.Drain(_ => { });
        _obj.Map("released").Update(0u, 1ul);
        await producer;
        List<ulong> after = [];
        _ring.Drain(r => after.Add(Number(r)));
        Assert.Equal((1, 0), (before, whileHeld));
        Assert.Equal([7ul], after);
    }

    [BpfFact]
    public void Drain_HandlerThrows_NextDrainStartsAfterThatRecord()
    {
        Produce(0, 10);
        List<ulong> numbers = [];
        Assert.Throws<InvalidDataException>(() => _ring.Drain(r =>
        {
            if (Number(r) == 3) throw new InvalidDataException();
            numbers.Add(Number(r));
        }));
        _ring.Drain(r => numbers.Add(Number(r)));
        Assert.Equal([0, 1, 2, 4, 5, 6, 7, 8, 9], numbers);
    }

    [BpfFact]
    public void Drain_RingWasFull_RefusedRecordsAreCounted()
    {
        const ulong tried = 10_000;
        Produce(0, tried);
        int got = _ring.Drain(_ => { });
        BpfMap counters = _obj.Map("counters");
        const uint events = 0, ringFull = 1; // enum counter
        Assert.InRange(got, 1, (int)tried - 1);
        Assert.Equal((ulong)got, counters.SumPerCpu(events));
        Assert.Equal(tried - (ulong)got, counters.SumPerCpu(ringFull));
    }

    [BpfFact]
    public void Drain_ManyRecords_AllocatesNothing()
    {
        ulong sum = 0;
        RecordHandler handler = r => sum += Number(r);
        Produce(0, 10);
        _ring.Drain(handler);
        Produce(0, 3000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = _ring.Drain(handler);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3000, count);
    }

    [BpfFact]
    public void Wait_FillBelowTheThreshold_TimesOutWithRecordsPending()
    {
        Produce(0, 10);
        Assert.False(_ring.Wait(TimeSpan.FromMilliseconds(5)));
        Assert.Equal(10, _ring.Drain(_ => { }));
    }

    [BpfFact]
    public void Wait_FillAboveTheThreshold_Wakes()
    {
        Produce(0, RingBytes / 2 / (RecordBytes + HeaderBytes) + 10);
        Assert.True(_ring.Wait(Deadline));
    }

    [BpfFact]
    public async Task Wait_WakeUpWhileAsleep_Wakes()
    {
        Task<bool> wait = Task.Run(() => _ring.Wait(Deadline));
        Produce(0, 1, WakeAlways);
        Assert.True(await wait);
        Assert.Equal(1, _ring.Drain(_ => { }));
    }

    [BpfFact]
    public void Wait_AfterAWakeUp_QuietRecordsDoNotWakeAgain()
    {
        Produce(0, 1, WakeAlways);
        Assert.True(_ring.Wait(Deadline));
        _ring.Drain(_ => { });
        Produce(1, 5, WakeByFill);
        Assert.False(_ring.Wait(TimeSpan.FromMilliseconds(5)));
    }

    [BpfFact]
    public async Task Wake_FromAnotherThread_EndsTheWaitOnce()
    {
        Task<bool> wait = Task.Run(() => _ring.Wait(Deadline));
        _ring.Wake();
        Assert.True(await wait);
        Assert.False(_ring.Wait(TimeSpan.Zero));
    }

    [BpfFact]
    public void Now_AroundARecord_IsTheProgramsClock()
    {
        ulong before = MonotonicClock.Now;
        Produce(0, 1);
        ulong after = MonotonicClock.Now, time = 0;
        _ring.Drain(r => time = MemoryMarshal.Read<ulong>(r[8..]));
        Assert.InRange(time, before, after);
    }

    private void Produce(ulong first, ulong count, ulong mode = WakeByFill)
    {
        Order order = new() { First = first, Count = count, Mode = mode };
        _obj.Program("produce").Run(MemoryMarshal.AsBytes(new Span<Order>(ref order)));
    }

    private static ulong Number(ReadOnlySpan<byte> record) => MemoryMarshal.Read<ulong>(record);

    private static void SpinUntil(Func<bool> condition, string otherwise) => Assert.True(SpinWait.SpinUntil(condition, Deadline), otherwise);

    private struct Order
    {
        public ulong First, Count, Mode;
    }
}
