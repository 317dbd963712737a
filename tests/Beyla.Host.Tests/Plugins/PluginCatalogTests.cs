using System.Runtime.CompilerServices;
using Beyla.Host.Configuration;
using Beyla.Host.Plugins;
using Microsoft.Extensions.Logging;

namespace Beyla.Host.Tests.Plugins;

public sealed class PluginCatalogTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Load_BuiltPlugin_TellsWhatItsManifestSays()
    {
        string folder = _disk.Add("First");

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal(new PluginRecord("first", "0.1.0", Contract.Version, PluginState.Ok, null, record.Tracers, folder), record);
        Assert.Equal(["first"], record.Tracers);
        Assert.DoesNotContain(_disk.Lines, l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public void Load_TwoVersionsOfOneLibrary_EachPluginUsesItsOwn()
    {
        _disk.Add("First");
        _disk.Add("Second");

        using PluginCatalog catalog = _disk.Load();

        Assert.Equal(["library-1", "library-2"], catalog.Tracers.Select(DropReason));
    }

    [Fact]
    public void Load_ContractTypes_AreTheHostsOwn()
    {
        File.Copy(typeof(ITracer).Assembly.Location, Path.Combine(AddWithoutManifest("First"), "Beyla.Abstractions.dll"));

        using PluginCatalog catalog = _disk.Load();

        Assert.Single(catalog.Tracers);
    }

    [Fact]
    public void Load_NoManifest_IsAllowedWithNote()
    {
        AddWithoutManifest("First");

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal((PluginState.Ok, "First", "0.1.0"), (record.State, record.Id, record.Version));
        Assert.Contains("there is no plugin.toml, so the files were not verified", record.Reason);
    }

    [Fact]
    public void Load_SameTracerNameTwice_SecondIsRefused()
    {
        string first = _disk.Add("First");
        _disk.Add("SameName");

        using PluginCatalog catalog = _disk.Load();

        Assert.Equal([PluginState.Ok, PluginState.Refused], catalog.Records.Select(r => r.State));
        Assert.Contains($"tracer 'first' already comes from {first}", catalog.Records[1].Reason);
        Assert.Single(catalog.Tracers);
    }

    [Fact]
    public void Load_SamePluginInTwoSearchPaths_FirstPathWins()
    {
        _disk.Add("First", "a/First");
        _disk.Add("First", "b/First");

        using PluginCatalog catalog = _disk.Load(Path.Combine(_disk.Root, "b"), Path.Combine(_disk.Root, "a"));

        Assert.Equal([PluginState.Ok, PluginState.Refused], catalog.Records.Select(r => r.State));
        Assert.StartsWith(Path.Combine(_disk.Root, "b"), catalog.Records[0].Path);
        Assert.Contains("plugin 'first' was already loaded from", catalog.Records[1].Reason);
    }

    [Fact]
    public void Load_SearchPathThatIsAPluginFolder_LoadsIt()
    {
        using PluginCatalog catalog = _disk.Load(_disk.Add("First"));

        Assert.Equal(PluginState.Ok, Assert.Single(catalog.Records).State);
    }

    [Fact]
    public void Load_TracerDisabledInConfiguration_TakesNoPart()
    {
        _disk.Add("First");

        using PluginCatalog catalog = _disk.Load(new Dictionary<string, TracerOptions> { ["first"] = new() { Enabled = false } });

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal(PluginState.Disabled, record.State);
        Assert.Equal(["first"], record.Tracers);
        Assert.Empty(catalog.Tracers);
    }

    [Fact]
    public void Load_SkipGoSpecificTracers_LeavesThoseWithGoProbesOut()
    {
        _disk.Add("First");
        BeylaOptions options = new() { PluginsPath = [_disk.Root], Discovery = new DiscoveryOptions { SkipGoSpecificTracers = true } };

        using PluginCatalog catalog = PluginCatalog.Load(options, _disk.Host);

        Assert.Equal(PluginState.Disabled, Assert.Single(catalog.Records).State);
        Assert.Empty(catalog.Tracers);
    }

    [Fact]
    public void Decode_TracerThrows_CostsTheEventOnly()
    {
        _disk.Add("First");
        _disk.Add("ThrowingDecode");

        using PluginCatalog catalog = _disk.Load();

        Assert.Equal("library-1", DropReason(catalog.Tracers[0]));
        Assert.Null(DropReason(catalog.Tracers[1]));
        TracerCounters counters = Assert.IsType<TracerFaults>(catalog.Tracers[1]).Counters;
        Assert.Equal((1, 1), (counters.Events, counters.Faults));
        Assert.Contains("cannot read this", Assert.Single(_disk.Lines, l => l.Level >= LogLevel.Warning).Text);
    }

    [Fact]
    public void Unload_UsedPlugin_LeavesTheProcess()
    {
        _disk.Add("First");
        _disk.Add("Second");
        using PluginCatalog catalog = _disk.Load();

        WeakReference context = UseAndUnload(catalog);

        Assert.True(SpinWait.SpinUntil(() => Collected(context), TimeSpan.FromSeconds(10)), "the load context is still alive");
        Assert.Equal("second", Assert.Single(catalog.Tracers).Name);
    }

    [Fact]
    public void Unload_TracerThatTheHostStillHolds_LeavesTheProcess()
    {
        _disk.Add("First");
        using PluginCatalog catalog = _disk.Load();
        ITracer kept = catalog.Tracers[0];

        WeakReference context = UseAndUnload(catalog);

        Assert.True(SpinWait.SpinUntil(() => Collected(context), TimeSpan.FromSeconds(10)), "the load context is still alive");
        Assert.Null(DropReason(kept));
        Assert.Throws<ObjectDisposedException>(() => kept.Bpf);
    }

    [Fact]
    public void Load_RefusedPlugin_LeavesTheProcess()
    {
        _disk.Add("InvalidTables");
        using PluginCatalog catalog = _disk.Load();

        Assert.True(
            SpinWait.SpinUntil(() => { Collect(); return !System.Runtime.Loader.AssemblyLoadContext.All.Any(c => c.Name == "plugin InvalidTables"); },
                TimeSpan.FromSeconds(10)),
            "the load context is still alive");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseAndUnload(PluginCatalog catalog)
    {
        Assert.Equal("library-1", DropReason(catalog.Tracers[0]));
        return catalog.Unload(catalog.Records[0]);
    }

    private static bool Collected(WeakReference context)
    {
        Collect();
        return !context.IsAlive;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string? DropReason(ITracer tracer)
    {
        DropRecorder spans = new();
        tracer.Decode(new BpfEvent(new byte[Unsafe.SizeOf<EventHeader>()]), spans);
        return spans.Reason;
    }

    private string AddWithoutManifest(string plugin)
    {
        string folder = _disk.Add(plugin);
        File.Delete(Path.Combine(folder, "plugin.toml"));
        return folder;
    }
}
