using System.Diagnostics;
using Beyla.Host.Metrics.Processes;

namespace Beyla.Host.Tests.Metrics.Processes;

/// <summary>What is read of a real process: this one.</summary>
public sealed class KernelProcessObserverTests
{
    [Fact]
    public void Read_RunningProcess_AgreesWithTheRuntimesOwnView()
    {
        using IProcessObservation observation = Observe(Environment.ProcessId);
        Values before = new(), after = new();
        Assert.True(observation.Read(before));
        TimeSpan begin = Process.GetCurrentProcess().UserProcessorTime;
        Burn(TimeSpan.FromMilliseconds(100));
        Assert.True(observation.Read(after));

        Assert.InRange(after["process.cpu.time user"], begin.TotalSeconds, Process.GetCurrentProcess().UserProcessorTime.TotalSeconds + 0.02);
        Assert.True(after["process.cpu.time user"] > before["process.cpu.time user"]);
        Assert.InRange(after["process.cpu.utilization user"], double.Epsilon, 1.1);
        Assert.InRange(after["process.memory.usage"], 1 << 20, after["process.memory.virtual"]);
        Assert.InRange(after["process.thread.count"], 2, 10_000);
        Assert.InRange(after["process.unix.file_descriptor.count"], 3, 100_000);
        Assert.True(after["process.paging.faults minor"] > 0);
        Assert.True(after.All.ContainsKey("process.paging.faults major"));
        Assert.InRange(after["process.uptime"], 0.1, (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds + 1);
        Assert.True(after["process.disk.io read"] >= before["process.disk.io read"]);
    }

    [Fact]
    public void Read_ProcessThatEnded_SaysSo()
    {
        using Process child = Process.Start("/bin/true");
        child.WaitForExit();
        using IProcessObservation observation = Observe(child.Id);

        Assert.False(observation.Read(new Values()));
    }

    private static IProcessObservation Observe(int pid) => new KernelProcessObserver(TimeProvider.System).TryObserve(new ObservedProcess(pid, "/srv/shop", "dotnet"))!;

    /// <summary>Uses CPU time, however busy the machine is.</summary>
    private static void Burn(TimeSpan time)
    {
        TimeSpan begin = Process.GetCurrentProcess().UserProcessorTime;
        while (Process.GetCurrentProcess().UserProcessorTime - begin < time) _ = Math.Sqrt(Random.Shared.NextDouble());
    }

    private sealed class Values : IObservedValues
    {
        public Dictionary<string, double> All { get; } = [];

        public double this[string name] => All[name];

        public void Set(ObservedMetric metric, long value, params ReadOnlySpan<string?> attributes) => Set(metric, (double)value, attributes);

        public void Set(ObservedMetric metric, double value, params ReadOnlySpan<string?> attributes)
        {
            Assert.Equal(metric.Attributes.Length, attributes.Length);
            All[string.Join(' ', [metric.Name, .. attributes])] = value;
        }
    }
}
