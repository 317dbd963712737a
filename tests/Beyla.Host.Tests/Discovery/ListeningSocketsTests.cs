using System.Text;
using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

public sealed class ListeningSocketsTests
{
    private const string Listeners =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n" +
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0                      \n" +
        "   1: 00000000000000000000000001000000:ABCD 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 100 0 0 10 0\n";

    private const string Connection =
        "   2: 0100007F:0050 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000000000000000 20 4 30 10 -1                     \n";

    [Fact]
    public void ParseLines_ListenersThenConnections_StopsAtTheFirstConnection()
    {
        ListeningSockets sockets = new();
        Span<byte> text = Encoding.ASCII.GetBytes(Listeners + Connection);

        Assert.False(sockets.ParseLines(ref text));

        Assert.Equal([(4711ul, 8080), (4712ul, 0xABCD)], sockets.Ports.Select(socket => (socket.Key, socket.Value)).Order());
    }

    [Fact]
    public void ParseLines_CutInALine_LeavesTheRest()
    {
        byte[] whole = Encoding.ASCII.GetBytes(Listeners);
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            ListeningSockets sockets = new();
            Span<byte> head = whole.AsSpan(0, cut);
            Assert.True(sockets.ParseLines(ref head));

            Span<byte> tail = whole.AsSpan(cut - head.Length);
            Assert.True(sockets.ParseLines(ref tail));

            Assert.Equal(2, sockets.Ports.Count);
            Assert.True(tail.IsEmpty);
        }
    }

    [Theory]
    [InlineData("socket:[4711]", true)]
    [InlineData("pipe:[4711]", false)]
    [InlineData("socket:[", false)]
    [InlineData("/tmp/socket:[1]", false)]
    [InlineData("", false)]
    public void TryParseInode_Link_OnlySockets(string link, bool socket) => Assert.Equal(socket, Procfs.TryParseInode(link, "socket:[", out _));
}
