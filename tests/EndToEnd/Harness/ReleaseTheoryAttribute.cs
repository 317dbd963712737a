using Xunit.Sdk;

namespace EndToEnd.Harness;

/// <summary>A test that starts prepared programs; rows whose program is missing are skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("EndToEnd.Harness.ReleaseTheoryDiscoverer", "EndToEnd")]
internal class ReleaseTheoryAttribute : TheoryAttribute;

/// <summary>The same for a test that also runs the agent; skipped as a whole where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("EndToEnd.Harness.ReleaseTheoryDiscoverer", "EndToEnd")]
internal sealed class AgentTheoryAttribute : ReleaseTheoryAttribute
{
    public AgentTheoryAttribute() => Skip = Requirement.ForProbes;
}
