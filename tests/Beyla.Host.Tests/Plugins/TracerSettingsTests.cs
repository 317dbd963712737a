using System.Runtime.CompilerServices;
using Beyla.Host.Attachment;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Beyla.Host.Tests.Configuration;

namespace Beyla.Host.Tests.Plugins;

/// <summary>The way of a plugin's own settings, on a plugin that has one of every type.</summary>
public sealed class TracerSettingsTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();

    public TracerSettingsTests() => _disk.Add("Configurable");

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Configure_NothingWritten_GetsTheDefaults() => Assert.Equal("False 10  a|b 5", Given(""));

    [Fact]
    public void Configure_ValuesInFile_GetsThem() => Assert.Equal("True -3 x, y c,d|e 60", Given("""
        [tracers.with-settings]
        extra = true
        limit = -3
        word = "x, y"
        names = ["c,d", "e"]
        interval = "1m"
        """));

    [Fact]
    public void Configure_EmptyTextsInFile_ReplaceTheDefault() =>
        Assert.Equal("False 10   5", Given("[tracers.with-settings]\nword = ''\nnames = []"));

    [Fact]
    public void Configure_Variables_BeatTheFile() => Assert.Equal("True 7 v c|d 5", Given(
        "[tracers.with-settings]\nlimit = 1\nnames = ['x']",
        new()
        {
            ["BEYLA_TRACERS_WITH_SETTINGS_EXTRA"] = "1",
            ["BEYLA_TRACERS_WITH_SETTINGS_LIMIT"] = "7",
            ["BEYLA_TRACERS_WITH_SETTINGS_NAMES"] = "c, d",
            ["BEYLA_TRACERS_WITH_SETTINGS_WORD"] = "v",
            ["BEYLA_TRACERS_WITH_SETTINGS_INTERVAL"] = "",
        }));

    [Theory]
    [InlineData("limti = 1", "beyla.toml:2:1: unknown key 'limti' in [tracers.with-settings]; did you mean 'limit'?")]
    [InlineData("enable = true", "beyla.toml:2:1: unknown key 'enable' in [tracers.with-settings]; did you mean 'enabled'?")]
    [InlineData("xyzzy = 1", "beyla.toml:2:1: unknown key 'xyzzy' in [tracers.with-settings]; known keys: enabled, extra, limit, word, names, interval")]
    [InlineData("extra = 'yes'", "beyla.toml:2:9: extra: a string stands where true or false (without quotes) is expected")]
    [InlineData("limit = 1.5", "beyla.toml:2:9: limit: a float stands where an integer is expected")]
    [InlineData("word = 1", "beyla.toml:2:8: word: an integer stands where a string is expected")]
    [InlineData("names = 'a'", "beyla.toml:2:9: names: a string stands where an array of strings is expected")]
    [InlineData("names = ['a', 1]", "beyla.toml:2:9: names: an integer stands where a string is expected")]
    [InlineData("interval = 5", "beyla.toml:2:12: interval: an integer stands where a duration in quotes like 5s, 250ms or 1m is expected")]
    [InlineData("word = 'no'", "beyla.toml:2:8: word: 'no' is not a nice word")]
    public void Load_MistakeInTable_IsReportedWithItsPlace(string line, string sentence)
    {
        using PluginCatalog catalog = Load($"[tracers.with-settings]\n{line}");
        Assert.Equal([sentence], Mistakes(catalog));
    }

    [Fact]
    public void Load_MistakesInVariables_NameTheVariable()
    {
        using PluginCatalog catalog = Load("", new() { ["BEYLA_TRACERS_WITH_SETTINGS_LIMIT"] = "many", ["BEYLA_TRACERS_WITH_SETTINGS_EXTRA"] = "maybe" });
        Assert.Equal(
            ["BEYLA_TRACERS_WITH_SETTINGS_EXTRA: 'maybe' is neither true nor false", "BEYLA_TRACERS_WITH_SETTINGS_LIMIT: 'many' is not a whole number"],
            Mistakes(catalog).Order());
    }

    [Fact]
    public void LoadConfigured_Mistake_UnloadsAndThrows()
    {
        ConfigurationException e = Assert.Throws<ConfigurationException>(() => PluginCatalog.LoadConfigured(Options("[tracers.with-settings]\nlimti = 1", []), _disk.Host));
        Assert.Contains("did you mean 'limit'?", Assert.Single(e.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamesThatNoTracerHas_AreWarnings()
    {
        using PluginCatalog catalog = Load("[tracers.with-setings]\nlimit = 1", new() { ["BEYLA_TRACERS_WITH_SETTINGS_LIMTI"] = "1", ["BEYLA_TRACERS_WITH_SETTINGS_ENABLED"] = "true" });
        Assert.Empty(Mistakes(catalog));
        Assert.Collection(catalog.Settings.Report.Warnings,
            w => Assert.EndsWith("beyla.toml:1:10: no plugin has a tracer 'with-setings'; its settings have no effect; did you mean with-settings?", w, StringComparison.Ordinal),
            w => Assert.Equal(
                "the environment variable BEYLA_TRACERS_WITH_SETTINGS_LIMTI is no setting of any tracer and has no effect; did you mean BEYLA_TRACERS_WITH_SETTINGS_LIMIT?", w));
    }

    [Fact]
    public void Load_DisabledByVariable_IsCheckedButNotConfigured()
    {
        using PluginCatalog catalog = Load("[tracers.with-settings]\nenabled = true\nword = 'no'", new() { ["BEYLA_TRACERS_WITH_SETTINGS_ENABLED"] = "false" });
        Assert.Empty(Mistakes(catalog));
        Assert.Empty(catalog.Tracers);
    }

    [Fact]
    public void Resolved_Settings_TellValueAndOrigin()
    {
        using PluginCatalog catalog = Load("[tracers.with-settings]\nlimit = 1");
        Assert.Contains(catalog.Settings.Resolved, s => s is { Key: "tracers.with-settings.limit", Value: "1" } && s.Origin.ToString().EndsWith("beyla.toml:2:9", StringComparison.Ordinal));
        Assert.Contains(catalog.Settings.Resolved, s => s is { Key: "tracers.with-settings.names", Value: "a,b" } && s.Origin.ToString() == "default");
        Assert.Contains(catalog.Settings.Resolved, s => s is { Key: "tracers.with-settings.word", Value: null });
    }

    [Fact]
    public void BpfVariables_ConfiguredTracer_AreThoseOfItsSettings()
    {
        using PluginCatalog catalog = Load("");
        BpfVariable variable = Assert.Single(Assert.IsType<TracerFaults>(Assert.Single(catalog.Tracers)).BpfVariables);
        Assert.Equal(("given", "False 10  a|b 5".Length), (variable.Name, BitConverter.ToInt32(variable.Value.Span)));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("[tracers.with-settings]\nextra = true", true)]
    public void IsOn_GroupWithSwitch_FollowsTheSetting(string toml, bool on)
    {
        using PluginCatalog catalog = Load(toml);
        TracerFaults tracer = Assert.IsType<TracerFaults>(Assert.Single(catalog.Tracers));
        Assert.Equal(on, tracer.IsOn(Assert.Single(tracer.GoProbes).Group));
        Assert.True(tracer.IsOn(new ProbeGroup("without-switch")));
    }

    private string? Given(string toml, Dictionary<string, string>? variables = null)
    {
        using PluginCatalog catalog = Load(toml, variables);
        Assert.Empty(Mistakes(catalog));
        DropRecorder spans = new();
        Assert.Single(catalog.Tracers).Decode(new BpfEvent(new byte[Unsafe.SizeOf<EventHeader>()]), spans);
        return spans.Reason;
    }

    private PluginCatalog Load(string toml, Dictionary<string, string>? variables = null) => PluginCatalog.Load(Options(toml, variables ?? []), _disk.Host);

    private BeylaOptions Options(string toml, Dictionary<string, string> variables) =>
        new ConfigurationSources { Toml = $"{toml}\n", Environment = new(variables) { ["BEYLA_PLUGINS_PATH"] = _disk.Root } }.Options();

    private static string[] Mistakes(PluginCatalog catalog) =>
        [.. catalog.Settings.Report.Errors.Select(e => e[Math.Max(0, e.IndexOf("beyla.toml", StringComparison.Ordinal))..])];
}
