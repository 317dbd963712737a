namespace Beyla;

/// <summary>Where in a function a probe sits.</summary>
public enum ProbePosition
{
    /// <summary>Once per call, before the function's own code has changed arguments or stack pointer.</summary>
    Entry,

    /// <summary>Once per call, when the function is about to return.</summary>
    Return,
}

/// <summary>One probe on a Go function.</summary>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Function">Full symbol name as in pclntab: <c>net/http.(*conn).serve</c>.</param>
/// <param name="Program">Name of the BPF program (the C function) to run.</param>
/// <param name="Position">Entry or return.</param>
/// <param name="Failure">What it means when the function is not in the binary.</param>
public sealed record GoProbe(ProbeGroup Group, string Function, string Program, ProbePosition Position, FailureMode Failure)
{
    /// <summary>For returns: the result word (0 = first register of the results) whose location the BPF side asks for.</summary>
    public int Result { get; init; }

    /// <summary>
    /// For returns: how many words the result has. More than one (2: a string, an interface) lie side by side wherever the host puts the probe, and
    /// the BPF side reads them with <c>go_result_string()</c>.
    /// </summary>
    public int Words { get; init; } = 1;

    /// <summary>
    /// Probes of a group with the same word here are alternatives (a function that was renamed): the first one that is in the binary is attached,
    /// the others are left out without a complaint. <see langword="null"/>: the probe stands for itself.
    /// </summary>
    public string? OneOf { get; init; }

    /// <summary>The Go versions this probe is meant for; outside of them it is left out without a complaint.</summary>
    public GoVersionRange Versions { get; init; } = GoVersionRange.Any;
}
