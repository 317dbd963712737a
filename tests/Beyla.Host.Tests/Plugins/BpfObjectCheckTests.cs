using Beyla.Host.Plugins;

namespace Beyla.Host.Tests.Plugins;

/// <summary>What is compared with the compiled BPF object when a plugin is loaded; needs libbpf, but no privilege.</summary>
public sealed class BpfObjectCheckTests : IDisposable
{
    private readonly PluginsOnDisk _disk = new() { ReadObject = BpfObjectLayouts.Read };

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData("NetHttp", "net-http")]
    public void Load_ShippedPlugin_FitsItsObject(string plugin, string tracer)
    {
        _disk.AddShipped(plugin);

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal((PluginState.Ok, null), (record.State, record.Reason));
        Assert.Equal([tracer], record.Tracers);
    }

    /// <summary>Their faults show only at run time: the end-to-end tests use them.</summary>
    [Theory]
    [InlineData("ThrowingDecode")]
    [InlineData("Unverifiable")]
    public void Load_FaultsOfLater_AreNotSeenYet(string plugin)
    {
        _disk.Add(plugin);

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal((PluginState.Ok, null), (record.State, record.Reason));
    }

    [Fact]
    public void Load_ObjectOfAnotherTracer_IsRefusedWithEveryDifference()
    {
        _disk.Add("WrongObject");

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal(PluginState.Refused, record.State);
        Assert.Contains("program 'main_begin' (for main.main) is not in the BPF object", record.Reason);
        Assert.Contains("slot 'unfilled' of the BPF object is filled by no field, itab or type", record.Reason);
        Assert.Contains("WrongEvent has 80 bytes, 'struct wrong_event' has 88", record.Reason);
        Assert.Contains("'count' is 4 bytes at 72 in C#, 4 bytes at 80 in 'struct wrong_event'", record.Reason);
        Assert.DoesNotContain("EventHeader", record.Reason);
    }

    [Fact]
    public void Load_ObjectNotEmbedded_NamesIt()
    {
        _disk.Add("First");

        using PluginCatalog catalog = _disk.Load();

        PluginRecord record = Assert.Single(catalog.Records);
        Assert.Equal(PluginState.Refused, record.State);
        Assert.StartsWith("assembly First has no embedded BPF object 'empty.bpf.o'", record.Reason);
    }

    [Fact]
    public void Unload_PluginWhoseObjectWasRead_LeavesTheProcess()
    {
        _disk.AddShipped("NetHttp");
        using PluginCatalog catalog = _disk.Load();

        WeakReference context = catalog.Unload(catalog.Records[0]);

        Assert.True(
            SpinWait.SpinUntil(() => { GC.Collect(); GC.WaitForPendingFinalizers(); return !context.IsAlive; }, TimeSpan.FromSeconds(10)),
            "the load context is still alive");
    }
}
