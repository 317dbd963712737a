using EndToEnd.Harness;

namespace Sdk.Tests;

/// <summary>A theory that runs the agent; skipped with the reason where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TracedTheoryAttribute : TheoryAttribute
{
    public TracedTheoryAttribute() => Skip = Requirement.ForProbes;
}
