namespace EndToEnd.Harness;

/// <summary>A test that runs the agent on programs of the machine; skipped with the reason where one of them is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="programs">Absolute paths.</param>
    public ProgramFactAttribute(params string[] programs) =>
        Skip = Requirement.ForProbes ?? programs.Where(p => !File.Exists(p)).Select(p => $"{p} is not installed").FirstOrDefault();
}
