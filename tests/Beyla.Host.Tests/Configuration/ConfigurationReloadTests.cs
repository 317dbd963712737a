using Beyla.Host.Configuration;
using Beyla.Host.Configuration.Reload;
using Beyla.Host.Configuration.Settings;
using Beyla.Host.Configuration.Tracers;
using Beyla.Host.Tests.Plugins;
using EndToEnd.Harness;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Configuration;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryFile _file = new("open_port = 80\n");
    private readonly RecordingLogs _logs = new();
    private readonly List<BeylaOptions> _changes = [];

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Read_LiveSettingsChanged_AreTold()
    {
        ConfigurationReload reload = Start();
        Write("open_port = 81\nlog_level = 'DEBUG'\n[[discovery.services]]\nname = 'a'\nopen_ports = 82\n");
        reload.Read();
        BeylaOptions changed = Assert.Single(_changes);
        Assert.Equal(("81", LogLevel.Debug, "a"), (changed.OpenPort.ToString(), changed.LogLevel, changed.Discovery.Services[0].Name));
        Assert.Equal(["Information configuration read again: open_port, log_level, discovery.services changed."], Log);
    }

    [Fact]
    public void Read_NothingOrOnlyCommentsChanged_TellsNobody()
    {
        ConfigurationReload reload = Start();
        Write("# new\nopen_port = [80]\n");
        reload.Read();
        Assert.Empty(_changes);
        Assert.Equal(["Information configuration read again: nothing changed that is in force."], Log);
    }

    [Fact]
    public void Read_ServiceRemoved_IsAChange()
    {
        Write("open_port = 80\n[[discovery.services]]\nopen_ports = 82\n");
        ConfigurationReload reload = Start();
        Write("open_port = 80\n");
        reload.Read();
        Assert.Empty(Assert.Single(_changes).Discovery.Services);
    }

    [Theory]
    [InlineData("open_prot = 81\nx = 1\ny = 2", "1:1: unknown key 'open_prot' in the top level; did you mean 'open_port'? (and 2 more: 'beyla config check' shows all)")]
    [InlineData("open_port = ", "1:13: a value is expected, found end of line")]
    [InlineData("open_port = 81\n[tracers.first]\nxyzzy = 1", "3:1: unknown key 'xyzzy' in [tracers.first]; known keys: enabled")]
    public void Read_BrokenFile_KeepsTheOldConfiguration(string toml, string mistake)
    {
        ConfigurationReload reload = Start();
        Write(toml + "\n");
        reload.Read();
        Assert.Empty(_changes);
        Assert.Equal([$"Error the configuration stays as it was: {_file.Path}:{mistake}"], Log);

        Write("open_port = 82\n");
        reload.Read();
        Assert.Equal("82", Assert.Single(_changes).OpenPort.ToString());
    }

    [Fact]
    public void Read_FileThatSelectsNothing_KeepsTheOldConfiguration()
    {
        ConfigurationReload reload = Start();
        Write("log_level = 'DEBUG'\n");
        reload.Read();
        Assert.Empty(_changes);
        Assert.StartsWith("Error the configuration stays as it was: nothing says which processes to trace", Assert.Single(Log), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherSettingsChanged_TakeEffectAtTheNextStart()
    {
        ConfigurationReload reload = Start();
        Write("open_port = 80\ntrace_printer = 'json'\notel_traces_export.headers = 'a=b'\n[tracers.first]\nenabled = false\n");
        reload.Read();
        Assert.Empty(_changes);
        Assert.Equal(
            [
                "Information configuration read again: nothing changed that is in force.",
                "Warning configuration: what changed in trace_printer, otel_traces_export.headers, tracers.first.enabled, tracers.first takes effect at the next start.",
            ],
            Log);

        Write("open_port = 80\n");
        reload.Read();
        Assert.Equal("Information configuration read again: nothing changed that is in force.", Log[^1]);
    }

    [Fact]
    public void Read_MaskedValueChanged_IsSeenAndNotShown()
    {
        Write("open_port = 80\notel_traces_export.headers = 'a=old'\n");
        ConfigurationReload reload = Start();
        Write("open_port = 80\notel_traces_export.headers = 'a=new'\n");
        reload.Read();
        Assert.Equal("Warning configuration: what changed in otel_traces_export.headers takes effect at the next start.", Log[^1]);
    }

    [Fact]
    public void Read_StrongerSource_StaysStronger()
    {
        ConfigurationReload reload = Start(new() { [KnownSettings.OpenPort] = "90" });
        Write("open_port = 81\n");
        reload.Read();
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task RunAsync_FileChangesOrIsAsked_Reads()
    {
        using CancellationTokenSource stop = new();
        ConfigurationReload reload = Start();
        Task running = reload.RunAsync(stop.Token);

        Write("open_port = 81\n");
        await Eventually.TrueAsync(() => _changes.Count == 1, Eventually.Soon, () => "the changed file was not read");

        // As editors do it: another file takes the name.
        File.WriteAllText(_file.Path + ".new", "open_port = 82\n");
        File.Move(_file.Path + ".new", _file.Path, overwrite: true);
        await Eventually.TrueAsync(() => _changes.Count == 2, Eventually.Soon, () => "the replaced file was not read");

        int lines = _logs.Lines.Count;
        reload.Request();
        await Eventually.TrueAsync(() => _logs.Lines.Count > lines, Eventually.Soon, () => "the request was not answered");

        await stop.CancelAsync();
        await running;
        Assert.Equal(["81", "82"], _changes.Select(c => c.OpenPort.ToString()));
    }

    [Fact]
    public async Task RunAsync_NoFile_EndsAtOnce()
    {
        ConfigurationReload reload = new(
            BeylaConfiguration.Load(new Dictionary<string, string>(), new Dictionary<Setting, string>()), _ => new ConfigurationReport(), _logs.Of<ConfigurationReload>());
        await reload.RunAsync(CancellationToken.None).WaitAsync(Eventually.Soon);
    }

    private string[] Log => [.. _logs.Lines.Select(l => $"{l.Level} {l.Text}")];

    private void Write(string toml) => File.WriteAllText(_file.Path, toml);

    private ConfigurationReload Start(Dictionary<Setting, string>? flags = null)
    {
        BeylaConfiguration configuration = BeylaConfiguration.Load(new Dictionary<string, string>(), new Dictionary<Setting, string>(flags ?? []) { [KnownSettings.ConfigPath] = _file.Path });
        ConfigurationReload reload = new(configuration, Check, _logs.Of<ConfigurationReload>()) { PollInterval = TimeSpan.FromMilliseconds(10) };
        reload.Changed += _changes.Add;
        return reload;
    }

    private static ConfigurationReport Check(BeylaOptions options)
    {
        TracerSettingsReader reader = new(options);
        reader.Read("first", []);
        return reader.Report;
    }
}
