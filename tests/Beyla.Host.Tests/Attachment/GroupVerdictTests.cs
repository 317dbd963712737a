using Beyla.Host.Attachment;

namespace Beyla.Host.Tests.Attachment;

public sealed class GroupVerdictTests
{
    private static readonly ProbeGroup Server = new("server");
    private static readonly ProbeGroup Client = new("client");

    private static ProbeInspection Probe(ProbeGroup group, ProbeStatus status, FailureMode failure = FailureMode.Required) =>
        new(group.Entry("net/http." + group.Name, "program", failure), status, 1, [], null);

    private static SlotInspection Field(ProbeGroup? group, ulong? offset, FailureMode failure = FailureMode.Required, string name = "URL") =>
        new("url", group, failure, $"field '{name}' of net/http.Request is missing", offset, IsAddress: false);

    [Fact]
    public void Of_RequiredFieldOfAnotherGroupMissing_LeavesThisGroupAlone()
    {
        ProbeInspection[] probes = [Probe(Server, ProbeStatus.Found), Probe(Client, ProbeStatus.Found)];
        SlotInspection[] fields = [Field(Client, null)];

        Assert.True(GroupVerdict.Of(Server, 24, probes, fields).Attachable);
        GroupInspection client = GroupVerdict.Of(Client, 24, probes, fields);
        Assert.False(client.Attachable);
        Assert.Contains("field 'URL' of net/http.Request", client.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FieldOfEveryGroupMissing_TakesThemAllDown() =>
        Assert.False(GroupVerdict.Of(Server, 24, [Probe(Server, ProbeStatus.Found)], [Field(null, null)]).Attachable);

    [Fact]
    public void Of_WarnMissing_AttachesAndSaysWhatIsLost()
    {
        GroupInspection verdict = GroupVerdict.Of(
            Server, 24, [Probe(Server, ProbeStatus.Found), Probe(Server, ProbeStatus.Missing, FailureMode.Warn)], []);

        Assert.True(verdict.Attachable);
        Assert.StartsWith("goes without: function net/http.server", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_IgnoredMissing_SaysNothing() =>
        Assert.Null(GroupVerdict.Of(Server, 24, [Probe(Server, ProbeStatus.Found)], [Field(Server, null, FailureMode.Ignore)]).Reason);

    [Fact]
    public void Of_GroupThatIsOnlyNeededBesideAnAbsentFunction_NamesThatFunction()
    {
        ProbeGroup wrapped = new("wrapped") { OnlyWith = "example.org/wrapper.Serve" };

        GroupInspection verdict = GroupVerdict.Of(wrapped, 27, [Probe(wrapped, ProbeStatus.OtherVersion)], [Field(wrapped, null)]);

        Assert.Equal((false, "not needed without example.org/wrapper.Serve"), (verdict.Attachable, verdict.Reason));
    }

    [Fact]
    public void Among_SecondWayToTheSameSpans_WaitsForTheFirst()
    {
        GroupInspection sockets = new(new("sockets") { Front = "socket" }, true, null), probes = new(new("probes") { Front = "uprobe" }, true, null);

        GroupInspection behind = GroupVerdict.Among([sockets], probes), alone = GroupVerdict.Among([sockets with { Attachable = false }], probes);

        Assert.Equal((true, GroupObstacle.SecondChoice, "in the place of sockets where that cannot be attached"), (behind.Attachable, behind.Obstacle, behind.Reason));
        Assert.Equal(probes, alone);
        Assert.Equal(sockets, GroupVerdict.Among([], sockets));
    }

    [Fact]
    public void Of_ArgumentThatIsNotKnown_SaysWhy()
    {
        GoroutineArgument row = Server.Argument("net/http.(*Server).Serve", "net/http.(*conn).serve", "start", "argument");
        ArgumentInspection unknown = new(row, null, HasFunction: true, "it is not started there"), absent = unknown with { HasFunction = false };
        SlotInspection slot = new("start", Server, FailureMode.Required, unknown.What, null, IsAddress: true);

        GroupInspection verdict = GroupVerdict.Of(Server, 24, [], [slot], [unknown]);

        Assert.Equal((false, "the argument of goroutines that run net/http.(*conn).serve is not known: it is not started there"), (verdict.Attachable, verdict.Reason));
        Assert.Equal(GroupObstacle.NoFunctions, GroupVerdict.Of(Server, 24, [], [slot], [absent]).Obstacle);
    }

    [Fact]
    public void Of_SlotWithSeveralNames_NeedsOneOfThem()
    {
        ProbeInspection[] probes = [Probe(Server, ProbeStatus.Found)];

        Assert.True(GroupVerdict.Of(Server, 24, probes, [Field(Server, null), Field(Server, 8, name: "Link")]).Attachable);
        Assert.Contains("'URL'", GroupVerdict.Of(Server, 24, probes, [Field(Server, null), Field(Server, null, name: "Link")]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FunctionWithSeveralNames_NeedsOneOfThem()
    {
        static ProbeInspection Named(string function, ProbeStatus status) =>
            new(Server.Entry(function, "program") with { OneOf = "status" }, status, null, [], null);

        Assert.True(GroupVerdict.Of(Server, 24, [Named("a", ProbeStatus.Missing), Named("b", ProbeStatus.Found), Named("c", ProbeStatus.Alternative)], []).Attachable);
        Assert.Equal(
            "function a is not in this binary",
            GroupVerdict.Of(Server, 24, [Probe(Server, ProbeStatus.Found), Named("a", ProbeStatus.Missing), Named("b", ProbeStatus.Missing)], []).Reason);
    }

    [Theory]
    [InlineData(null, "not a Go program")]
    [InlineData(16, "Go 1.16")]
    public void Of_ProgramThatCannotBeProbed_SaysWhy(int? minor, string reason)
    {
        GroupInspection verdict = GroupVerdict.Of(Server, minor, [Probe(Server, ProbeStatus.Found)], []);

        Assert.False(verdict.Attachable);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Off_GroupWithSwitch_SaysWhatTurnsItOn()
    {
        GroupInspection on = new(new ProbeGroup("redis") { EnabledBy = "redis" }, true, null);
        GroupInspection verdict = GroupVerdict.Off("go-sql", on);

        Assert.Equal((false, true, "off; [tracers.go-sql] redis = true turns it on"), (verdict.Attachable, verdict.SwitchedOff, verdict.Reason));
        Assert.Equal("not a Go program", GroupVerdict.Off("go-sql", on with { Attachable = false, Reason = "not a Go program" }).Reason);
    }
}
