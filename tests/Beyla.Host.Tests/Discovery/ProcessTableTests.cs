using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

public sealed class ProcessTableTests
{
    private readonly List<string> _told = [];
    private readonly ProcessTable _table;

    public ProcessTableTests() => _table = new ProcessTable(e => _told.Add(e switch
    {
        ProcessCreated { Process: var p } => $"+{p.Pid}@{p.Id.StartTime} {p.ExecutablePath} [{string.Join(',', p.OpenPorts.Order())}]",
        ProcessDeleted { Id: var id } => $"-{id.Pid}@{id.StartTime}",
        _ => "?",
    }));

    [Fact]
    public void Observe_NewProcess_IsCreated()
    {
        See(7, start: 100, "/bin/a", (1, 80));

        Assert.Equal(["+7@100 /bin/a [80]"], _told);
    }

    [Fact]
    public void Observe_SameAgain_IsNoNews()
    {
        See(7, start: 100, "/bin/a", (1, 80));
        See(7, start: 100, "/bin/a", (1, 80));

        Assert.Single(_told);
    }

    [Fact]
    public void Observe_PidReusedByTheSameProgram_IsAnotherProcess()
    {
        See(7, start: 100, "/bin/a", (1, 80));
        See(7, start: 200, "/bin/a");

        Assert.Equal(["+7@100 /bin/a [80]", "-7@100", "+7@200 /bin/a []"], _told);
    }

    [Fact]
    public void Observe_ExecOfAnotherProgram_IsDeletedThenCreated()
    {
        See(7, start: 100, "/bin/a", image: 1);
        See(7, start: 100, "/bin/b", image: 2);

        Assert.Equal(["+7@100 /bin/a []", "-7@100", "+7@100 /bin/b []"], _told);
    }

    [Fact]
    public void Observe_ExecOfTheSameProgram_IsDeletedThenCreated()
    {
        See(7, start: 100, "/bin/a", image: 1);
        See(7, start: 100, "/bin/a", image: 2);

        Assert.Equal(["+7@100 /bin/a []", "-7@100", "+7@100 /bin/a []"], _told);
    }

    [Fact]
    public void Observe_ExecutableRenamedOnDisk_IsNoNews()
    {
        See(7, start: 100, "/bin/a", image: 1);
        See(7, start: 100, "/bin/a.old", image: 1);

        Assert.Equal(["+7@100 /bin/a []"], _told);
    }

    [Fact]
    public void Observe_AddressesHiddenAndAnotherPath_IsDeletedThenCreated()
    {
        See(7, start: 100, "/bin/a", image: 0);
        See(7, start: 100, "/bin/b", image: 0);

        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void SetSockets_OneMorePort_IsCreatedAgainWithAll()
    {
        See(7, start: 100, "/bin/a", (1, 80));
        See(7, start: 100, "/bin/a", (1, 80), (2, 443));

        Assert.Equal("+7@100 /bin/a [80,443]", _told[^1]);
    }

    [Fact]
    public void SetSockets_OnePortLess_IsNoNewsButIsRemembered()
    {
        See(7, start: 100, "/bin/a", (1, 80), (2, 443));
        See(7, start: 100, "/bin/a", (1, 80));
        Assert.Single(_told);

        See(7, start: 100, "/bin/a", (1, 80), (3, 443));
        Assert.Equal("+7@100 /bin/a [80,443]", _told[^1]);
    }

    [Fact]
    public void SetSockets_SecondSocketOfTheSamePort_IsNoNews()
    {
        See(7, start: 100, "/bin/a", (1, 80));
        See(7, start: 100, "/bin/a", (1, 80), (2, 80));

        Assert.Single(_told);
    }

    [Fact]
    public void Keep_SomeGone_TheyAreDeleted()
    {
        See(7, start: 100, "/bin/a");
        See(8, start: 101, "/bin/b");

        _table.Keep(new HashSet<int> { 8, 9 });

        Assert.Equal("-7@100", _told[^1]);
        Assert.Equal(3, _told.Count);
    }

    [Fact]
    public void IsCurrent_LeaderEndedButThreadsGoOn_StaysTheSame()
    {
        See(7, start: 100, "/bin/a");

        Assert.True(_table.IsCurrent(7, new ProcStat('Z', 1, 0, 2, 100, default)));
        Assert.False(_table.IsCurrent(7, new ProcStat('Z', 1, 0, 2, 101, default)));
    }

    private void See(int pid, ulong start, string executable, params (ulong Inode, int Port)[] sockets) => See(pid, start, executable, 1, sockets);

    private void See(int pid, ulong start, string executable, ulong image, params (ulong Inode, int Port)[] sockets) => _table.Observe(
        pid, new ProcStat('S', 1, 0, 1, start, new ProcessImage(0x1000, image)), executable, sockets.ToDictionary(s => s.Inode, s => s.Port));
}
