namespace EndToEnd.Harness;

/// <summary>A test that runs the agent and programs of the machine; skipped with the reason where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="programs">Names as the shell finds them, or absolute paths.</param>
    public ProgramFactAttribute(params string[] programs) =>
        Skip = Requirement.ForProbes ?? programs.Select(Requirement.ForProgram).FirstOrDefault(reason => reason is not null);
}
