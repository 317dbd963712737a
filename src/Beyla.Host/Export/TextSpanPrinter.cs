using System.Buffers;
using System.Globalization;
using System.Text;
using Beyla.Host.Spans;

namespace Beyla.Host.Export;

/// <summary>
/// One readable line a span (<c>--trace-printer text</c>): time of day, kind, duration, status code, name, target, service, then the other
/// attributes and the ids.
/// </summary>
internal sealed class TextSpanPrinter(Stream stream) : ISpanSink
{
    /// <summary>Shown (the path unless the name, being a route, ends with it) before the service, so not again in the list of attributes.</summary>
    private static readonly AttributeKey[] Leading = [Attributes.HttpResponseStatusCode, Attributes.UrlPath, Attributes.UrlFull];
    private readonly LineOutput _output = new(stream);

    public void Write(Span span, in SpanContext context)
    {
        IBufferWriter<byte> to = _output.Buffer;
        DateTime start = DateTime.UnixEpoch.AddTicks(((long)span.StartTime + context.WallOffset) / 100);
        TimeOfDay(to, start);
        to.Write(KindOf(span.Kind));
        Milliseconds(to, span.EndTime - span.StartTime);
        if (span.TryGet(Attributes.HttpResponseStatusCode, out SpanAttribute status)) Number(to, status.Integer);
        else to.Write("---"u8);
        Word(to, span.Name);
        if (span.TryGet(Attributes.UrlPath, out SpanAttribute path) && !span.Name.EndsWith(path.Text)) Word(to, path.Text);
        if (span.TryGet(Attributes.UrlFull, out SpanAttribute url)) Word(to, url.Text);
        if (span.Status == SpanStatus.Error) to.Write(" ERROR"u8);
        Service(to, context.Process);
        for (int i = 0; i < span.AttributeCount; i++) Attribute(to, span.AttributeAt(i));
        Ids(to, span);
        _output.EndLine();
    }

    public void Flush() => _output.Flush();

    private static void Service(IBufferWriter<byte> to, TracedProcess process)
    {
        to.Write(" ["u8);
        to.Advance(Encoding.UTF8.GetBytes(process.Service.Name, to.GetSpan(Encoding.UTF8.GetMaxByteCount(process.Service.Name.Length))));
        to.Write(" pid "u8);
        Number(to, process.Info.Pid);
        to.Write("]"u8);
    }

    private static void Attribute(IBufferWriter<byte> to, SpanAttribute a)
    {
        if (Array.IndexOf(Leading, a.Key) >= 0) return;
        Word(to, a.Key.Utf8);
        to.Write("="u8);
        switch (a.Type)
        {
            case AttributeType.Integer: Number(to, a.Integer); break;
            case AttributeType.Double: Number(to, a.Double); break;
            case AttributeType.Boolean: to.Write(a.Boolean ? "true"u8 : "false"u8); break;
            case AttributeType.Texts: Texts(to, a.Texts); break;
            default: Printable(to, a.Text); break;
        }
    }

    private static void Texts(IBufferWriter<byte> to, TextList list)
    {
        bool first = true;
        foreach (ReadOnlySpan<byte> text in list)
        {
            if (!first) to.Write(","u8);
            first = false;
            Printable(to, text);
        }
    }

    private static void Ids(IBufferWriter<byte> to, Span span)
    {
        to.Write(" trace="u8);
        span.TraceId.Format(to.GetSpan(32));
        to.Advance(32);
        to.Write(" span="u8);
        span.SpanId.Format(to.GetSpan(16));
        to.Advance(16);
        if (span.ParentId.IsEmpty) return;
        to.Write(" parent="u8);
        span.ParentId.Format(to.GetSpan(16));
        to.Advance(16);
    }

    private static void Word(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        to.Write(" "u8);
        Printable(to, text);
    }

    /// <summary>Text of a target may hold anything: control characters must not reach the terminal.</summary>
    private static void Printable(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return;
        Span<byte> copy = to.GetSpan(text.Length);
        for (int i = 0; i < text.Length; i++) copy[i] = text[i] is < 0x20 or 0x7f ? (byte)'?' : text[i];
        to.Advance(text.Length);
    }

    /// <summary>Digit by digit: compiling the runtime's formats of dates and fractions takes 5 MB, its handlers of interpolated text box until compiled.</summary>
    private static void TimeOfDay(IBufferWriter<byte> to, DateTime time)
    {
        Number(to, time.Hour, "D2");
        to.Write(":"u8);
        Number(to, time.Minute, "D2");
        to.Write(":"u8);
        Number(to, time.Second, "D2");
        to.Write("."u8);
        Number(to, time.Millisecond, "D3");
        Number(to, time.Microsecond, "D3");
    }

    /// <summary>With three decimals, the whole part at least five wide.</summary>
    private static void Milliseconds(IBufferWriter<byte> to, ulong nanoseconds)
    {
        ulong microseconds = (nanoseconds + 500) / 1000, whole = microseconds / 1000;
        for (ulong width = 10_000; width > Math.Max(whole, 1); width /= 10) to.Write(" "u8);
        Number(to, whole);
        to.Write("."u8);
        Number(to, microseconds % 1000, "D3");
        to.Write("ms "u8);
    }

    private static void Number<T>(IBufferWriter<byte> to, T value, string format = "") where T : IUtf8SpanFormattable
    {
        value.TryFormat(to.GetSpan(32), out int written, format, CultureInfo.InvariantCulture);
        to.Advance(written);
    }

    /// <summary>All of one width.</summary>
    private static ReadOnlySpan<byte> KindOf(SpanKind kind) => kind switch
    {
        SpanKind.Server => " server   "u8,
        SpanKind.Client => " client   "u8,
        SpanKind.Producer => " producer "u8,
        SpanKind.Consumer => " consumer "u8,
        _ => " internal "u8,
    };
}
