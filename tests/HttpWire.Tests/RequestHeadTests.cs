using System.Text;

namespace HttpWire.Tests;

public sealed class RequestHeadTests
{
    private const string Whole = "POST /items?id=1 HTTP/1.1\r\nHost: example.org:8080\r\nContent-Length: 12\r\nUser-Agent: test\r\n\r\n";

    [Fact]
    public void TryParse_WholeHead_TellsAll()
    {
        Assert.True(RequestHead.TryParse(Bytes(Whole + "hello"), out RequestHead head));

        Assert.Equal("POST", Text(head.Method));
        Assert.Equal("/items?id=1", Text(head.Target));
        Assert.Equal((1, 1), (head.Major, head.Minor));
        Assert.Equal("example.org:8080", Text(head.Fields.Host));
        Assert.Equal("test", Text(head.Fields.UserAgent));
        Assert.Equal(12, head.Fields.ContentLength);
        Assert.True(head.Fields.IsComplete);
        Assert.False(head.IsTargetCut);
        Assert.Equal(Whole.Length, head.Length);
    }

    [Fact]
    public void TryParse_CutAnywhere_NeverTellsWhatTheWholeDoesNot()
    {
        for (int length = 0; length < Whole.Length; length++)
        {
            if (!RequestHead.TryParse(Bytes(Whole[..length]), out RequestHead head))
            {
                Assert.True(length < "POST /".Length, Whole[..length]);
                continue;
            }
            Assert.Equal("POST", Text(head.Method));
            Assert.Equal(head.IsTargetCut, length < "POST /items?id=1 ".Length);
            Assert.True(head.IsTargetCut ? "/items?id=1".StartsWith(Text(head.Target), StringComparison.Ordinal) : Text(head.Target) == "/items?id=1");
            Assert.Contains(Text(head.Fields.Host), new[] { "", "example.org:8080" });
            Assert.Contains(head.Fields.ContentLength, new long[] { -1, 12 });
            Assert.False(head.Fields.IsComplete);
            Assert.Equal(0, head.Length);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\n\n", true)]                         // LF alone
    [InlineData("\r\nGET / HTTP/1.1\r\n\r\n", true)]                 // an empty line in front
    [InlineData("PROPFIND /dav HTTP/1.1\r\n\r\n", true)]
    [InlineData("GET http://a/ HTTP/1.1\r\n\r\n", true)]
    [InlineData("OPTIONS * HTTP/1.1\r\n\r\n", true)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\n\r\n", true)]
    [InlineData("GET /\r\n", false)]                                 // HTTP/0.9
    [InlineData("GET / HTTP/2.0\r\n\r\n", false)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false)]
    [InlineData("GET  / HTTP/1.1\r\n\r\n", false)]
    [InlineData("GET /a b HTTP/1.1\r\n\r\n", false)]
    [InlineData("G\u0001T / HTTP/1.1\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", false)]
    [InlineData("PROPFIND /da", false)]                              // too little to believe it
    [InlineData("GET lorem ipsum", false)]
    [InlineData("GET / FTP", false)]
    [InlineData("", false)]
    public void TryParse_StartLine_IsARequestOrNot(string text, bool expected) => Assert.Equal(expected, RequestHead.TryParse(Bytes(text), out _));

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", 5)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", -1)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\nContent-Length: 5", -1)]
    [InlineData("Content-Length: +5", -1)]
    [InlineData("Content-Length: 99999999999999999999", -1)]
    [InlineData("Content-Length : 5", -1)]
    [InlineData("cOnTeNt-lEnGtH:\t5 ", 5)]
    public void TryParse_ContentLength_CountsWhenItIsOne(string lines, long expected)
    {
        Assert.True(RequestHead.TryParse(Bytes($"PUT / HTTP/1.1\r\n{lines}\r\n\r\n"), out RequestHead head));

        Assert.Equal(expected, head.Fields.ContentLength);
    }

    [Theory]
    [InlineData("", BodyEnd.Length, 0)]
    [InlineData("Content-Length: 7\r\n", BodyEnd.Length, 7)]
    [InlineData("Content-Length: 7\r\nTransfer-Encoding: gzip, Chunked\r\n", BodyEnd.Chunks, 0)]
    public void Of_Request_TellsWhereItsBodyEnds(string lines, BodyEnd end, long length)
    {
        Assert.True(RequestHead.TryParse(Bytes($"PUT / HTTP/1.1\r\n{lines}\r\n"), out RequestHead head));
        Assert.Equal(new BodyFraming(end, length), BodyFraming.Of(head));

        Assert.True(RequestHead.TryParse(Bytes("PUT / HTTP/1.1\r\nHost: a\r\nContent-Len"), out RequestHead cut));
        Assert.Equal(BodyEnd.Unknown, BodyFraming.Of(cut).End);
    }

    [Fact]
    public void TryParse_ConnectionOptions_AreFoundInLists()
    {
        Assert.True(RequestHead.TryParse(Bytes("GET / HTTP/1.0\r\nConnection: TE , Keep-Alive\r\n\r\n"), out RequestHead head));

        Assert.True(head.Fields.KeepsAlive);
        Assert.False(head.Fields.Closes);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
