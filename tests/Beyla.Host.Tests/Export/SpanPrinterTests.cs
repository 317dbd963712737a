using System.Text;
using System.Text.Json;
using Beyla.Host.Export;
using Beyla.Host.Spans;
using Beyla.Host.Tests.Spans;

namespace Beyla.Host.Tests.Export;

public sealed class SpanPrinterTests
{
    private static readonly AttributeKey Flag = new("test.flag");
    private static readonly AttributeKey Ratio = new("test.ratio");

    private static string Print(Func<Stream, ISpanSink> make, Action<Span> fill)
    {
        using MemoryStream output = new();
        ISpanSink sink = make(output);
        Span span = new(_ => { });
        span.Reset(SpanKind.Client, SpanFamilies.HttpClient, new EventHeader { Start = 1_000, End = 2_500_000, Process = 1 });
        span.SetIds(new TraceId(0x0102030405060708, 1), new SpanId(0xff), new SpanId(0));
        fill(span);
        sink.Write(span, new SpanContext("net-http", SpanRecords.Process(1), 1_700_000_000_000_000_000));
        sink.Flush();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public void Json_EveryField_HasTheDocumentedNameAndType()
    {
        string line = Print(s => new JsonSpanPrinter(s), s => s.SetName("GET"u8)
            .Set(Attributes.HttpResponseStatusCode, 404).Set(Attributes.UrlFull, "http://h/p?"u8).Set(Flag, true).Set(Ratio, 0.5).Fail("404"u8, "not found"u8));

        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        JsonElement span = JsonDocument.Parse(line).RootElement;
        Assert.Equal("08070605040302010100000000000000", span.GetProperty("traceId").GetString());
        Assert.Equal("ff00000000000000", span.GetProperty("spanId").GetString());
        Assert.Equal("", span.GetProperty("parentSpanId").GetString());
        Assert.Equal("GET", span.GetProperty("name").GetString());
        Assert.Equal("client", span.GetProperty("kind").GetString());
        Assert.Equal(1_700_000_000_000_001_000, span.GetProperty("startTimeUnixNano").GetInt64());
        Assert.Equal(1_700_000_000_002_500_000, span.GetProperty("endTimeUnixNano").GetInt64());
        Assert.Equal("error", span.GetProperty("status").GetProperty("code").GetString());
        Assert.Equal("not found", span.GetProperty("status").GetProperty("message").GetString());
        JsonElement attributes = span.GetProperty("attributes");
        Assert.Equal(404, attributes.GetProperty("http.response.status_code").GetInt32());
        Assert.Equal("404", attributes.GetProperty("error.type").GetString());
        Assert.True(attributes.GetProperty("test.flag").GetBoolean());
        Assert.Equal(0.5, attributes.GetProperty("test.ratio").GetDouble());
        JsonElement resource = span.GetProperty("resource");
        Assert.Equal("shop", resource.GetProperty("service.name").GetString());
        Assert.Equal("test", resource.GetProperty("service.namespace").GetString());
        Assert.Equal(4711, resource.GetProperty("process.pid").GetInt32());
        Assert.Equal("net-http", span.GetProperty("tracer").GetString());
    }

    [Fact]
    public void Print_ListOfTexts_IsAnArrayInJsonAndHasCommasInText()
    {
        static void Fill(Span s) => s.Add(Ratio, "one"u8).Add(Ratio, [0xff]);

        JsonElement list = JsonDocument.Parse(Print(s => new JsonSpanPrinter(s), Fill)).RootElement.GetProperty("attributes").GetProperty("test.ratio");
        Assert.Equal(["one", "\ufffd"], list.EnumerateArray().Select(e => e.GetString()));
        Assert.Contains(" test.ratio=one,", Print(s => new TextSpanPrinter(s), Fill), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_TextOfTheTargetThatIsNotUtf8_StaysValidJson()
    {
        string line = Print(s => new JsonSpanPrinter(s), s => s.SetName("GET"u8).Set(Attributes.UrlPath, [(byte)'/', 0xff, (byte)'"', (byte)'\n']));

        Assert.Equal("/\uFFFD\"\n", JsonDocument.Parse(line).RootElement.GetProperty("attributes").GetProperty("url.path").GetString());
        Assert.Single(line.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Text_Line_SaysWhatAReaderLooksForFirst()
    {
        string line = Print(s => new TextSpanPrinter(s), s => s.SetName("GET"u8).Set(Attributes.HttpResponseStatusCode, 200).Set(Attributes.UrlFull, "http://h/p"u8).Set(Flag, true));

        Assert.Equal(
            "22:13:20.000001 client       2.499ms 200 GET http://h/p [shop pid 4711] test.flag=true trace=08070605040302010100000000000000 span=ff00000000000000\n",
            line);
    }

    [Theory]
    [InlineData("GET", "/users/17", " GET /users/17 [shop")]
    [InlineData("GET /users/*", "/users/17", " GET /users/* /users/17 [shop")]
    [InlineData("GET /users", "/users", " GET /users [shop")]
    public void Text_RouteThatIsThePath_IsShownOnce(string name, string path, string expected) => Assert.Contains(
        expected, Print(s => new TextSpanPrinter(s), s => s.SetName(Encoding.UTF8.GetBytes(name)).Set(Attributes.UrlPath, Encoding.UTF8.GetBytes(path))), StringComparison.Ordinal);

    [Fact]
    public void Text_ControlCharactersOfTheTarget_NeverReachTheTerminal()
    {
        string line = Print(s => new TextSpanPrinter(s), s => s.SetName("GET"u8).Set(Attributes.UrlPath, "/\u001b[31m\r"u8));

        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain('\r', line);
    }

    [Fact]
    public void Counter_Losses_AreSummedApartFromWhatLostNothing()
    {
        string line = CounterPrinter.Line(
            new Dictionary<string, long> { ["net-http"] = 120, ["grpc"] = 3 },
            [("net-http", "events", 120), ("net-http", "ring-full", 4), ("grpc", "ring-full", 1), ("net-http", "half-seen", 2)]);

        Assert.Equal("spans grpc=3 net-http=120 lost=5 (ring-full=5), not lost: half-seen=2", line);
    }
}
