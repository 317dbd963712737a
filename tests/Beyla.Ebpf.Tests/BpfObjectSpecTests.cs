using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Tests;

/// <summary>What can be done without any privilege comes first.</summary>
public sealed class BpfObjectSpecTests
{
    [Fact]
    public void Open_NotAnObject_OneSentence()
    {
        BpfException e = Assert.Throws<BpfException>(() => BpfObjectSpec.Open("junk.bpf.o", "this is no ELF file"u8));
        Assert.StartsWith("cannot open the BPF object junk.bpf.o: libbpf says: ", e.Message, StringComparison.Ordinal);
        Assert.True(e.Errno >= 4000, $"errno {e.Errno}");
        Assert.Contains("it is empty", Assert.Throws<BpfException>(() => BpfObjectSpec.Open("junk.bpf.o", [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ListsProgramsAndMaps()
    {
        using BpfObjectSpec spec = TestObject.Open("calls.bpf.o");
        Assert.Equal(["call_begin", "call_end"], spec.Programs);
        Assert.Equal([".rodata", "attachments", "counters", "events"], spec.Maps.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void MissingNames_AreAnsweredWithThoseThatExist()
    {
        using BpfObjectSpec spec = TestObject.Open("calls.bpf.o");
        Assert.Contains("has no program 'x'; it has call_begin, call_end.", Assert.Throws<BpfException>(() => spec.SetAutoload("x", false)).Message, StringComparison.Ordinal);
        Assert.Contains("has no map 'x'; it has .rodata, attachments", Assert.Throws<BpfException>(() => spec.SetMaxEntries("x", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("has no variable 'x'; it has call_layout, marker, negate, tracer_id", Assert.Throws<BpfException>(() => spec.SetVariable("x", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetVariable_OtherSize_NamesBoth()
    {
        using BpfObjectSpec spec = TestObject.Open("calls.bpf.o");
        BpfException e = Assert.Throws<BpfException>(() => spec.SetVariable("tracer_id", 1));
        Assert.Contains("variable 'tracer_id' of calls.bpf.o has 2 byte(s), the value has 4", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void SetVariable_BeforeLoad_ProgramsSeeIt()
    {
        using CallTarget target = CallTarget.Start();
        using BpfObject obj = TestObject.Load("calls.bpf.o", 4096, spec =>
        {
            spec.UseUprobeMulti(true);
            spec.SetVariable("marker", 0xabcd_1234u);
            spec.SetVariable("negate", true);
        });
        using RingConsumer ring = new(obj.Map("events"));
        using UprobeLink link = UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, target.Pid, [target.Sites[0]], UprobeFront.Multi);
        target.Call(0, 21);
        CallRecord record = Assert.Single(CallRecord.ReadAll(ring));
        Assert.Equal((0xabcd_1234u, -21L), (record.Inner, record.Argument));
    }

    [BpfFact]
    public void ReuseMap_TwoObjects_WriteIntoOneRing()
    {
        const uint bytes = 64 * 1024;
        using BpfMap shared = BpfMap.CreateRingBuffer("events", bytes);
        using BpfObject first = TestObject.Load("ring.bpf.o", bytes, s => s.ReuseMap("events", shared));
        using BpfObject second = TestObject.Load("ring.bpf.o", bytes, s => s.ReuseMap("events", shared));
        using RingConsumer ring = new(shared);
        first.Program("produce").Run(Order(1));
        second.Program("produce").Run(Order(2));
        List<byte> numbers = [];
        ring.Drain(r => numbers.Add(r[0]));
        Assert.Equal([1, 2], numbers);
    }

    /// <summary>struct order of ring.bpf.c: one record with this number.</summary>
    private static Span<byte> Order(ulong number) => MemoryMarshal.AsBytes(new ulong[] { number, 1, 0 }.AsSpan());

    [BpfFact]
    public void ReuseMap_OtherLayout_NamesBoth()
    {
        using BpfObjectSpec spec = TestObject.Open("calls.bpf.o");
        using BpfMap counters = BpfMap.Create(BpfMapType.PerCpuArray, "counters", sizeof(uint), 16, 16);
        Assert.Contains("declares PerCpuArray (key 4 bytes, value 8 bytes, 16 entries), the shared map is PerCpuArray (key 4 bytes, value 16 bytes, 16 entries)",
            Assert.Throws<BpfException>(() => spec.ReuseMap("counters", counters)).Message, StringComparison.Ordinal);
        using BpfMap ring = BpfMap.CreateRingBuffer("events", 4096);
        Assert.Contains("declares RingBuffer of 4194304 bytes, the shared map is RingBuffer of 4096 bytes",
            Assert.Throws<BpfException>(() => spec.ReuseMap("events", ring)).Message, StringComparison.Ordinal);
    }
}
