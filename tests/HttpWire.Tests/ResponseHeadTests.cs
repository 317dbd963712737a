using System.Text;

namespace HttpWire.Tests;

public sealed class ResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200)]
    [InlineData("HTTP/1.0 404", 404)]
    [InlineData("HTTP/1.1 204\r\n\r\n", 204)]
    [InlineData("HTTP/1.1 20", 0)]
    [InlineData("HTTP/1.1 2000 OK\r\n", 0)]
    [InlineData("HTTP/1.1 099 X\r\n", 0)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", 0)]
    [InlineData("HTTP/2 200\r\n", 0)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 0)]
    public void TryParse_StatusLine_GivesTheStatusThatWasSent(string text, int status)
    {
        Assert.Equal(status != 0, ResponseHead.TryParse(Bytes(text), out ResponseHead head));

        Assert.Equal(status, head.Status);
    }

    [Fact]
    public void TryParseFinal_InterimHeads_ArePassedOver()
    {
        const string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";

        Assert.True(ResponseHead.TryParseFinal(Bytes(interim + "HTTP/1.1 201 Created\r\n\r\n"), out ResponseHead head, out int offset));
        Assert.Equal((201, interim.Length), (head.Status, offset));

        Assert.True(ResponseHead.TryParseFinal(Bytes(interim), out head, out _));
        Assert.True(head.IsInterim);
    }

    [Theory]
    [InlineData("200", "GET", "Content-Length: 9\r\n", BodyEnd.Length, 9)]
    [InlineData("200", "HEAD", "Content-Length: 9\r\n", BodyEnd.Length, 0)]
    [InlineData("304", "GET", "Content-Length: 9\r\n", BodyEnd.Length, 0)]
    [InlineData("204", "GET", "", BodyEnd.Length, 0)]
    [InlineData("200", "GET", "Transfer-Encoding: chunked\r\n", BodyEnd.Chunks, 0)]
    [InlineData("200", "GET", "", BodyEnd.Close, 0)]
    [InlineData("101", "GET", "", BodyEnd.Tunnel, 0)]
    [InlineData("200", "CONNECT", "", BodyEnd.Tunnel, 0)]
    [InlineData("403", "CONNECT", "Content-Length: 9\r\n", BodyEnd.Length, 9)]
    public void Of_Response_TellsWhereItsBodyEnds(string status, string method, string lines, BodyEnd end, long length)
    {
        Assert.True(ResponseHead.TryParse(Bytes($"HTTP/1.1 {status} X\r\n{lines}\r\n"), out ResponseHead head));

        Assert.Equal(new BodyFraming(end, length), BodyFraming.Of(head, Bytes(method)));
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
