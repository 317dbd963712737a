namespace Beyla.Ebpf.Tests;

public sealed class UprobeLinkTests : IDisposable
{
    private const uint RingBytes = 64 * 1024;

    private readonly CallTarget _target = CallTarget.Start();
    private readonly CallTarget _other = CallTarget.Start();

    public void Dispose()
    {
        _target.Dispose();
        _other.Dispose();
    }

    [BpfFact]
    public void Multi_OneOfTwoProcesses_OnlyItFiresAndTheOtherKeepsItsText() => OnlyTheChosenProcessFires(UprobeFront.Multi);

    [BpfFact]
    public void Perf_OneOfTwoProcesses_OnlyItFiresAndTheOtherKeepsItsText() => OnlyTheChosenProcessFires(UprobeFront.Perf);

    private void OnlyTheChosenProcessFires(UprobeFront front)
    {
        string text = _target.Text(), otherText = _other.Text();
        using BpfObject obj = Load(front);
        using RingConsumer ring = new(obj.Map("events"));
        using (UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, _target.Pid, _target.Sites, front))
        {
            Assert.Equal(10, _target.Breakpoints());
            Assert.Equal(otherText, _other.Text());

            Assert.Equal(13, _target.Call(3, 5));
            Assert.Equal(29, _target.Call(9, 10, onThread: true));
            Assert.Equal(13, _other.Call(3, 5));

            Assert.Equal(
                [((uint)_target.Pid, 1003ul, 5L), ((uint)_target.Pid, 1009ul, 10L)],
                CallRecord.ReadAll(ring).Select(r => (r.Process, r.Cookie, r.Argument)));
        }
        Assert.True(UprobeLink.DrainClosing(TimeSpan.FromSeconds(20)), "probes are still being closed");
        Assert.Equal(text, _target.Text());
        _target.Call(3, 5);
        Assert.Empty(CallRecord.ReadAll(ring));
    }

    [BpfFact]
    public void Multi_PidZero_EveryProcessFires()
    {
        using BpfObject obj = Load(UprobeFront.Multi);
        using RingConsumer ring = new(obj.Map("events"));
        using UprobeLink link = UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, 0, _target.Sites, UprobeFront.Multi);
        _target.Call(1, 1);
        _other.Call(2, 2);
        using CallTarget later = CallTarget.Start();
        later.Call(3, 3);
        Assert.Equal(
            [((uint)_target.Pid, 1001ul), ((uint)_other.Pid, 1002ul), ((uint)later.Pid, 1003ul)],
            CallRecord.ReadAll(ring).Select(r => (r.Process, r.Cookie)));
    }

    [BpfFact]
    public void Multi_ReturnProgram_GetsTheResult() => ReturnProgramGetsTheResult(UprobeFront.Multi);

    [BpfFact]
    public void Perf_ReturnProgram_GetsTheResult() => ReturnProgramGetsTheResult(UprobeFront.Perf);

    private void ReturnProgramGetsTheResult(UprobeFront front)
    {
        using BpfObject obj = Load(front);
        using RingConsumer ring = new(obj.Map("events"));
        using (UprobeLink.Attach(obj.Program("call_end"), CallTarget.Path, _target.Pid, [_target.Sites[4]], front))
            _target.Call(4, 100);
        CallRecord record = Assert.Single(CallRecord.ReadAll(ring));
        Assert.Equal((2, 1004ul, 204L), (record.Kind, record.Cookie, record.Argument));
    }

    [BpfFact]
    public void DisposeInBackground_ManyLinks_AllGoneAfterDraining()
    {
        using BpfObject obj = Load(UprobeFront.Multi);
        List<UprobeLink> links = [.. _target.Sites.Select(site => UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, _target.Pid, [site], UprobeFront.Multi))];
        Assert.Equal(10, _target.Breakpoints());
        foreach (UprobeLink link in links) link.DisposeInBackground();
        Assert.True(UprobeLink.DrainClosing(TimeSpan.FromSeconds(20)), "links are still being closed");
        Assert.Equal(0, _target.Breakpoints());
    }

    [BpfFact]
    public void Attach_OffsetBeyondTheFile_SaysSoAndAttachesNothing()
    {
        foreach (UprobeFront front in new[] { UprobeFront.Multi, UprobeFront.Perf })
        {
            using BpfObject obj = Load(front);
            BpfException e = Assert.Throws<BpfException>(() => UprobeLink.Attach(
                obj.Program("call_begin"), CallTarget.Path, _target.Pid, [_target.Sites[0], new UprobeSite(0x7fff_0000, 1)], front));
            Assert.Contains("offset 0x7fff0000 lies beyond the end of the file", e.Message, StringComparison.Ordinal);
            Assert.True(UprobeLink.DrainClosing(TimeSpan.FromSeconds(20)), "probes are still being closed");
            Assert.Equal(0, _target.Breakpoints());
        }
    }

    [BpfFact]
    public void Attach_ProcessHasEnded_SaysSo()
    {
        IReadOnlyList<UprobeSite> sites = _other.Sites;
        int pid = _other.Pid;
        _other.Dispose();
        using BpfObject obj = Load(UprobeFront.Multi);
        BpfException e = Assert.Throws<BpfException>(() => UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, pid, sites, UprobeFront.Multi));
        Assert.Contains("the process has ended", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Attach_FileIsMissing_SaysSo()
    {
        using BpfObject obj = Load(UprobeFront.Multi);
        BpfException e = Assert.Throws<BpfException>(() => UprobeLink.Attach(obj.Program("call_begin"), "/no/such/file", 0, _target.Sites, UprobeFront.Multi));
        Assert.Contains("/no/such/file", e.Message, StringComparison.Ordinal);
        Assert.Contains("the file cannot be opened", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Attach_ProgramLoadedForTheOtherFront_SaysWhatToCall()
    {
        using BpfObject obj = Load(UprobeFront.Perf);
        BpfException e = Assert.Throws<BpfException>(() => UprobeLink.Attach(
            obj.Program("call_begin"), CallTarget.Path, _target.Pid, _target.Sites, UprobeFront.Multi));
        Assert.Contains("call UseUprobeMulti(true) before Load", e.Message, StringComparison.Ordinal);
    }

    [BpfFact]
    public void Multi_TargetKilledWhileAttached_DisposeSucceeds()
    {
        using BpfObject obj = Load(UprobeFront.Multi);
        UprobeLink link = UprobeLink.Attach(obj.Program("call_begin"), CallTarget.Path, _target.Pid, _target.Sites, UprobeFront.Multi);
        _target.Dispose();
        link.Dispose();
        _other.Call(1, 1);
    }

    [BpfFact]
    public void Statistics_WhileEnabled_CountRuns()
    {
        using BpfObject obj = Load(UprobeFront.Multi);
        BpfProgram program = obj.Program("call_begin");
        using (ProgramStatistics.Enable())
        using (UprobeLink.Attach(program, CallTarget.Path, _target.Pid, _target.Sites, UprobeFront.Multi))
            for (int i = 0; i < 7; i++) _target.Call(i, 1);
        ProgramRuns runs = program.Statistics;
        Assert.Equal((7ul, 0ul), (runs.Runs, runs.RecursionMisses));
        Assert.InRange(runs.RunTimeNs, 1ul, 1_000_000_000ul);
    }

    private static BpfObject Load(UprobeFront front) =>
        TestObject.Load("calls.bpf.o", RingBytes, spec => spec.UseUprobeMulti(front == UprobeFront.Multi));
}
