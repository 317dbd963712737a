using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>Folders that hold no usable plugin cost one line each; the good ones go on.</summary>
public sealed class PluginFolderTests
{
    public static TheoryData<Release, string> BadFolders { get; } =
        Releases.TypicalWith("empty", "not-an-assembly", "truncated", "no-assembly-of-that-name", "native-library", "no-deps",
        "NewerContract", "MissingDependency", "ThrowingConstructor", "InvalidTables", "NotAPlugin");

    [AgentTheory, MemberData(nameof(BadFolders))]
    public async Task BadFolder_BesideAGoodPlugin_CostsOneLineAndNothingElse(Release release, string kind)
    {
        using TemporaryFolder plugins = new();
        PluginFolders.CopyGood(plugins);
        string name = MakeBadFolder(plugins, kind);
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.PluginsPath = plugins.Path);

        await target.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        Assert.Single(agent.Log.Lines, l => l.Contains(name, StringComparison.Ordinal));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task PluginFolders_TwoOfThem_AreBothRead(Release release)
    {
        using TemporaryFolder good = new(), bad = new();
        PluginFolders.CopyGood(good);
        MakeBadFolder(bad, "not-an-assembly");
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.PluginsPath = $"{bad.Path}:{good.Path}");

        await target.Requests.GetAsync("/hello");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        Assert.Single(agent.Log.Lines, l => l.Contains("Bad-not-an-assembly", StringComparison.Ordinal));
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task ThrowingDecode_BesideAGoodPlugin_CostsOneLineAndNoSpanOfTheOther(Release release)
    {
        using TemporaryFolder plugins = new();
        PluginFolders.CopyGood(plugins);
        PluginFolders.CopyVariant(plugins, "ThrowingDecode");
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.PluginsPath = plugins.Path);
        await Eventually.TrueAsync(() => agent.Log.Lines.Any(l => l.Contains("attached", StringComparison.Ordinal) && l.Contains("throwing-decode/", StringComparison.Ordinal)),
            Eventually.Soon, () => $"throwing-decode is not attached\n{agent.Log}");

        await target.Requests.GetAsync("/hello", "/missing", "/hello", "/large", "/hello");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
        Assert.Single(agent.Log.Lines, l => l.Contains("tracer throwing-decode", StringComparison.Ordinal) && l.Contains("cannot read this", StringComparison.Ordinal));
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task ThrowingDecode_EachEvent_IsCountedAsDecodeFailed(Release release)
    {
        const int Requests = 50;
        using TemporaryFolder plugins = new();
        PluginFolders.CopyGood(plugins);
        PluginFolders.CopyVariant(plugins, "ThrowingDecode");
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => (o.PluginsPath, o.TracePrinter) = (plugins.Path, "counter"));

        for (int i = 0; i < Requests; i++) await target.Requests.GetAsync("/hello");
        await agent.StopAsync();

        CounterTotals totals = CounterTotals.LastOf(agent);
        Assert.Equal(Requests, totals.Spans["net-http"]);
        Assert.Equal((Requests, Requests), (totals.Lost, totals.Reasons["decode-failed"]));
    }

    [AgentTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Unverifiable_BesideAGoodPlugin_CostsOneLineThatNamesTheTracer(Release release)
    {
        using TemporaryFolder plugins = new();
        PluginFolders.CopyGood(plugins);
        PluginFolders.CopyVariant(plugins, "Unverifiable");
        await using TargetProcess target = await Programs.HttpAsync(release);
        await using Agent agent = await Agent.StartAsync(target, o => o.PluginsPath = plugins.Path);

        await target.Requests.GetAsync("/hello", "/missing");

        await agent.SpansShouldBeAsync(target.Requests.ServerSpans());
        await agent.StopAsync();
        // Beside the line that lists what is there to be loaded.
        string line = Assert.Single(agent.Log.Lines, l => l.Contains("unverifiable", StringComparison.OrdinalIgnoreCase) && !l.Contains("ready:", StringComparison.Ordinal));
        Assert.Contains("tracer unverifiable is off: ", line, StringComparison.Ordinal);
        Assert.Contains("verifier", line, StringComparison.Ordinal);
        // Ready, attached and at the end detached: nothing of libbpf or of the verifier's log beside that.
        Assert.DoesNotContain(agent.Log.Lines, l => l.Contains("libbpf", StringComparison.Ordinal) || l.Contains("R0", StringComparison.Ordinal));
    }

    /// <summary>Makes a folder in the given shape and returns its name.</summary>
    private static string MakeBadFolder(TemporaryFolder plugins, string kind)
    {
        string name = $"Bad-{kind}", assembly = $"{name}/{name}.dll";
        byte[] good = File.ReadAllBytes(Path.Combine(Repository.Plugins, "NetHttp", "NetHttp.dll"));
        switch (kind)
        {
            case "empty": Directory.CreateDirectory(plugins.File($"{name}")); break;
            case "not-an-assembly": plugins.Write(assembly, "This is a text.\n"); break;
            case "truncated": File.WriteAllBytes(plugins.File(assembly), good[..(good.Length / 2)]); break;
            case "no-assembly-of-that-name": plugins.Write($"{name}/readme.txt", "no assembly\n"); break;
            case "native-library": File.Copy("/bin/true", plugins.File(assembly)); break;
            case "no-deps": File.WriteAllBytes(plugins.File(assembly), good); break;
            default: return PluginFolders.CopyVariant(plugins, kind);
        }
        return name;
    }
}
