using Beyla.Ebpf;
using Beyla.Host.Privileges;

namespace Beyla.Host.Tests.Privileges;

/// <summary>What the log says of missing capabilities.</summary>
public class CapabilityUseTests
{
    [Fact]
    public void Describe_AllOfRoot_IsSilent() => Assert.Null(CapabilityUse.Describe(new CapabilitySet(~0UL)));

    [Fact]
    public void Describe_None_NamesEachWithItsCost() => Assert.Equal(
        "capabilities are missing: CAP_BPF and CAP_PERFMON (nothing can be traced); "
        + "CAP_SYS_PTRACE (processes of other users are neither found by their ports nor traced); "
        + "CAP_DAC_READ_SEARCH (in processes of other users TLS libraries are not probed and environments give no service names, and executables that only their user may read are not traced); "
        + "CAP_CHECKPOINT_RESTORE (TLS libraries are not probed: encrypted requests of programs other than Go's give no spans). Grant them, or run as root.",
        CapabilityUse.Describe(default));

    [Theory]
    [InlineData(new[] { Capability.SysAdmin }, "CAP_SYS_PTRACE CAP_DAC_READ_SEARCH")]
    [InlineData(new[] { Capability.Bpf, Capability.Perfmon, Capability.SysPtrace, Capability.DacReadSearch }, "CAP_CHECKPOINT_RESTORE")]
    [InlineData(new[] { Capability.Bpf, Capability.SysPtrace, Capability.DacReadSearch, Capability.CheckpointRestore }, "CAP_PERFMON")]
    public void Missing_SomeCapabilities_KnowsWhatStandsForWhat(Capability[] has, string missing)
    {
        CapabilitySet set = new(has.Aggregate(0UL, (bits, c) => bits | 1UL << (int)c));
        Assert.Equal(missing, string.Join(' ', CapabilityUse.Missing(set).Select(u => u.Capability.NameOf())));
    }

    [Fact]
    public void Effective_OfThisProcess_AgreesWithItsStatus()
    {
        string bits = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("CapEff:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(bits, $"{CapabilitySet.Effective().Bits:x16}");
    }
}
