using Xunit.Sdk;

namespace EndToEnd.Harness;

/// <summary>A test that runs the agent in a PID namespace of its own; skipped with the reason where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("EndToEnd.Harness.ReleaseTheoryDiscoverer", "EndToEnd")]
internal sealed class PidNamespaceTheoryAttribute : ReleaseTheoryAttribute
{
    public PidNamespaceTheoryAttribute() => Skip = Requirement.ForProbes ?? Requirement.ForPidNamespaces;
}
