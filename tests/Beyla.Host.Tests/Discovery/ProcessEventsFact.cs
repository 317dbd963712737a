using Beyla.Ebpf;
using Beyla.Host.Discovery;

namespace Beyla.Host.Tests.Discovery;

/// <summary>A test that needs the kernel's process events; skipped with the reason where they cannot be had, unless BEYLA_REQUIRE_BPF=1.</summary>
public sealed class ProcessEventsFact : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(Probe);

    public ProcessEventsFact() => Skip = Missing;

    /// <summary>Why there are none; null: there are, or they are required.</summary>
    public static string? Missing => Environment.GetEnvironmentVariable("BEYLA_REQUIRE_BPF") == "1" ? null : Reason.Value;

    private static string? Probe()
    {
        try
        {
            ProcessEventSource.Open().Dispose();
            return null;
        }
        catch (BpfException e)
        {
            return e.Message;
        }
    }
}
