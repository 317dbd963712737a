using System.Text.RegularExpressions;
using Beyla.Host.Commands.Explain;
using Beyla.Host.Configuration;
using Beyla.Host.Control;
using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Commands;

/// <summary><c>beyla explain</c>: which link of the chain is named, and in what words. The real agent is asked in EndToEnd/ExplainTests.</summary>
public class ExplainTests
{
    private static readonly Dictionary<string, long> Nothing = [];
    private static readonly TracerReport Http = new("net-http", "ok", null, [], 4, 0, 0, 4, new Dictionary<string, long> { ["events"] = 4 });
    private static readonly ExporterReport Collector = new("otlp-traces", "http://collector:4318/v1/traces (http/protobuf)", null, Nothing);
    private static readonly ProcessReport Traced =
        new(7, [new("open_port = 80", null)], "shop", null, ["net-http/server"], 3, [], null, false, [Http], [Collector]);

    [Fact]
    public void Verdict_AllLinksHold_IsThatSpansAreExported() => Assert.Equal("spans are exported.", Verdict(Traced));

    [Fact]
    public void Verdict_NoRecordSoFar_AsksForARequest() => Assert.Equal(
        "no spans yet: events: net-http: 0 records of all processes; no probe has fired to the end of a call: send a request.",
        Verdict(Traced with { Tracers = [Http with { Built = 0, Exported = 0, Books = Nothing }] }));

    [Fact]
    public void Verdict_AllSampledOut_NamesTheSampler() => Assert.Equal(
        "no spans: spans: 4 built, 0 filtered, 4 sampled out, 0 handed to exporters; look at [traces.sampler] (OTEL_TRACES_SAMPLER).",
        Verdict(Traced with { Tracers = [Http with { SampledOut = 4, Exported = 0 }] }));

    [Fact]
    public void Verdict_AllIgnored_NamesFiltersAndRoutes() => Assert.Equal(
        "no spans: spans: 4 built, 4 filtered, 0 sampled out, 0 handed to exporters; look at [filter] and [routes] ignored_patterns.",
        Verdict(Traced with { Tracers = [Http with { Filtered = 4, Exported = 0 }] }));

    [Fact]
    public void Verdict_CollectorIsDown_SaysWhy() => Assert.Equal(
        "no spans: exported: otlp-traces to http://collector:4318/v1/traces (http/protobuf) cannot deliver: Connection refused; start the collector or correct the endpoint.",
        Verdict(Traced with { Exporters = [Collector with { Outage = "Connection refused." }] }));

    [Fact]
    public void Verdict_NoExporter_SaysWhatSetsOne() => Assert.Equal(
        "no spans: exported: no exporter is set; OTEL_EXPORTER_OTLP_ENDPOINT sends spans, --trace-printer text shows them.", Verdict(Traced with { Exporters = [] }));

    [Fact]
    public void Verdict_GroupWasRefused_SaysWhichAndWhy() => Assert.Equal(
        "no spans: attached: nothing is attached; 'beyla doctor' says what this kernel gives.",
        Verdict(Traced with { Groups = [], Skipped = ["net-http server spans are off: no."] }));

    [Fact]
    public void Verdict_ProcessCouldNotBeAttached_IsTheFailure() =>
        Assert.Equal("no spans: attached: permission denied.", Verdict(Traced with { Groups = [], Failure = "permission denied." }));

    [Fact]
    public void Verdict_JustAttaching_AsksToWait() => Assert.Equal(
        "no spans yet: attached: the agent is attaching to it just now; ask again in a moment.", Verdict(Traced with { Groups = [], Attaching = true }));

    [Fact]
    public void Selected_WrongPort_NamesTheRuleAndThePort()
    {
        ProcessInfo process = new(new ProcessId(4711, 1), 1, "/srv/shop", new HashSet<int> { 8081 });
        BeylaOptions options = new()
        {
            OpenPort = PortSet.Parse("8080"),
            Discovery = new DiscoveryOptions { Services = [new ServiceCriteria { Name = "cart", ExePath = new Regex("/cart$") }] },
        };
        RuleReport[] rules = [.. SelectionRule.Of(options, process).Select(r => new RuleReport(r.Rule, r.WhyNot))];
        Assert.Equal(
            [
                "[[discovery.services]] number 1 (cart): exe_path = /cart$ does not match: /srv/shop does not match (agent)",
                "open_port = 8080 does not match: the process listens on 8081 (agent)",
            ],
            AgentLinks.Selected(rules, null, "agent").Evidence);
    }

    [Fact]
    public async Task Explain_NoSuchProcess_SaysSoAndExitsWith1()
    {
        BeylaResult result = await BeylaProcess.RunAsync("explain", "4194305"); // above PID_MAX_LIMIT
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("there is no process 4194305, and none listens on port 4194305", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_NobodyAtTheSocket_ExitsWith1AndOneSentence()
    {
        BeylaResult result = await BeylaProcess.RunAsync("explain", $"{Environment.ProcessId}", "--socket", "/absent.sock");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        // The log may have told of the missing folder of plugins before.
        Assert.Equal("beyla explain: no agent can be asked at /absent.sock: nobody listens there", result.Error.TrimEnd('\n').Split('\n')[^1]);
    }

    [Fact]
    public void ToText_Links_AreLinesAndTheVerdict() => Assert.Equal(
        """
        pid 1 (/srv/shop)
          ok        found     process 1
          broken    selected  open_port = 1 does not match
                              open_port = 2 does not match
                              -> change it
        no spans: selected: open_port = 2 does not match; change it.

        """, ExplainReport.ToText([new("pid 1 (/srv/shop)", [
            new("found", LinkState.Ok, "process 1"),
            new("selected", LinkState.Broken, ["open_port = 1 does not match", "open_port = 2 does not match"]) { Next = "change it" }])]));

    private static string Verdict(ProcessReport report) => new Explanation("", [.. AgentLinks.Of(report)]).Verdict;
}
