using System.Text;
using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

public sealed class ProcStatTests
{
    private const string Tail =
        " S 10 4711 4711 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 7 0 123456 1000000 250 18446744073709551615 4194304 5000000 140730000000000 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 1 2 3 4 5 6 7 0\n";

    [Theory]
    [InlineData("4711 (server)")]
    [InlineData("4711 (a ) S 99 (b)")]
    [InlineData("4711 ()")]
    public void TryParse_AnyName_FindsTheFieldsBehindIt(string head)
    {
        Assert.True(ProcStat.TryParse(Encoding.UTF8.GetBytes(head + Tail), out ProcStat stat));

        Assert.Equal(new ProcStat('S', 10, 4194304, 7, 123456, new ProcessImage(4194304, 140730000000000)), stat);
        Assert.True(stat.HasProgram);
        Assert.False(stat.Ended);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711 (server)")]
    [InlineData("4711 (server) S 10 4711")]
    public void TryParse_CutOff_IsRefused(string text) => Assert.False(ProcStat.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData('Z', 0u, 1, true)]
    [InlineData('R', 4u, 1, true)]
    [InlineData('Z', 0u, 3, false)] // pthread_exit in main: the other threads go on
    [InlineData('T', 0u, 1, false)]
    public void Ended_LeaderAndThreads_OnlyWhenNothingRuns(char state, uint flags, int threads, bool ended) =>
        Assert.Equal(ended, new ProcStat(state, 1, flags, threads, 1, new ProcessImage(1, 1)).Ended);

    [Fact]
    public void TryReadStat_ThisProcess_SaysWhoWeAre()
    {
        Assert.True(Procfs.TryReadStat(Environment.ProcessId, out ProcStat stat));
        Assert.True(stat.HasProgram);
        Assert.True(Procfs.TryReadExecutable(Environment.ProcessId, out string path));
        Assert.Equal(Environment.ProcessPath, path);
    }

    [Fact]
    public void Reads_NoSuchProcess_AnswerNo()
    {
        const int none = int.MaxValue; // above the kernel's highest pid

        Assert.False(Procfs.TryReadStat(none, out _));
        Assert.False(Procfs.TryReadExecutable(none, out _));
        Assert.Null(Procfs.NetworkNamespace(none));
        Assert.Empty(Procfs.Sockets(none)!);
        Assert.Empty(new ListeningSockets().Read(none).Ports);
    }
}
