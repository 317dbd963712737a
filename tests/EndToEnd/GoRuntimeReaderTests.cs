using System.Globalization;
using System.Text.Json;
using Beyla.Host.Runtime;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>What is read out of a program's memory is what its own runtime says. No probes, no agent.</summary>
public sealed class GoRuntimeReaderTests
{
    private const int Goroutines = 600, Megabytes = 32;

    [ReleaseTheory, MemberData(nameof(Releases.Http), MemberType = typeof(Releases))]
    public async Task Read_ProgramThatTellsItsState_IsWhatItTells(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        int port = LoopbackPort.Free();
        await using TargetProcess target = await TargetProcess.StartAsync(
            "/usr/bin/env", port, ["GOMAXPROCS=3", "GOGC=57", "GOMEMLIMIT=1GiB", release.Executable, "-listen", $"127.0.0.1:{TargetProcess.Text(port)}"]);
        using HttpClient client = new();
        string told = await client.GetStringAsync(new Uri($"http://127.0.0.1:{TargetProcess.Text(port)}/runtime?goroutines={Goroutines}&megabytes={Megabytes}"));
        using JsonDocument state = JsonDocument.Parse(told);
        long Told(string name) => state.RootElement.GetProperty(name).GetInt64();

        using GoRuntimeReader? reader = GoRuntimeReader.TryOpen(target.Pid);
        Assert.NotNull(reader);
        GoRuntimeSample sample = reader.Read();

        // The handler counted itself and the one that watches its connection; 300 more have ended, and the runtime has some of its own.
        Assert.InRange(sample.Goroutines!.Value, Told("goroutines") - 2, Told("goroutines") + 2);
        Assert.Equal((3, 57, 1L << 30), (sample.Processors, sample.GcPercent, sample.MemoryLimit));
        Assert.Equal((Told("collections"), TimeSpan.FromTicks(Told("paused_ns") / 100)), (sample.Collections, sample.Paused));
        Assert.InRange(sample.Allocated!.Value, Megabytes << 20, Told("allocated") + (1 << 20));
        Assert.InRange(sample.HeapInUse!.Value, Megabytes << 20, Told("heap_in_use") + (1 << 20));
        Assert.InRange(sample.MemoryUsed!.Value, sample.HeapInUse.Value, Told("used") + (4 << 20));
    }

    [ReleaseTheory, MemberData(nameof(Releases.Prometheus), MemberType = typeof(Releases))]
    public async Task Read_Prometheus_IsWhatItExports(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        await using TargetProcess target = await Programs.PrometheusAsync(release);
        using HttpClient client = new();
        Uri metrics = new($"http://127.0.0.1:{TargetProcess.Text(target.Port)}/metrics");
        async Task<double> Exported(string name)
        {
            string[] lines = (await client.GetStringAsync(metrics)).Split('\n');
            return double.Parse(lines.Single(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        }
        using GoRuntimeReader? reader = GoRuntimeReader.TryOpen(target.Pid);
        Assert.NotNull(reader);

        double before = await Exported("go_gc_duration_seconds_count"), allocated = await Exported("go_memstats_alloc_bytes");
        GoRuntimeSample sample = reader.Read();
        double after = await Exported("go_gc_duration_seconds_count"), goroutines = await Exported("go_goroutines");

        Assert.InRange(sample.Collections!.Value, before, after);
        Assert.InRange(sample.Goroutines!.Value, goroutines / 2, goroutines * 1.5); // it collects its metrics on goroutines
        Assert.InRange(sample.Allocated!.Value, allocated / 2, double.MaxValue);
        Assert.True(sample is { Processors: > 0, GcPercent: > 0, MemoryLimit: > 0, MemoryUsed: > 0 }, sample.ToString());
    }

    [ReleaseTheory, MemberData(nameof(Releases.Typical), MemberType = typeof(Releases))]
    public async Task Read_ProcessThatHasEnded_KnowsNothing(Release release)
    {
        await using TargetProcess target = await Programs.StartAsync(release);
        using GoRuntimeReader? reader = GoRuntimeReader.TryOpen(target.Pid);

        await target.KillAsync();

        Assert.Equal(default, reader!.Read());
    }

    [Fact]
    public async Task TryOpen_ProgramThatIsNotGo_IsNull()
    {
        await using ChildProcess sleep = ChildProcess.Start("/bin/sleep", ["60"]);

        Assert.Null(GoRuntimeReader.TryOpen(sleep.Pid));
    }
}
