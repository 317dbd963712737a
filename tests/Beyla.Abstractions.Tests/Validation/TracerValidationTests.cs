using Beyla.Validation;

namespace Beyla.Tests.Validation;

public sealed class TracerValidationTests
{
    private static readonly ProbeGroup Server = new("server");

    private static readonly BpfObjectLayout Object = new(["serve_begin", "serve_end"], ["request_url", "itab_response"], []);

    [Fact]
    public void Check_TablesThatFitTheObject_FindsNothing() => Assert.Empty(TracerValidation.Check(Valid(), Object));

    [Fact]
    public void Check_TablesWithoutObject_FindsNothing() => Assert.Empty(TracerValidation.Check(Valid()));

    [Theory]
    [InlineData("net-http", true)]
    [InlineData("h2", true)]
    [InlineData("NetHttp", false)]
    [InlineData("net_http", false)]
    [InlineData("net--http", false)]
    [InlineData("-http", false)]
    [InlineData("", false)]
    [InlineData("net-http\n", false)]
    public void Check_Name_MustBeKebabCase(string name, bool valid) =>
        Assert.Equal(valid, TracerValidation.Check(Valid() with { Name = name }, Object).Count == 0);

    [Fact]
    public void Check_ProgramTheObjectLacks_NamesProgramAndFunction() => Expect(
        Valid() with { GoProbes = [.. Valid().GoProbes, Server.Entry("net/http.Serve", "serve_other")] },
        "program 'serve_other' (for net/http.Serve) is not in the BPF object");

    [Fact]
    public void Check_FieldWhoseSlotTheObjectLacks_NamesBoth() => Expect(
        Valid() with { GoFields = [.. Valid().GoFields, new("net/http", "Request", "Host", "host")] },
        "field net/http.Request.Host goes into slot 'host', but the BPF object has no SLOT_HOST");

    [Fact]
    public void Check_SlotWithoutField_NamesIt() => Expect(
        Valid() with { GoFields = [] },
        "slot 'request_url' of the BPF object is filled by no field, itab or type");

    [Fact]
    public void Check_SlotFilledTwice_NamesBothSources() => Expect(
        Valid() with { GoFields = [.. Valid().GoFields, new("net/http", "Request", "Host", "request_url")] },
        "slot 'request_url' is filled twice: field net/http.Request.URL and field net/http.Request.Host");

    [Theory]
    [InlineData("URL", true)]
    [InlineData("Host", false)]
    public void Check_SlotThatTwoGroupsNeed_MustMeanTheSameToBoth(string field, bool valid)
    {
        ProbeGroup other = new("other");
        Tables tracer = Valid() with
        {
            GoProbes = [.. Valid().GoProbes, other.Entry("net/http.other", "serve_begin")],
            GoFields = [Server.Field("net/http", "Request", "URL", "request_url"), other.Field("net/http", "Request", field, "request_url")],
        };

        Assert.Equal(valid, TracerValidation.Check(tracer, Object).Count == 0);
    }

    [Fact]
    public void Check_SameProbeTwice_IsAProblem() => Expect(
        Valid() with { GoProbes = [.. Valid().GoProbes, Valid().GoProbes[0]] },
        "two probes run program 'serve_begin' at the entry of net/http.serve");

    [Fact]
    public void Check_SameProbeForSeparateGoVersions_IsNone()
    {
        GoProbe probe = Valid().GoProbes[0];

        Assert.Empty(TracerValidation.Check(
            Valid() with { GoProbes = [probe with { Versions = new(0, 20) }, probe with { Versions = new(21, int.MaxValue) }, Valid().GoProbes[1]] }, Object));
    }

    [Fact]
    public void Check_ResultWithoutWords_IsAProblem() => Expect(
        Valid() with { GoProbes = [Valid().GoProbes[0] with { Words = 0 }, Valid().GoProbes[1]] },
        "the probe of net/http.serve asks for 0 words of a result");

    [Fact]
    public void Check_GroupWithEmptyName_IsAProblem() => Expect(
        Valid() with { GoProbes = [.. Valid().GoProbes, new ProbeGroup(" ").Entry("net/http.other", "serve_begin")] },
        "a group has an empty name");

    [Fact]
    public void Check_FieldOfAGroupWithoutProbes_IsAProblem() => Expect(
        Valid() with { GoFields = [new ProbeGroup("client").Field("net/http", "Request", "URL", "request_url")] },
        "field net/http.Request.URL belongs to group 'client', which has no probe");

    [Fact]
    public void ThrowIfInvalid_SeveralProblems_NamesAllInOneError()
    {
        Tables tracer = Valid() with { Name = "Bad", GoProbes = [Server.Entry("net/http.serve", "none")], GoFields = [], GoItabs = [] };

        TracerValidationException e = Assert.Throws<TracerValidationException>(() => TracerValidation.ThrowIfInvalid(tracer, Object));

        Assert.Equal(4, e.Problems.Count);
        Assert.StartsWith("tracer 'Bad' is not valid: ", e.Message);
        Assert.All(e.Problems, p => Assert.Contains(p, e.Message));
    }

    [Theory]
    [InlineData("captureHeaders", "the setting's key 'captureHeaders' is not snake_case (like capture_headers)")]
    [InlineData("enabled", "'enabled' is the host's: it switches the whole tracer on and off")]
    [InlineData("limit", "there are two settings 'limit'")]
    public void Check_SettingWithBadKey_IsAProblem(string key, string problem) => Expect(
        Valid() with { Settings = [new("limit", TracerSettingType.Integer, "1", ""), new(key, TracerSettingType.Boolean, "", "")] }, problem);

    [Theory]
    [InlineData("redis", true)]
    [InlineData("limit", false)]
    [InlineData("other", false)]
    public void Check_GroupThatASettingSwitchesOn_NeedsABooleanSetting(string key, bool valid)
    {
        ProbeGroup group = new("redis") { EnabledBy = key };
        string[] expected = valid ? [] : [$"group 'redis' is switched on by '{key}', which is no boolean setting of the tracer"];

        Assert.Equal(expected, TracerValidation.Check(Valid() with
        {
            GoProbes = [.. Valid().GoProbes, group.Entry("redis.Do", "serve_begin")],
            Settings = [new("limit", TracerSettingType.Integer, "1", ""), new("redis", TracerSettingType.Boolean, "false", "")],
        }, Object));
    }

    private static void Expect(Tables tracer, string problem) => Assert.Equal([problem], TracerValidation.Check(tracer, Object));

    private static Tables Valid() => new()
    {
        Name = "net-http",
        GoProbes = [Server.Entry("net/http.serve", "serve_begin"), Server.Returns("net/http.serve", "serve_end")],
        GoFields = [Server.Field("net/http", "Request", "URL", "request_url")],
        GoItabs = [Server.Itab("*net/http.response", "net/http.ResponseWriter", "itab_response")],
    };

    private sealed record Tables : ITracer, IUprobeSet, IConfigurableTracer
    {
        public required string Name { get; init; }

        public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<Tables>("none");

        public IReadOnlyList<GoProbe> GoProbes { get; init; } = [];

        public IReadOnlyList<GoField> GoFields { get; init; } = [];

        public IReadOnlyList<GoItab> GoItabs { get; init; } = [];

        public IReadOnlyList<LibraryProbe> LibraryProbes { get; init; } = [];

        public IReadOnlyList<TracerSetting> Settings { get; init; } = [];

        public IReadOnlyList<BpfVariable> BpfVariables => [];

        public void Configure(ITracerSettings settings)
        {
        }

        public void Decode(in BpfEvent e, ISpanWriter spans)
        {
        }
    }
}
