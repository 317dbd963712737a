namespace Beyla.Ebpf.Tests;

/// <summary>A test that loads BPF programs: skipped where that is impossible, unless BEYLA_REQUIRE_BPF=1 wants it to fail there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BpfFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Obstacle = new(() =>
        Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1" || KernelFeatures.RingBuffer.IsSupported ? null : KernelFeatures.RingBuffer.Reason);

    public BpfFactAttribute() => Skip = Obstacle.Value;
}
