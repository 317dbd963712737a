using Beyla.Ebpf;
using Beyla.Host.Privileges;

namespace Beyla.Host.Commands.Doctor;

/// <summary>Which capabilities this process has, and what those that it lacks cost.</summary>
internal static class PrivilegeChecks
{
    public static IEnumerable<Finding> Run()
    {
        CapabilitySet effective = CapabilitySet.Effective();
        foreach (CapabilityUse use in CapabilityUse.All)
        {
            string name = use.Capability.NameOf();
            yield return effective.Allows(use.Capability)
                ? new Finding("privileges", name, FindingState.Ok, use.Purpose)
                : new Finding("privileges", name, use.IsEssential ? FindingState.Missing : FindingState.Limited, use.Cost)
                {
                    Remedy = $"run as root, or grant {name} (systemd: AmbientCapabilities=, container: securityContext.capabilities.add)",
                    IsFatal = use.IsEssential,
                };
        }
    }
}
