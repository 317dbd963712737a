namespace EndToEnd.Harness;

/// <summary>A test that runs the agent; skipped with the reason where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AgentFactAttribute : FactAttribute
{
    public AgentFactAttribute() => Skip = Requirement.ForProbes;
}
