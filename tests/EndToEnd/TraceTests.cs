using System.Globalization;
using System.Text.Json.Nodes;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary><c>beyla trace</c> on the teaching program: what it prints is what the program itself answers.</summary>
public sealed class TraceTests
{
    [AgentTheory, MemberData(nameof(TeachingTarget.Plain), MemberType = typeof(TeachingTarget))]
    public Task Trace_TypesFromDwarf_PrintsArgumentAndFloatResult(Release release) => ComputeEAsync(release, "main.computeE");

    [AgentTheory, MemberData(nameof(TeachingTarget.Stripped), MemberType = typeof(TeachingTarget))]
    public Task Trace_StrippedAndTypesFromUser_PrintsArgumentAndFloatResult(Release release) => ComputeEAsync(release, "main.computeE(iterations int64) float64");

    [AgentTheory, MemberData(nameof(TeachingTarget.Plain), MemberType = typeof(TeachingTarget))]
    public async Task Trace_EveryKindOfArgument_IsAsTheProgramPassedIt(Release release)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(release);
        (string Function, string[] Flags, string Positive, string Negative)[] rows =
        [
            ("main.greet", [], """{"name":"world","times":2,"loud":true} ["hello world hello world !",null]""",
                """{"name":"world","times":-2,"loud":false} ["","*errors.errorString(\"cannot greet -2 times\")"]"""),
            ("main.count", [], """{"data":"abc","small":-2,"big":9223372036854775810} [292]""", """{"data":"abc","small":2,"big":9223372036854775806} [296]"""),
            ("main.(*order).total", ["--print", "o.next.name"], """{"quantity":3,"o.next.name":"milk"} [6]""", """{"quantity":3,"o.next.name":"milk"} [-6]"""),
            ("main.place", [], """{"o.id":2,"o.name":"coffee","o.price":null,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6} [29]""",
                """{"o.id":-2,"o.name":"coffee","o.price":null,"a":1,"b":2,"c":3,"d":4,"e":5,"f":6} [25]"""),
        ];
        foreach ((string function, string[] flags, string positive, string negative) in rows)
        {
            await using ChildProcess trace = await StartAsync(target, function, ["--json", "--count", "2", .. flags]);
            await target.Requests.GetAsync("/kinds?n=2");
            await target.Requests.GetAsync("/kinds?n=-2");
            Assert.Equal([positive, negative], (await CallsAsync(trace, 2)).Select(Without));
        }
    }

    [AgentTheory, MemberData(nameof(TeachingTarget.Plain), MemberType = typeof(TeachingTarget))]
    public async Task Trace_RecursionWithACondition_KeepsEachCallApart(Release release)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(release);
        await using ChildProcess trace = await StartAsync(target, "main.depth", ["--json", "--where", "n >= 3", "--count", "3"]);
        await target.Requests.GetAsync("/kinds?n=5");
        Assert.Equal(["""{"n":3} [3]""", """{"n":4} [4]""", """{"n":5} [5]"""], (await CallsAsync(trace, 3)).Select(Without));
    }

    [AgentTheory, MemberData(nameof(TeachingTarget.Stripped), MemberType = typeof(TeachingTarget))]
    public async Task Trace_Histogram_CountsEveryCall(Release release)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(release);
        await using ChildProcess trace = await StartAsync(target, "main.depth", ["--histogram"]);
        await target.Requests.GetAsync("/kinds?n=99");
        ChildProcess.Signal(trace.Pid, "TERM");
        await trace.ExitAsync(Eventually.Soon);
        Assert.Equal("100 calls.", trace.Error.Lines[^1]);
        Assert.Equal(100, trace.Output.Lines.Sum(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture)));
    }

    [AgentTheory, MemberData(nameof(TeachingTarget.Inlined), MemberType = typeof(TeachingTarget))]
    public async Task Trace_InlinedOrWrongName_SaysSo(Release release)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(release);
        Assert.Contains("the compiler inlined it wherever it is called", await RefusalAsync(target, "main.computeE"), StringComparison.Ordinal);
        Assert.Contains("did you mean 'main.greet'?", await RefusalAsync(target, "main.gret"), StringComparison.Ordinal);
    }

    private static async Task ComputeEAsync(Release release, string function)
    {
        await using TargetProcess target = await TeachingTarget.StartAsync(release);
        await using ChildProcess trace = await StartAsync(target, function, ["--json", "--count", "3"]);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{TargetProcess.Text(target.Port)}") };
        List<string> expected = [];
        foreach (int iterations in new[] { 1, 5, 20 })
        {
            string answer = (await client.GetStringAsync($"/e?iterations={TargetProcess.Text(iterations)}")).Trim();
            expected.Add($$"""{"iterations":{{TargetProcess.Text(iterations)}}} [{{answer}}]""");
        }
        Assert.Equal(expected, (await CallsAsync(trace, 3)).Select(Without));
    }

    private static async Task<ChildProcess> StartAsync(TargetProcess target, string function, string[] flags)
    {
        ChildProcess trace = ChildProcess.Start(Repository.Agent, ["trace", TargetProcess.Text(target.Pid), function, .. flags]);
        await Eventually.TrueAsync(
            () => trace.HasExited || trace.Error.Lines.Any(l => l.StartsWith("tracing ", StringComparison.Ordinal)), Eventually.Soon, () => $"it does not trace. {trace}");
        return trace;
    }

    private static async Task<string> RefusalAsync(TargetProcess target, string function)
    {
        await using ChildProcess trace = await StartAsync(target, function, []);
        await trace.ExitAsync(Eventually.Soon);
        Assert.Equal(2, trace.ExitCode);
        return string.Join('\n', trace.Error.Lines);
    }

    private static async Task<IReadOnlyList<JsonNode>> CallsAsync(ChildProcess trace, int count)
    {
        await Eventually.TrueAsync(() => trace.Output.Lines.Count >= count, Eventually.Soon, () => $"there are not {count} calls. {trace}");
        return [.. trace.Output.Lines.Select(line => JsonNode.Parse(line)!)];
    }

    /// <summary>Arguments and results, without what differs from run to run: addresses.</summary>
    private static string Without(JsonNode call)
    {
        JsonObject arguments = call["args"]!.AsObject();
        foreach (string address in arguments.Where(a => a.Value is JsonValue v && v.ToString().StartsWith("0x", StringComparison.Ordinal)).Select(a => a.Key).ToArray()) arguments.Remove(address);
        System.Text.Json.JsonSerializerOptions plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        return $"{arguments.ToJsonString(plain)} {call["return"]!.ToJsonString(plain)}";
    }
}
