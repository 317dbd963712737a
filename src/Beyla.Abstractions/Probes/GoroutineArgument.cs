namespace Beyla;

/// <summary>
/// The first argument of the function that a goroutine was started for with <c>go f(x)</c>: where a program that runs on such a goroutine finds it
/// without a probe on it (<c>go_goroutine_argument</c> in <c>bpf/include/beyla/go.h</c>). Fills two slots.
/// </summary>
/// <param name="Starter">Full symbol name of the function with the go statement: <c>net/http.(*Server).Serve</c>.</param>
/// <param name="Function">Full symbol name of what the goroutine runs: <c>net/http.(*conn).serve</c>.</param>
/// <param name="StartSlot">Slot of the run-time address that <c>runtime.g.startpc</c> of such a goroutine holds (load bias included).</param>
/// <param name="ArgumentSlot">Slot of the argument's place: bytes below <c>runtime.g.stack.hi</c>.</param>
/// <param name="Failure">What it means when they are not known for a binary.</param>
public sealed record GoroutineArgument(string Starter, string Function, string StartSlot, string ArgumentSlot, FailureMode Failure = FailureMode.Required)
{
    /// <summary>The group that needs it; <see langword="null"/> when every group does.</summary>
    public ProbeGroup? Group { get; init; }
}
