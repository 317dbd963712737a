using Beyla;
using Beyla.Plugins.NetHttp;

namespace NetHttp.Tests;

public class HttpServerSpanTests
{
    [Fact]
    public void Decode_PlainRequest_GivesAllAttributesOfTheConventions()
    {
        string span = Decode(new ServerRecord { Method = "POST", Target = "/orders/7?token=secret", RequestSize = 12, ResponseSize = 34, Status = 201 });

        Assert.Equal("""
            Server http.server 'POST' Unset
            client.address = '192.0.2.7'
            http.request.body.size = 12
            http.request.method = 'POST'
            http.response.body.size = 34
            http.response.status_code = 201
            network.peer.address = '192.0.2.7'
            network.peer.port = 50123
            network.protocol.version = '1.1'
            server.address = 'example.org'
            server.port = 8080
            url.path = '/orders/7'
            url.query = 'token=secret'
            url.scheme = 'http'
            """, span);
    }

    [Theory]
    [InlineData("GET", "/", "/")]
    [InlineData("GET", "/a/b?c=/d?e", "/a/b")]
    [InlineData("GET", "//twice", "//twice")]
    [InlineData("GET", "/?", "/")]
    [InlineData("GET", "/a%2Fb", "/a%2Fb")]
    [InlineData("GET", "/ä", "/ä")]
    [InlineData("OPTIONS", "*", "*")]
    [InlineData("GET", "http://user:pw@other.example:81/abs/path?q", "/abs/path")]
    [InlineData("GET", "http://other.example?q=/x", "/")]
    [InlineData("CONNECT", "other.example:443", "")]
    [InlineData("CONNECT", "/_goRPC_", "/_goRPC_")]
    [InlineData("GET", "", "")]
    public void Decode_RequestTarget_GivesThePathWithoutQuery(string method, string target, string path) =>
        Assert.Contains($"url.path = '{path}'", Attributes(new ServerRecord { Method = method, Target = target }));

    [Theory]
    [InlineData("/a/b?c=/d?e", "c=/d?e")]
    [InlineData("http://other.example?q=/x", "q=/x")]
    [InlineData("/a?ä", "ä")]
    public void Decode_RequestTargetWithQuery_GivesTheQuery(string target, string query) =>
        Assert.Contains($"url.query = '{query}'", Attributes(new ServerRecord { Method = "GET", Target = target }));

    [Theory]
    [InlineData("/a")]
    [InlineData("/a?")]
    [InlineData("*")]
    public void Decode_RequestTargetWithoutQuery_GivesNone(string target) =>
        Assert.DoesNotContain("url.query", Attributes(new ServerRecord { Method = "GET", Target = target }));

    [Fact]
    public void Decode_PathThatIsNotUtf8_IsPercentEncoded() =>
        Assert.Contains("url.path = '/a%FFb%C3'", Attributes(new ServerRecord { RawTarget = [.. "/a"u8, 0xff, .. "b"u8, 0xc3] }));

    [Fact]
    public void Decode_TargetThatFillsItsField_IsKeptWhole()
    {
        string target = "/" + new string('x', 254);
        Assert.Contains($"url.path = '{target}'", Attributes(new ServerRecord { Method = new string('M', 31), Target = target }));
    }

    [Theory]
    [InlineData("BREW")]
    [InlineData("get")]
    public void Decode_UnknownMethod_IsOtherAndNamedHttp(string method)
    {
        string span = Decode(new ServerRecord { Method = method });

        Assert.StartsWith("Server http.server 'HTTP' Unset", span, StringComparison.Ordinal);
        Assert.Contains("http.request.method = '_OTHER'", span.Split('\n'));
        Assert.Contains($"http.request.method_original = '{method}'", span.Split('\n'));
    }

    [Fact]
    public void Decode_MethodThatCouldNotBeRead_IsOtherWithoutAnOriginal()
    {
        string span = Decode(new ServerRecord { Method = "" });

        Assert.StartsWith("Server http.server 'HTTP' Unset", span, StringComparison.Ordinal);
        Assert.DoesNotContain("http.request.method_original", span, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET"), InlineData("HEAD"), InlineData("POST"), InlineData("PUT"), InlineData("DELETE"), InlineData("CONNECT")]
    [InlineData("OPTIONS"), InlineData("TRACE"), InlineData("PATCH"), InlineData("QUERY")]
    public void Decode_KnownMethod_NamesTheSpan(string method) =>
        Assert.StartsWith($"Server http.server '{method}' Unset", Decode(new ServerRecord { Method = method }), StringComparison.Ordinal);

    [Theory]
    [InlineData("example.org", "example.org", 80)]
    [InlineData("example.org:8080", "example.org", 8080)]
    [InlineData("[2001:db8::1]:8080", "2001:db8::1", 8080)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 80)]
    [InlineData("2001:db8::1", "2001:db8::1", 80)]
    [InlineData("example.org:", "example.org", 80)]
    [InlineData("example.org:99999", "example.org", 80)]
    public void Decode_HostHeader_GivesServerAddressAndPort(string host, string address, int port)
    {
        string[] attributes = Attributes(new ServerRecord { Host = host });

        Assert.Contains($"server.address = '{address}'", attributes);
        Assert.Contains($"server.port = {port}", attributes);
    }

    [Fact]
    public void Decode_NoHostHeader_GivesNoServerAddress() =>
        Assert.DoesNotContain(Attributes(new ServerRecord { Host = "", Protocol = (1, 0) }), a => a.StartsWith("server.", StringComparison.Ordinal));

    [Fact]
    public void Decode_Tls_GivesHttpsAndItsPort()
    {
        string[] attributes = Attributes(new ServerRecord { Host = "example.org", Flags = HttpEventFlags.Tls | HttpEventFlags.WroteHeader });

        Assert.Contains("url.scheme = 'https'", attributes);
        Assert.Contains("server.port = 443", attributes);
    }

    [Fact]
    public void Decode_PeerOverIpv6_LosesItsBrackets()
    {
        string[] attributes = Attributes(new ServerRecord { Peer = "[fe80::1%eth0]:4711" });

        Assert.Contains("client.address = 'fe80::1%eth0'", attributes);
        Assert.Contains("network.peer.address = 'fe80::1%eth0'", attributes);
        Assert.Contains("network.peer.port = 4711", attributes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    public void Decode_PeerOnAUnixSocket_GivesNoPeer(string peer) =>
        Assert.DoesNotContain(Attributes(new ServerRecord { Peer = peer }), a => a.Contains("peer", StringComparison.Ordinal) || a.StartsWith("client.", StringComparison.Ordinal));

    [Theory]
    [InlineData(1, 0, "1.0")]
    [InlineData(1, 1, "1.1")]
    [InlineData(2, 0, "2")]
    public void Decode_Protocol_GivesItsVersion(byte major, byte minor, string version) =>
        Assert.Contains($"network.protocol.version = '{version}'", Attributes(new ServerRecord { Protocol = (major, minor) }));

    [Theory]
    [InlineData(399), InlineData(400), InlineData(404), InlineData(499)]
    public void Decode_StatusBelow500_IsNoError(ushort status)
    {
        string span = Decode(new ServerRecord { Status = status });

        Assert.StartsWith("Server http.server 'GET' Unset", span, StringComparison.Ordinal);
        Assert.DoesNotContain("error.type", span, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500), InlineData(503), InlineData(599), InlineData(999)]
    public void Decode_StatusFrom500_IsAnErrorOfThatType(ushort status)
    {
        string span = Decode(new ServerRecord { Status = status });

        Assert.StartsWith("Server http.server 'GET' Error", span, StringComparison.Ordinal);
        Assert.Contains($"error.type = '{status}'", span.Split('\n'));
        Assert.Contains($"http.response.status_code = {status}", span.Split('\n'));
    }

    [Fact]
    public void Decode_HandlerThatWroteNothing_Is200()
    {
        string[] attributes = Attributes(new ServerRecord { Status = 0, ResponseSize = 0, Flags = HttpEventFlags.None });

        Assert.Contains("http.response.status_code = 200", attributes);
        Assert.Contains("http.response.body.size = 0", attributes);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 101)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public void Decode_ResponseThatHasNoBody_HasBodySizeZero(string method, ushort status) =>
        Assert.Contains("http.response.body.size = 0", Attributes(new ServerRecord { Method = method, Status = status, ResponseSize = 6 }));

    [Fact]
    public void Decode_ChunkedRequestBody_HasNoSize() =>
        Assert.DoesNotContain(Attributes(new ServerRecord { RequestSize = -1 }), a => a.StartsWith("http.request.body.size", StringComparison.Ordinal));

    [Fact]
    public void Decode_HandlerPanicsBeforeTheHeader_IsAnErrorWithoutStatus()
    {
        string span = Decode(new ServerRecord { Status = 0, Flags = HttpEventFlags.Panicked });

        Assert.StartsWith("Server http.server 'GET' Error", span, StringComparison.Ordinal);
        Assert.Contains("error.type = 'panic'", span.Split('\n'));
        Assert.DoesNotContain("http.response", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_HandlerPanicsAfterTheHeader_IsAnErrorWithStatus()
    {
        string[] attributes = Attributes(new ServerRecord { Status = 503, Flags = HttpEventFlags.Panicked | HttpEventFlags.WroteHeader });

        Assert.Contains("error.type = 'panic'", attributes);
        Assert.Contains("http.response.status_code = 503", attributes);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(101, true)]
    public void Decode_HijackedConnection_HasAStatusOnlyWhenOneWasSet(ushort status, bool expected)
    {
        string span = Decode(new ServerRecord { Status = status, Flags = HttpEventFlags.Hijacked });

        Assert.StartsWith("Server http.server 'GET' Unset", span, StringComparison.Ordinal);
        Assert.Equal(expected, span.Contains("http.response.status_code", StringComparison.Ordinal));
        Assert.DoesNotContain("http.response.body.size", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_RecordShorterThanItsStruct_Throws() =>
        Assert.Throws<ArgumentException>(() => new NetHttpTracer().Decode(new BpfEvent(new ServerRecord().ToBytes().AsSpan(0, 200)), new SpanRecorder()));

    [Fact]
    public void Decode_StreamClosedBeforeTheAnswer_IsAnErrorWithoutStatus()
    {
        string span = Decode(new ServerRecord { Protocol = (2, 0), Status = 200, Flags = HttpEventFlags.Aborted });

        Assert.StartsWith("Server http.server 'GET' Error", span, StringComparison.Ordinal);
        Assert.Contains("error.type = 'stream_closed'", span.Split('\n'));
        Assert.DoesNotContain("http.response", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_HandlerPanicsOnAClosedStream_IsAPanic() =>
        Assert.Contains("error.type = 'panic'", Attributes(new ServerRecord { Protocol = (2, 0), Flags = HttpEventFlags.Aborted | HttpEventFlags.Panicked }));

    [Theory]
    [InlineData("PRI", 2, 0, 0)]
    [InlineData("PRI", 1, 1, 1)]
    public void Decode_PrefaceOfAnHttp2Connection_IsNoRequest(string method, byte major, byte minor, int spans)
    {
        SpanRecorder recorder = new();
        new NetHttpTracer().Decode(
            new BpfEvent(new ServerRecord { Method = method, Target = "*", Protocol = (major, minor), Flags = HttpEventFlags.Hijacked }.ToBytes()), recorder);

        Assert.Equal((spans, 0), (recorder.Spans.Count, recorder.Drops.Count));
    }

    private static string[] Attributes(ServerRecord record) => Decode(record).Split('\n')[1..];

    private static string Decode(ServerRecord record)
    {
        SpanRecorder recorder = new();
        new NetHttpTracer().Decode(new BpfEvent(record.ToBytes()), recorder);
        Assert.Empty(recorder.Drops);
        return Assert.Single(recorder.Spans);
    }
}
