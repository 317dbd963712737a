using System.Globalization;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Requests that arrive with a trace go on with it; what is not exactly a trace is ignored.</summary>
public sealed class TraceContextTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c", Short = "8448eb211c80319c", Parent = "b7ad6b7169203331";
    private const string Traceparent = $"traceparent: 00-{Trace}-{Parent}-01";

    /// <summary>Header lines and the trace that they stand for; null for none.</summary>
    private static readonly (string Headers, string? Trace)[] W3C =
    [
        (Traceparent, Trace),
        ($"Traceparent: 00-{Trace}-{Parent}-00", Trace),                                     // not sampled: the ids are kept
        ($"TRACEPARENT:   00-{Trace}-{Parent}-ff  ", Trace),
        ($"traceparent: cc-{Trace}-{Parent}-01", Trace),                                     // a later version
        ($"traceparent: cc-{Trace}-{Parent}-01-what-else", Trace),
        ($"traceparent: cc-{Trace}-{Parent}-01.what-else", null),
        ($"traceparent: 00-{Trace}-{Parent}-01-what-else", null),
        ($"traceparent: ff-{Trace}-{Parent}-01", null),
        ($"traceparent: 00-{Trace.ToUpperInvariant()}-{Parent}-01", null),
        ($"traceparent: 00-{new string('0', 32)}-{Parent}-01", null),
        ($"traceparent: 00-{Trace}-{new string('0', 16)}-01", null),
        ($"traceparent: 00-{Trace}-{Parent}-0g", null),
        ($"traceparent: 00-{Trace}-{Parent}", null),
        ($"traceparent: 00_{Trace}-{Parent}-01", null),
        ("traceparent:", null),
        ($"x-traceparent: 00-{Trace}-{Parent}-01", null),
        ($"b3: {Trace}-{Parent}-1", null),
        ("", null),
    ];

    private static readonly (string Headers, string? Trace)[] B3 =
    [
        ($"b3: {Trace}-{Parent}-1", Trace),
        ($"B3: {Trace}-{Parent}-0", Trace),
        ($"b3: {Trace}-{Parent}", Trace),
        ($"b3: {Trace}-{Parent}-d-{Parent}", Trace),
        ($"b3: {Short}-{Parent}-1", new string('0', 16) + Short),
        ($"b3: {Trace}-{Parent}-x", null),
        ($"b3: {Trace}-{Parent}-1_{Parent}", null),
        ("b3: 0", null),
        ($"X-B3-TraceId: {Trace}\r\nX-B3-SpanId: {Parent}", Trace),
        ($"x-b3-traceid: {Short}\r\nx-b3-spanid: {Parent}\r\nx-b3-sampled: 0", new string('0', 16) + Short),
        ($"X-B3-TraceId: {Trace}", null),
        ($"X-B3-TraceId: {Trace[1..]}\r\nX-B3-SpanId: {Parent}", null),
        ($"X-B3-TraceId: nonsense\r\nX-B3-SpanId: {Parent}\r\nb3: {Trace}-{Parent}-1", Trace),
        (Traceparent, null),
    ];

    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public Task Traceparent_OfEveryForm_IsContinuedOrIgnored(Release release) => CheckAsync(release, W3C);

    [AgentTheory, MemberData(nameof(Releases.OldestAndNewest), MemberType = typeof(Releases))]
    public Task B3_OfEveryForm_IsContinuedWhereItIsAskedFor(Release release) => CheckAsync(release, B3, "b3");

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public Task Propagators_None_StartNewTraces(Release release) => CheckAsync(release, [(Traceparent, null), ($"b3: {Trace}-{Parent}-1", null)], "none");

    /// <summary>Maps of Go have one bucket or group up to eight entries, and grow in several ways.</summary>
    [AgentTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public Task Traceparent_AmongManyHeaders_IsFoundWhereverItStands(Release release) => CheckAsync(
        release,
        [
            .. from count in new[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 20, 26, 27, 28, 40, 50 }
               from place in new[] { 0, count / 2, count }.Distinct()
               select (Many(count, place), (string?)Trace),
        ]);

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Call_OfARequestWithATrace_ContinuesItThroughTheServerSpan(Release release)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target);
        using RawConnection connection = new(target.Port);
        connection.Request("GET", $"/client?url={Uri.EscapeDataString($"http://127.0.0.1:{target.Port}/hello")}", Traceparent + "\r\nConnection: close\r\n");
        connection.ReadToEnd();

        await agent.SpansShouldBeAsync(
            ExpectedSpan.Server("GET", "/client", 200), ExpectedSpan.Client("GET", $"http://127.0.0.1:{target.Port}/hello", 200), ExpectedSpan.Server("GET", "/hello", 200));
        SpanRecord outer = agent.Spans.Single(s => s.TextOf("url.path") == "/client"), call = agent.Spans.Single(s => s.Kind == "client");
        Assert.Equal((Trace, Parent), (outer.TraceId, outer.ParentSpanId));
        Assert.Equal((Trace, outer.SpanId), (call.TraceId, call.ParentSpanId));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.H2), MemberType = typeof(Releases))]
    public async Task Traceparent_OfAStream_IsContinued(Release release, string mode)
    {
        await using Http2Pair pair = await Http2Pair.StartAsync(release, mode);
        await using Agent agent = await pair.TraceAsync();

        await pair.SendAsync(new("/hello", Headers: new Dictionary<string, string> { ["traceparent"] = $"00-{Trace}-{Parent}-01" }));
        await pair.SendAsync(new("/missing"));                             // the next one on the connection has a trace of its own

        await agent.SpansShouldBeAsync(
            pair.ServerSpan("GET", "/hello", 200), pair.ClientSpan("GET", "/hello", 200), pair.ServerSpan("GET", "/missing", 404), pair.ClientSpan("GET", "/missing", 404));
        SpanRecord served = agent.Spans.Single(s => s.TextOf("url.path") == "/hello"), next = agent.Spans.Single(s => s.TextOf("url.path") == "/missing");
        Assert.Equal((Trace, Parent), (served.TraceId, served.ParentSpanId));
        Assert.NotEqual(Trace, next.TraceId);
        Assert.Equal("", next.ParentSpanId);
        await agent.StopAsync();
    }

    private static string Many(int count, int place)
    {
        IEnumerable<string> headers = Enumerable.Range(0, count).Select(i => $"X-Header-{i.ToString("d2", CultureInfo.InvariantCulture)}: {i}"); // 11 bytes, too
        return string.Join("\r\n", [.. headers.Take(place), Traceparent, .. headers.Skip(place)]);
    }

    private static async Task CheckAsync(Release release, (string Headers, string? Trace)[] cases, string? propagators = null)
    {
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o =>
        {
            // Requests that were not sampled are of interest here, too.
            Dictionary<string, string> variables = new() { ["OTEL_TRACES_SAMPLER"] = "always_on" };
            if (propagators is not null) variables["OTEL_PROPAGATORS"] = propagators;
            o.Variables = variables;
        });
        for (int i = 0; i < cases.Length; i++)
        {
            using RawConnection connection = new(target.Port);
            connection.Request("GET", $"/missing/{i}", cases[i].Headers + (cases[i].Headers.Length > 0 ? "\r\n" : "") + "Connection: close\r\n");
            Assert.StartsWith("HTTP/1.1 404 ", connection.ReadToEnd(), StringComparison.Ordinal);
        }

        await agent.SpansShouldBeAsync([.. cases.Select((_, i) => ExpectedSpan.Server("GET", $"/missing/{i}", 404))]);
        Assert.All(agent.Spans, span =>
        {
            (string headers, string? trace) = cases[int.Parse(span.TextOf("url.path")!.Split('/')[2], CultureInfo.InvariantCulture)];
            if (trace is not null) Assert.True((trace, Parent) == (span.TraceId, span.ParentSpanId), $"{headers}: {span}");
            else Assert.True(span.ParentSpanId.Length == 0 && !span.TraceId.Contains(Short, StringComparison.Ordinal), $"{headers}: {span}");
        });
        await agent.StopAsync();
    }
}
