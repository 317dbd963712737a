using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Beyla.Host.Export.Otlp;
using Beyla.Host.Export.Otlp.Traces;
using Beyla.Host.Export.Otlp.Wire;
using Beyla.Host.Spans;
using Beyla.Testing.Otlp;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Export.Otlp;

/// <summary>What we encode against what OpenTelemetry's decoder reads.</summary>
public sealed class SpanEncodingTests : IDisposable
{
    private const long WallOffset = 1_700_000_000_000_000_000;
    private readonly OtlpOracle? _oracle = OtlpOracle.Missing is null ? new OtlpOracle() : null;
    private readonly Span _span = new(_ => { });

    public void Dispose() => _oracle?.Dispose();

    [OracleFact]
    public void Batch_AnySpans_AreDecodedToEqualContent() =>
        Prop.ForAll(GeneratedSpan.Any.ArrayOf().ToArbitrary(), generated =>
        {
            using SpanBatchUnderTest batch = new();
            foreach (GeneratedSpan span in generated) batch.Add(span.Fill(_span), span.Process, span.Tracer);
            JsonObject binary = _oracle!.Decode(OtlpOracle.TracesRequest, batch.Request());
            JsonObject json = _oracle.Read(OtlpOracle.TracesRequest, batch.Json());

            Assert.Equal(string.Join('\n', Expected(generated)), string.Join('\n', Content(binary)));
            Assert.True(JsonNode.DeepEquals(binary, json), $"binary {binary}\nJSON {json}");
        }).QuickCheckThrowOnFailure();

    [OracleFact]
    public void Batch_SeveralProcessesAndTracers_AreOneResourceEachWithTheirScopes()
    {
        using SpanBatchUnderTest batch = new();
        foreach ((uint process, string tracer) in new[] { (2u, "go-sql"), (1u, "net-http"), (2u, "net-http"), (1u, "net-http"), (2u, "go-sql") })
            batch.Add(GeneratedSpan.Simple.Fill(_span), process, tracer);
        JsonObject request = _oracle!.Decode(OtlpOracle.TracesRequest, batch.Request());

        string[] shape =
        [
            .. from resource in OtlpOracle.Items(request, "resourceSpans")
               from scope in OtlpOracle.Items(resource, "scopeSpans")
               select $"{Attribute(resource["resource"]!.AsObject(), "service.name")} {scope["scope"]!["name"]} {scope["scope"]!["version"]} {OtlpOracle.Items(scope, "spans").Count()}",
        ];
        Assert.Equal(2, OtlpOracle.Items(request, "resourceSpans").Count());
        Assert.Equal(["service-1 net-http 0.1.0 2", "service-2 go-sql  2", "service-2 net-http 0.1.0 1"], shape.Order(StringComparer.Ordinal));
    }

    [OracleFact]
    public void Span_MoreAttributesThanTheLimit_TellsHowManyWereDropped()
    {
        using SpanBatchUnderTest batch = new(attributeLimit: 2);
        GeneratedSpan.Simple.Fill(_span).Set(Attributes.UrlPath, "/"u8).Set(Attributes.ClientPort, 1).Set(Attributes.ServerPort, 2);
        batch.Add(_span, 1, "net-http");
        JsonObject span = OtlpOracle.Spans(_oracle!.Decode(OtlpOracle.TracesRequest, batch.Request())).Single();

        Assert.Equal(2, OtlpOracle.Items(span, "attributes").Count());
        Assert.Equal(1, span["droppedAttributesCount"]!.GetValue<int>());
    }

    [OracleFact]
    public void Span_TextThatIsNotUtf8_IsRepaired()
    {
        using SpanBatchUnderTest batch = new();
        GeneratedSpan.Simple.Fill(_span).Set(Attributes.UrlPath, [(byte)'/', 0xff, 0xe2, 0x82, (byte)'x', 0xc3]).Add(Attributes.ServerAddress, [0x80]);
        batch.Add(_span, 1, "net-http");
        JsonObject span = OtlpOracle.Spans(_oracle!.Decode(OtlpOracle.TracesRequest, batch.Request())).Single();

        Assert.Equal("/\uFFFD\uFFFDx\uFFFD", Attribute(span, "url.path"));
        Assert.Contains("\uFFFD", Items(span, "server.address"));
        Assert.True(JsonNode.DeepEquals(span, OtlpOracle.Spans(_oracle.Read(OtlpOracle.TracesRequest, batch.Json())).Single()));
    }

    [Fact]
    public void Batch_SteadyState_AllocatesNothingPerSpan()
    {
        using SpanBatchUnderTest batch = new();
        GeneratedSpan.Simple.Fill(_span).Set(Attributes.UrlPath, "/orders/17"u8).Set(Attributes.HttpResponseStatusCode, 200).Set(Attributes.ErrorType, [0xff]);
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            // The first round grows the buffers.
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 512; i++) batch.Add(_span, (uint)(i % 3) + 1, "net-http");
            batch.Encode();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reader_AnyBytes_NeverThrows() => Prop.ForAll<byte[]>(bytes =>
    {
        ProtobufReader reader = new(bytes);
        int fields = 0;
        while (reader.Next()) fields++;
        return fields <= bytes.Length;
    }).QuickCheckThrowOnFailure();

    private static string Items(JsonObject span, string key) =>
        string.Join('|', OtlpOracle.Items(span, "attributes").First(a => a["key"]!.GetValue<string>() == key)["value"]!["arrayValue"]!["values"]!.AsArray()
            .Select(v => v!["stringValue"]!.GetValue<string>()));

    private static string? Attribute(JsonObject of, string key) =>
        OtlpOracle.Items(of, "attributes").FirstOrDefault(a => a["key"]!.GetValue<string>() == key)?["value"]!["stringValue"]!.GetValue<string>();

    /// <summary>One text per span, in a fixed order: what came.</summary>
    private static IEnumerable<string> Content(JsonObject request) => (
        from resource in OtlpOracle.Items(request, "resourceSpans")
        from scope in OtlpOracle.Items(resource, "scopeSpans")
        from span in OtlpOracle.Items(scope, "spans")
        select $"{Attribute(resource["resource"]!.AsObject(), "service.name")} {scope["scope"]!["name"]} {Canonical(span)}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Expected(IEnumerable<GeneratedSpan> spans) =>
        spans.Select(s => $"service-{s.Process} {s.Tracer} {Canonical(s.Expected(WallOffset))}").Order(StringComparer.Ordinal);

    /// <summary>The members sorted by name: their order means nothing.</summary>
    private static string Canonical(JsonObject span) =>
        new JsonObject(span.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))).ToJsonString();

    /// <summary>A batch that is encoded when it is asked.</summary>
    private sealed class SpanBatchUnderTest : IDisposable
    {
        private readonly ProtobufWriter _request = new();
        private readonly SpanBatch _batch;
        private readonly TracedProcess[] _processes = [.. Enumerable.Range(0, 4).Select(i => Exporting.Process((uint)i, $"service-{i}"))];
        private readonly int _attributeLimit;

        public SpanBatchUnderTest(int attributeLimit = 128)
        {
            _attributeLimit = attributeLimit;
            _batch = new SpanBatch(new ProcessResources("node7", "1.2.3", []), new TracerScopes([("net-http", "0.1.0"), ("go-sql", null)]), _ => { });
        }

        public void Add(Span span, uint process, string tracer) => _batch.Add(span, new SpanContext(tracer, _processes[process], WallOffset), _attributeLimit);

        /// <summary>Encodes and empties the batch.</summary>
        public void Encode()
        {
            _request.Reset();
            _batch.WriteTo(_request);
            _batch.Release();
        }

        public ReadOnlySpan<byte> Request()
        {
            if (_batch.Items > 0 || _request.Length == 0) Encode();
            return _request.Written.Span;
        }

        public ReadOnlySpan<byte> Json()
        {
            ArrayBufferWriter<byte> json = new();
            JsonTranscoder.Write(Request(), OtlpSchemas.Traces, json);
            return json.WrittenSpan;
        }

        public void Dispose() => _batch.Release();
    }
}

/// <summary>A span as a value: fills a <see cref="Span"/> and says what must come out.</summary>
internal sealed record GeneratedSpan(
    uint Process, string Tracer, SpanKind Kind, ulong Trace, ulong Id, ulong Parent, ulong Start, ulong Duration, string Name, string? Error,
    IReadOnlyList<object> Values)
{
    private static readonly AttributeKey[] Keys = [.. Enumerable.Range(0, 8).Select(i => new AttributeKey($"test.{i}"))];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Elements<string>("", "GET /", "grün", "\u0000\u0001\"\\\n", "日本", "😀", new string('x', 300)),
        Gen.Choose(32, 126).Select(c => (char)c).ArrayOf().Select(c => new string(c)));

    private static readonly Gen<object> Value = Gen.OneOf(
        Text.Select(t => (object)t),
        Gen.Elements<long>(0L, 1, -1, 127, 128, long.MaxValue, long.MinValue).Select(n => (object)n),
        Gen.Elements<double>(0.0, -0.5, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity).Select(n => (object)n),
        Gen.Elements<bool>(true, false).Select(b => (object)b),
        Gen.NonEmptyListOf(Text).Select(t => (object)t.ToArray()));

    private static readonly Gen<ulong> Number = Gen.Elements<ulong>(1UL, 255, 1UL << 32, ulong.MaxValue);

    /// <summary>All there is.</summary>
    public static Gen<GeneratedSpan> Any { get; } =
        from process in Gen.Choose(1, 3)
        from tracer in Gen.Elements<string>("net-http", "go-sql")
        from kind in Gen.Elements<SpanKind>(Enum.GetValues<SpanKind>())
        from ids in Number.ArrayOf(2)
        from parent in Gen.Elements<ulong>(0UL, 1, ulong.MaxValue)
        from start in Gen.Elements<ulong>(0UL, 1, 1UL << 50)
        from duration in Gen.Elements<ulong>(0UL, 1, 1_000_000_000)
        from name in Text.Where(t => t.Length > 0)
        from error in Gen.Elements<string?>(null, "", "not found")
        from values in Value.ListOf().Where(v => v.Count <= Keys.Length)
        select new GeneratedSpan((uint)process, tracer, kind, ids[0], ids[1], parent, start, duration, name, error, [.. values]);

    /// <summary>A server span without attributes.</summary>
    public static GeneratedSpan Simple { get; } = new(1, "net-http", SpanKind.Server, 1, 2, 0, 1, 1, "GET", null, []);

    public Span Fill(Span span)
    {
        span.Reset(Kind, SpanFamilies.None, new EventHeader { Start = Start, End = Start + Duration, Process = Process });
        span.SetIds(new TraceId(Trace, 7), new SpanId(Id), new SpanId(Parent));
        span.SetName(Encoding.UTF8.GetBytes(Name));
        for (int i = 0; i < Values.Count; i++)
        {
            switch (Values[i])
            {
                case string text: span.Set(Keys[i], Encoding.UTF8.GetBytes(text)); break;
                case long number: span.Set(Keys[i], number); break;
                case double number: span.Set(Keys[i], number); break;
                case bool truth: span.Set(Keys[i], truth); break;
                case string[] texts: foreach (string text in texts) span.Add(Keys[i], Encoding.UTF8.GetBytes(text)); break;
            }
        }
        if (Error is not null) span.Fail("500"u8, Encoding.UTF8.GetBytes(Error));
        return span;
    }

    /// <summary>The span in the oracle's words (trace.proto).</summary>
    public JsonObject Expected(long wallOffset)
    {
        JsonObject span = new()
        {
            ["traceId"] = Bytes(Trace, 7),
            ["spanId"] = Bytes(Id),
            ["name"] = Name,
            ["kind"] = (int)Kind,
            ["startTimeUnixNano"] = (Start + (ulong)wallOffset).ToString(CultureInfo.InvariantCulture),
            ["endTimeUnixNano"] = (Start + Duration + (ulong)wallOffset).ToString(CultureInfo.InvariantCulture),
            ["flags"] = 0x101 + (Kind is SpanKind.Server or SpanKind.Consumer && Parent != 0 ? 0x200 : 0),
        };
        if (Parent != 0) span["parentSpanId"] = Bytes(Parent);
        IEnumerable<JsonNode> attributes = Values.Select((v, i) => KeyValue($"test.{i}", v));
        if (Error is not null) attributes = attributes.Append(KeyValue("error.type", "500"));
        if (attributes.Any()) span["attributes"] = new JsonArray([.. attributes]);
        if (Error is { } message) span["status"] = message.Length > 0 ? new JsonObject { ["message"] = message, ["code"] = 2 } : new JsonObject { ["code"] = 2 };
        return span;
    }

    private static JsonObject KeyValue(string key, object value) => new() { ["key"] = key, ["value"] = AnyValue(value) };

    private static JsonObject AnyValue(object value) => value switch
    {
        string text => new() { ["stringValue"] = text },
        long number => new() { ["intValue"] = number.ToString(CultureInfo.InvariantCulture) },
        double number when double.IsFinite(number) => new() { ["doubleValue"] = JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e')) },
        double number => new() { ["doubleValue"] = double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity" },
        bool truth => new() { ["boolValue"] = truth },
        _ => new() { ["arrayValue"] = new JsonObject { ["values"] = new JsonArray([.. ((string[])value).Select(t => (JsonNode)AnyValue(t))]) } },
    };

    private static string Bytes(params ulong[] words) => Convert.ToBase64String([.. words.SelectMany(BitConverter.GetBytes)]);
}
