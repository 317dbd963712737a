using Beyla.Host.Commands;
using System.Text.Json;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;

namespace Beyla.Host.Tests.Plugins;

public sealed class PluginsCommandTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _disk.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task Run_Json_HasTheDocumentedFields()
    {
        string good = _disk.Add("First");
        _disk.Add("NewerContract");

        Assert.Equal(0, await RunAsync(json: true));

        using JsonDocument document = JsonDocument.Parse(_output.ToString());
        JsonElement[] rows = [.. document.RootElement.EnumerateArray()];
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal(
            ["id", "version", "contract", "state", "reason", "tracers", "path"], row.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(("first", "ok", good, JsonValueKind.Null),
            (rows[0].GetProperty("id").GetString(), rows[0].GetProperty("state").GetString(), rows[0].GetProperty("path").GetString(),
            rows[0].GetProperty("reason").ValueKind));
        Assert.Equal("first", Assert.Single(rows[0].GetProperty("tracers").EnumerateArray()).GetString());
        Assert.Equal("refused", rows[1].GetProperty("state").GetString());
        Assert.StartsWith("built for contract 2.0", rows[1].GetProperty("reason").GetString());
        Assert.Empty(_disk.Lines);
    }

    [Fact]
    public async Task Run_Text_ShowsStateAndReason()
    {
        _disk.Add("First");
        _disk.Add("ThrowingConstructor");

        Assert.Equal(0, await RunAsync(json: false));

        string[] lines = _output.ToString().TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches("^STATE +ID +VERSION +CONTRACT +TRACERS +PATH$", lines[0]);
        Assert.Matches("^ok +first +0.1.0 +[0-9.]+ +first +/.*First$", lines[1]);
        Assert.Matches("^failed +ThrowingConstructor ", lines[2]);
        Assert.Matches("^ +its code failed: InvalidOperationException: no luck today.$", lines[3]);
    }

    [Fact]
    public async Task Run_NoPlugin_SaysWhereItLooked()
    {
        await RunAsync(json: false);

        Assert.Equal($"no plugin found in {_disk.Root}", _output.ToString().TrimEnd());
    }

    private Task<int> RunAsync(bool json) =>
        new PluginsCommand(_disk.Host, _output).RunAsync(new BeylaOptions { PluginsPath = [_disk.Root] }, new PluginsArguments(json), CancellationToken.None);
}
