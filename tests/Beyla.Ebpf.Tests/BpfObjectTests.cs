using System.Diagnostics;

namespace Beyla.Ebpf.Tests;

public sealed class BpfObjectTests
{
    [BpfFact]
    public void Load_VerifierRejects_SummaryInMessageAndWholeLog()
    {
        using BpfObjectSpec spec = TestObject.Open("rejected.bpf.o");
        BpfException e = Assert.Throws<BpfException>(spec.Load);
        Assert.Contains("cannot load the BPF program 'reads_from_nowhere' of rejected.bpf.o", e.Message, StringComparison.Ordinal);
        Assert.Contains("R1 invalid mem access 'scalar', at '", e.Message, StringComparison.Ordinal);
        Assert.Contains("rejected.bpf.c:18", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Contains("processed ", e.VerifierLog, StringComparison.Ordinal);
        Assert.True(e.VerifierLog!.Split('\n').Length > 4, e.VerifierLog);
    }

    [BpfFact]
    public void Load_RejectedProgramLeftOut_OthersLoad()
    {
        using BpfObjectSpec spec = TestObject.Open("rejected.bpf.o");
        spec.SetAutoload("reads_from_nowhere", false);
        using BpfObject obj = spec.Load();
        Assert.Equal(["good"], obj.Programs.Select(p => p.Name));
        BpfException e = Assert.Throws<BpfException>(() => obj.Program("reads_from_nowhere"));
        Assert.Contains("has no loaded program 'reads_from_nowhere'; it has good", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void ProgramAndMap_MissingName_NamesThoseThatExist()
    {
        using BpfObject obj = TestObject.Load("calls.bpf.o", 4096);
        Assert.Contains("it has call_begin, call_end", Assert.Throws<BpfException>(() => obj.Program("nothing")).Message, StringComparison.Ordinal);
        Assert.Contains("it has .rodata, attachments, counters, events", Assert.Throws<BpfException>(() => obj.Map("nothing")).Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Spec_AfterLoad_IsDisposedOf()
    {
        BpfObjectSpec spec = TestObject.Open("rejected.bpf.o");
        spec.SetAutoload("reads_from_nowhere", false);
        spec.Load().Dispose();
        Assert.Throws<ObjectDisposedException>(() => spec.SetAutoload("good", true));
        Assert.Throws<ObjectDisposedException>(spec.Load);
    }

    [BpfFact]
    public void Load_TypicalTracer_IsFast()
    {
        TestObject.Load("calls.bpf.o", 8 << 20).Dispose(); // the first one pays for code that is compiled on the way
        double best = double.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            TestObject.Load("calls.bpf.o", 8 << 20).Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        Assert.InRange(best, 0, 60);
    }

    [BpfFact]
    public void Maps_HashAndLru_UpdateLookupDelete()
    {
        foreach (BpfMapType type in new[] { BpfMapType.Hash, BpfMapType.LruHash })
        {
            using BpfMap map = BpfMap.Create(type, "test", sizeof(uint), sizeof(ulong), 64);
            map.Update(5u, 50ul);
            Assert.True(map.TryLookup(5u, out ulong value));
            Assert.Equal(50ul, value);
            Assert.True(map.Delete(5u));
            Assert.False(map.Delete(5u));
            Assert.False(map.TryLookup(5u, out value));
        }
    }

    [BpfFact]
    public void Update_HashIsFull_SaysSo()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, "small", sizeof(uint), sizeof(uint), 2);
        map.Update(1u, 1u);
        map.Update(2u, 2u);
        BpfException e = Assert.Throws<BpfException>(() => map.Update(3u, 3u));
        Assert.Contains("cannot write to map 'small'", e.Message, StringComparison.Ordinal);
        Assert.Contains("the map is full", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Update_WrongSize_SaysWhichSize()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Array, "test", sizeof(uint), sizeof(ulong), 1);
        Assert.Contains("takes 8 bytes, not 4", Assert.Throws<ArgumentException>(() => map.Update(0u, 0u)).Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void CreateRingBuffer_SizeIsNoPowerOfTwo_SaysWhat()
    {
        BpfException e = Assert.Throws<BpfException>(() => BpfMap.CreateRingBuffer("odd", 5000));
        Assert.Contains("cannot create map 'odd', RingBuffer of 5000 bytes", e.Message, StringComparison.Ordinal);
    }
}
