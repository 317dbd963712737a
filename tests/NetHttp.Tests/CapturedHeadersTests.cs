using System.Runtime.InteropServices;
using System.Text;
using Beyla;
using Beyla.Plugins.NetHttp;

namespace NetHttp.Tests;

public class CapturedHeadersTests
{
    [Fact]
    public void Decode_HeadersThatWereThere_AreListsUnderTheirNames()
    {
        NetHttpTracer tracer = Configured("X-Request-ID", "Content-Type", "x-request-id");
        HttpServerCapturedEvent e = new() { Request = new ServerRecord().ToEvent() };
        e.Request.Header.Kind = HttpServerCapturedEvent.Kind;
        Put(ref e.Headers.Request, 0, "id 1");
        Put(ref e.Headers.Response, 1, new string('t', HeaderValues.ValueMax));
        Put(ref e.Headers.Response, 5, "a value without a name");

        SpanRecorder recorder = new();
        tracer.Decode(new BpfEvent(MemoryMarshal.AsBytes(new ReadOnlySpan<HttpServerCapturedEvent>(in e))), recorder);

        string[] headers = [.. Assert.Single(recorder.Spans).Split('\n').Where(a => a.Contains(".header.", StringComparison.Ordinal))];
        Assert.Equal([$"http.request.header.x-request-id = ['id 1']", $"http.response.header.content-type = ['{new string('t', 128)}']"], headers);
    }

    [Fact]
    public void Configure_Names_FillsTheTableOfTheBpfSide()
    {
        byte[] table = Variable(Configured("aa", "bbb", "c", "dd", "Eeeee"));

        Assert.Equal(2 * 200, table.Length);
        Assert.Equal(1UL << 2 | 1UL << 3 | 1UL << 1, BitConverter.ToUInt64(table));
        Assert.Equal(3UL, BitConverter.ToUInt64(table, 8 + 48));
        Assert.Equal("bbb\0", Encoding.ASCII.GetString(table, 8 + 48 + 8, 4));
        Assert.Equal(1UL << 5, BitConverter.ToUInt64(table, 200));
        Assert.Equal("eeeee\0", Encoding.ASCII.GetString(table, 200 + 16, 6));
    }

    [Fact]
    public void BpfVariables_WithoutConfiguration_AreZero() => Assert.All(Variable(new NetHttpTracer()), b => Assert.Equal(0, b));

    [Theory]
    [InlineData("a,b,c,d,e,f,g,h,i", "9 headers are too many")]
    [InlineData("x_y", "'x_y' is no header name")]
    [InlineData("", "'' is no header name")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "is no header name")]
    public void Configure_NamesThatCannotBeCaptured_SaysWhy(string names, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => Configured(names.Split(','))).Message, StringComparison.Ordinal);

    private static byte[] Variable(NetHttpTracer tracer)
    {
        return Assert.Single(tracer.BpfVariables, v => v.Name == "capture_headers").Value.ToArray();
    }

    private static void Put(ref HeaderValues values, int index, string text) =>
        values.Length[index] = (byte)Encoding.UTF8.GetBytes(text, ((Span<byte>)values.Text)[(index * HeaderValues.ValueMax)..]);

    private static NetHttpTracer Configured(params string[] names)
    {
        NetHttpTracer tracer = new();
        tracer.Configure(new Texts(names));
        return tracer;
    }

    private sealed class Texts(IReadOnlyList<string> names) : ITracerSettings
    {
        IReadOnlyList<string> ITracerSettings.Texts(string key) => key == "capture_headers" ? names : throw new KeyNotFoundException(key);

        public bool Boolean(string key) => false;

        public long Integer(string key) => throw new KeyNotFoundException(key);

        public string Text(string key) => throw new KeyNotFoundException(key);

        public TimeSpan Duration(string key) => throw new KeyNotFoundException(key);
    }
}
