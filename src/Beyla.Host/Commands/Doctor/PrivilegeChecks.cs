using Beyla.Host.Runtime;

namespace Beyla.Host.Commands.Doctor;

/// <summary>Who we are and what that allows.</summary>
internal static class PrivilegeChecks
{
    public static IEnumerable<Finding> Run()
    {
        foreach (PrivilegeNeed need in PrivilegeNeed.All)
        {
            yield return need.IsMet
                ? new Finding("privileges", need.Name, FindingState.Ok, "effective")
                : new Finding("privileges", need.Name, need.IsEssential ? FindingState.Missing : FindingState.Limited, need.Without)
                {
                    Remedy = $"run as root, or grant {need.Name} (systemd: AmbientCapabilities=, container: securityContext.capabilities.add)",
                    IsFatal = need.IsEssential,
                };
        }
    }
}
