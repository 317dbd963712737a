using System.Net;
using System.Net.Sockets;
using Beyla.Ebpf.Native;

namespace Beyla.Ebpf.Tests;

public sealed class KernelHookTests
{
    private const uint TracerCounter = 8; // COUNT_BY_TP_BTF

    [BpfFact]
    public void TracingLink_TpBtfAndRawTracepoint_CountUntilDisposed()
    {
        using BpfObject obj = Load("by_tp_btf", "by_raw_tp");
        foreach ((string program, uint counter) in new[] { ("by_tp_btf", TracerCounter), ("by_raw_tp", TracerCounter + 1) })
        {
            using (TracingLink.Attach(obj.Program(program)))
            {
                _ = File.Exists("/"); // a system call
                Assert.True(obj.Map("counters").SumPerCpu(counter) > 0, $"{program} has seen no system call");
            }
            // A call that another thread is in the middle of may still be counted, so not the first look decides.
            Assert.True(SpinWait.SpinUntil(() => IsQuiet(obj.Map("counters"), counter), TimeSpan.FromSeconds(20)), $"{program} still counts");
        }
    }

    [BpfFact]
    public void Iterator_TaskFile_SeesAListeningSocketOfThisProcess()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Listener mine = new((uint)Environment.ProcessId, (uint)((IPEndPoint)listener.LocalEndpoint).Port);
        using BpfObject obj = Load("listeners");
        using (BpfIterator all = BpfIterator.Attach(obj.Program("listeners")))
            Assert.Contains(mine, all.Run<Listener>());
        using BpfIterator own = BpfIterator.Attach(obj.Program("listeners"), Environment.ProcessId);
        Assert.Contains(mine, own.Run<Listener>());
        listener.Stop();
        Assert.DoesNotContain(mine, own.Run<Listener>());
        Assert.All(own.Run<Listener>(), l => Assert.Equal(mine.Pid, l.Pid));
    }

    [BpfFact]
    public void Attach_ProgramOfAnotherKind_SaysSo()
    {
        using BpfObject obj = Load("listeners", "by_raw_tp");
        Assert.Contains("none of tp_btf", Assert.Throws<BpfException>(() => TracingLink.Attach(obj.Program("listeners"))).Message, StringComparison.Ordinal);
        Assert.Contains("is no iterator", Assert.Throws<BpfException>(() => BpfIterator.Attach(obj.Program("by_raw_tp"))).Message, StringComparison.Ordinal);
        Assert.Contains("is no uprobe", Assert.Throws<BpfException>(
            () => UprobeLink.Attach(obj.Program("by_raw_tp"), "/bin/true", 0, [new UprobeSite(0, 0)], UprobeFront.Multi)).Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Load_HookIsNotInTheKernel_SaysSoWithLibbpfsWordsAndPrintsNothing()
    {
        BpfException e = Assert.Throws<BpfException>(() => Load("by_missing"));
        Assert.Contains("cannot load the BPF program 'by_missing' of kernel_hooks.bpf.o: this kernel has no such hook or type", e.Message, StringComparison.Ordinal);
        Assert.Contains("libbpf: prog 'by_missing': failed to find kernel BTF type ID of 'no_such_tracepoint'", e.Message, StringComparison.Ordinal);
        Assert.Contains(LibbpfLog.Lines, l => l.Contains("failed to load object", StringComparison.Ordinal)); // taken, so not printed
    }

    [BpfFact]
    public void KernelFeatures_FoundByTrying_AgreeWithRealPrograms()
    {
        Compare(KernelFeatures.TpBtf("sys_enter"), "by_tp_btf");
        Compare(KernelFeatures.RawTracepoint("sys_enter"), "by_raw_tp");
        Compare(KernelFeatures.Fentry("tcp_sendmsg"), "by_fentry");
        Compare(KernelFeatures.TpBtf("no_such_tracepoint"), "by_missing");
        Compare(KernelFeatures.Kprobe("tcp_sendmsg"), "by_kprobe");
    }

    /// <summary>Whether a hundred system calls leave the counter as it is.</summary>
    private static bool IsQuiet(BpfMap counters, uint counter)
    {
        ulong before = counters.SumPerCpu(counter);
        for (int i = 0; i < 100; i++) _ = File.Exists("/");
        return counters.SumPerCpu(counter) == before;
    }

    private static void Compare(FeatureResult feature, string program)
    {
        Assert.NotEqual(FeatureAnswer.Unknown, feature.Answer);
        BpfException? refusal = null;
        try
        {
            using BpfObject obj = Load(program);
            TracingLink.Attach(obj.Program(program)).Dispose();
        }
        catch (BpfException e)
        {
            refusal = e;
        }
        Assert.True(feature.IsSupported == (refusal is null), $"{program}: probe says {feature}, the real program: {refusal?.Message ?? "attached"}");
        Assert.Equal(feature.IsSupported, feature.Reason.Length == 0);
    }

    private static BpfObject Load(params string[] programs)
    {
        using BpfObjectSpec spec = TestObject.Open("kernel_hooks.bpf.o");
        foreach (string program in spec.Programs) spec.SetAutoload(program, programs.Contains(program));
        spec.SetVariable("wanted", (uint)Environment.ProcessId);
        return spec.Load();
    }

    private record struct Listener(uint Pid, uint Port);
}
