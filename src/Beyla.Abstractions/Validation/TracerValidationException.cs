namespace Beyla.Validation;

/// <summary>A tracer's tables contradict themselves or its BPF object.</summary>
public sealed class TracerValidationException : Exception
{
    /// <summary>Makes the one error that names all problems.</summary>
    /// <param name="tracer">The tracer's name.</param>
    /// <param name="problems">One sentence each.</param>
    public TracerValidationException(string tracer, IReadOnlyList<string> problems)
        : base($"tracer '{tracer}' is not valid: {string.Join("; ", problems)}.") => Problems = problems;

    /// <summary>The problems, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; }
}
