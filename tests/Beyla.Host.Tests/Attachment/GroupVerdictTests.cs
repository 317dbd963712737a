using Beyla.Host.Attachment;

namespace Beyla.Host.Tests.Attachment;

public sealed class GroupVerdictTests
{
    private static readonly ProbeGroup Server = new("server");
    private static readonly ProbeGroup Client = new("client");

    private static ProbeInspection Probe(ProbeGroup group, ProbeStatus status, FailureMode failure = FailureMode.Required) =>
        new(group.Entry("net/http." + group.Name, "program", failure), status, 1, [], null);

    private static FieldInspection Field(ProbeGroup? group, int? offset, FailureMode failure = FailureMode.Required) =>
        new(new GoField("net/http", "Request", "URL", "url", failure) { Group = group }, offset);

    [Fact]
    public void Of_RequiredFieldOfAnotherGroupMissing_LeavesThisGroupAlone()
    {
        ProbeInspection[] probes = [Probe(Server, ProbeStatus.Found), Probe(Client, ProbeStatus.Found)];
        FieldInspection[] fields = [Field(Client, null)];

        Assert.True(GroupVerdict.Of("server", 24, probes, fields, []).Attachable);
        GroupInspection client = GroupVerdict.Of("client", 24, probes, fields, []);
        Assert.False(client.Attachable);
        Assert.Contains("field 'URL' of net/http.Request", client.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FieldOfEveryGroupMissing_TakesThemAllDown() =>
        Assert.False(GroupVerdict.Of("server", 24, [Probe(Server, ProbeStatus.Found)], [Field(null, null)], []).Attachable);

    [Fact]
    public void Of_WarnMissing_AttachesAndSaysWhatIsLost()
    {
        GroupInspection verdict = GroupVerdict.Of(
            "server", 24, [Probe(Server, ProbeStatus.Found), Probe(Server, ProbeStatus.Missing, FailureMode.Warn)], [], []);

        Assert.True(verdict.Attachable);
        Assert.StartsWith("goes without: function net/http.server", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_IgnoredMissing_SaysNothing() =>
        Assert.Null(GroupVerdict.Of("server", 24, [Probe(Server, ProbeStatus.Found)], [Field(Server, null, FailureMode.Ignore)], []).Reason);

    [Theory]
    [InlineData(null, "not a Go program")]
    [InlineData(16, "Go 1.16")]
    public void Of_ProgramThatCannotBeProbed_SaysWhy(int? minor, string reason)
    {
        GroupInspection verdict = GroupVerdict.Of("server", minor, [Probe(Server, ProbeStatus.Found)], [], []);

        Assert.False(verdict.Attachable);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }
}
