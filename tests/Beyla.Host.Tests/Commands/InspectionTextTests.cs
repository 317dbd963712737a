using Beyla.Elf.Sites;
using Beyla.Host.Attachment;
using Beyla.Host.Commands;

namespace Beyla.Host.Tests.Commands;

public sealed class InspectionTextTests
{
    private static readonly ProbeGroup Server = new("server");
    private static readonly ProbeGroup Client = new("client");
    private static readonly ProbeGroup Metrics = new("metrics") { EnabledBy = "metrics" };

    private static readonly Dictionary<string, string> Modules = new()
    {
        ["google.golang.org/grpc"] = "v1.64.0",
        ["google.golang.org/genproto"] = "v0.1.0",
    };

    [Fact]
    public void Render_GroupThatIsThere_SaysYesAndTheLibrarysVersion() =>
        Assert.Contains("\ngrpc\n  yes  server   google.golang.org/grpc v1.64.0\n", Text(Yes(Server), Switched(Metrics)), StringComparison.Ordinal);

    [Fact]
    public void Render_GroupWithoutFunctions_NamesTheFunctionThatIsNotThere() =>
        Assert.Contains(
            "\n  no   client  no grpc client in this program: google.golang.org/grpc.client is not in it\n",
            Text(Yes(Server), new GroupInspection(Client, false, "the program has none of its functions") { Obstacle = GroupObstacle.NoFunctions }),
            StringComparison.Ordinal);

    [Fact]
    public void Render_GroupWithoutFunctions_NamesARequiredDeclaredOneRatherThanAClosure()
    {
        GroupInspection absent = new(Client, false, "the program has none of its functions") { Obstacle = GroupObstacle.NoFunctions };
        static ProbeInspection Missing(string function, FailureMode failure) =>
            new(Client.Entry(function, "program", failure), ProbeStatus.Missing, null, [], "not in this binary");
        TracerInspection tracer = new("grpc", [absent],
            [Missing("a.luxury", FailureMode.Ignore), Missing("a.Do.func1", FailureMode.Required), Missing("a.Do-fm", FailureMode.Required), Missing("a.Do", FailureMode.Required)], [], [], []);

        Assert.Contains(": a.Do is not in it\n", InspectionText.Render(Inspect([Yes(Server)]) with { Tracers = [tracer] }, details: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_GroupOfAnotherGoRelease_IsNeitherYesNorNo() =>
        Assert.Contains(
            "\n  -    client  not needed with Go 1.24\n",
            Text(Yes(Server), new GroupInspection(Client, false, "not needed with Go 1.24") { Obstacle = GroupObstacle.NotNeeded }), StringComparison.Ordinal);

    [Fact]
    public void Render_SupportGroup_IsYesOnlyWhereAnotherGroupIs()
    {
        GroupInspection support = Yes(new ProbeGroup("parents") { Support = true });

        Assert.Contains("\n  yes  parents", Text(Yes(Server), support), StringComparison.Ordinal);
        Assert.Contains("\n  -    parents  google.golang.org/grpc v1.64.0; only helps other groups", Text(support), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_GroupThatIsSwitchedOff_SaysWhatTurnsItOn() =>
        Assert.Contains("\n  off  metrics  [tracers.grpc] metrics = true turns it on\n", Text(Yes(Server), Switched(Metrics)), StringComparison.Ordinal);

    [Fact]
    public void Render_ManyPartsMissing_NamesThemAllOnlyInDetail()
    {
        GroupInspection refused = new(Server, false, "a; b; c") { Obstacle = GroupObstacle.PartsMissing, Missing = ["field 'a' is not there", "b", "c"] };

        Assert.Contains("no   server  google.golang.org/grpc v1.64.0; field 'a' is not there; and 2 more (--tracer grpc names them)\n", Text(refused), StringComparison.Ordinal);
        Assert.Contains("no   server  google.golang.org/grpc v1.64.0; field 'a' is not there; b; c\n", Text(details: true, refused), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_GroupThatGoesWithoutSomething_SaysYesAndWithoutWhat() =>
        Assert.Contains(
            "\n  yes  server  google.golang.org/grpc v1.64.0; goes without: the peer's address\n",
            Text(new GroupInspection(Server, true, "goes without: the peer's address") { Missing = ["the peer's address"] }), StringComparison.Ordinal);

    [Fact]
    public void Render_ByDefault_ShowsNoProbe()
    {
        Assert.DoesNotContain("entry of", Text(Yes(Server)), StringComparison.Ordinal);
        Assert.Contains(
            "\n    entry of google.golang.org/grpc.server\n      +0x9  push rbp  emulated: past the stack check\n", Text(details: true, Yes(Server)), StringComparison.Ordinal);
    }

    [Fact]
    public void Render_GoThatIsTooOld_IsSaidOnceForAllTracers()
    {
        const string Reason = "built with Go 1.16: too old";
        static GroupInspection TooOld(ProbeGroup group) => new(group, false, Reason) { Obstacle = GroupObstacle.TooOld };

        string text = Text(TooOld(Server), TooOld(Client));

        Assert.EndsWith($"  nothing to attach: {Reason}\n", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Count(c => c == '\n'));
    }

    [Fact]
    public void Render_ProgramThatIsNotGo_SaysNothingOfTracers()
    {
        Inspection inspection = Inspect([new(Server, false, "not a Go program") { Obstacle = GroupObstacle.NotGo }]) with { Language = "generic", Kind = "generic", GoVersion = null };

        Assert.StartsWith("/srv/app\n  not a Go program: no tracer for it yet, ", InspectionText.Render(inspection, details: false), StringComparison.Ordinal);
        Assert.DoesNotContain("grpc", InspectionText.Render(inspection, details: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("google.golang.org/grpc.(*Server).handleStream", "google.golang.org/grpc")]
    [InlineData("net/http.serverHandler.ServeHTTP", "net/http")]
    [InlineData("*github.com/jackc/pgx/v5.Conn", "github.com/jackc/pgx/v5")]
    [InlineData("gopkg.in/yaml%2ev2.(*parser).parse", "gopkg.in/yaml.v2")]
    [InlineData("a.org/b.Map[c.org/d/e.Key]", "a.org/b")]
    [InlineData("runtime.newproc1", "runtime")]
    public void PackageOf_SymbolOrType_IsTheImportPath(string name, string package) => Assert.Equal(package, GoLibraries.PackageOf(name));

    [Fact]
    public void Of_ProbesOfTheStandardLibrary_NamesTheLibrariesWhoseTypesAreKnown()
    {
        TracerInspection sql = new("go-sql", [Yes(Client)], [Found("database/sql.(*DB).Query")], [], [],
            [new(Client.Type("*google.golang.org/grpc.Conn", "slot"), 0x10), new(Client.Type("*google.golang.org/genproto.Conn", "slot"), null)]);
        TracerInspection grpc = sql with { Probes = [Found("google.golang.org/genproto.f")] };
        Inspection inspection = Inspect([Yes(Client)]);

        Assert.Equal(["google.golang.org/grpc"], GoLibraries.Of(inspection, sql, sql.Groups[0]).Select(l => l.Key));
        Assert.Equal(["google.golang.org/genproto"], GoLibraries.Of(inspection, grpc, grpc.Groups[0]).Select(l => l.Key));
        static ProbeInspection Found(string function) => new(Client.Entry(function, "program"), ProbeStatus.Found, 1, [], null);
    }

    [Fact]
    public void Of_PackagesOfNestedModules_TakesTheInnermost()
    {
        Inspection inspection = Inspect([Yes(Server)]) with { Modules = new Dictionary<string, string>(Modules) { ["google.golang.org"] = "v9" } };

        Assert.Equal([KeyValuePair.Create("google.golang.org/grpc", "v1.64.0")], GoLibraries.Of(inspection, inspection.Tracers[0], inspection.Tracers[0].Groups[0]));
    }

    private static GroupInspection Yes(ProbeGroup group) => new(group, true, null);

    private static GroupInspection Switched(ProbeGroup group) => GroupVerdict.Off("grpc", new(group, true, null));

    private static string Text(params GroupInspection[] groups) => Text(details: false, groups);

    private static string Text(bool details, params GroupInspection[] groups) => InspectionText.Render(Inspect(groups), details);

    /// <summary>A gRPC server; groups that lack their functions have a missing probe.</summary>
    private static Inspection Inspect(GroupInspection[] groups) => new("/srv/app", "go", "go", "go1.24.4", "abc", false, false, Modules,
        [new TracerInspection("grpc", groups, [.. groups.Select(Probe)], [], [], [])]) { BaseAddress = 0, Runtime = null };

    private static ProbeInspection Probe(GroupInspection group) => group.Obstacle == GroupObstacle.NoFunctions
        ? new(group.Group.Entry("google.golang.org/grpc." + group.Name, "program"), ProbeStatus.Missing, null, [], "not in this binary")
        : new(group.Group.Entry("google.golang.org/grpc." + group.Name, "program"), ProbeStatus.Found, 0x1000,
            [new PlannedSite(new ProbeSite(0x1009, 9, "push rbp", true, "past the stack check", default, null), 0x1009)], null);
}
