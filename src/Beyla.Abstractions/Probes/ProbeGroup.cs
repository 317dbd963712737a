namespace Beyla;

/// <summary>
/// A set of probes that makes sense together (<c>server</c>, <c>client</c>): it attaches whole or not at all, and a failing group never takes
/// down another.
/// </summary>
/// <param name="Name">Short lower-case name, unique in the tracer.</param>
public sealed record ProbeGroup(string Name)
{
    /// <summary>
    /// The group makes no spans of its own but helps those of others (parents of goroutines): it is attached to a process only when a group
    /// that is no support group is. A tracer whose kernel hooks are all of support groups is not even loaded before one of its libraries is found.
    /// </summary>
    public bool Support { get; init; }

    /// <summary>
    /// For kernel hooks and library probes: they watch Go programs that Go tracers trace, too. Otherwise a process belongs either to the tracers with
    /// Go probes or, when none of their groups can be attached, to those without.
    /// </summary>
    public bool AlsoGo { get; init; }

    /// <summary>
    /// Its programs publish server spans as parents of what their goroutines call (<c>trace_begin</c> in trace.h). Where no group serves, calls
    /// do not look for a parent.
    /// </summary>
    public bool Serves { get; init; }

    /// <summary>
    /// Its programs hand the span in flight on whenever a goroutine is started (<c>trace_hand_on</c> in trace.h). Where such a group is attached, calls
    /// do not look for the goroutine that started theirs.
    /// </summary>
    public bool HandsOn { get; init; }

    /// <summary>
    /// Key of a boolean setting in <c>[tracers.&lt;name&gt;]</c> that switches the group on (see <see cref="IConfigurableTracer"/>);
    /// <see langword="null"/>: always on.
    /// </summary>
    public string? EnabledBy { get; init; }

    /// <summary>
    /// Groups of a tracer with a word here are different ways to the same spans: of those that can be attached, the first in the tables is, or the
    /// one that <c>front</c> in <c>[tracers.&lt;name&gt;]</c> names. <see langword="null"/>: the group stands for itself.
    /// </summary>
    public string? Front { get; init; }

    /// <summary>A group with a <see cref="Front"/> that is left out unless the user names that front: it does not show all that the others show.</summary>
    public bool ByNameOnly { get; init; }

    /// <summary>
    /// A function without which the group is not needed: where the binary does not have it, the group is left out without a complaint. It need not
    /// be probed. <see langword="null"/>: the group is needed wherever its functions are.
    /// </summary>
    public string? OnlyWith { get; init; }

    /// <summary>A probe at the entry of a Go function, with argument registers and stack pointer as at entry.</summary>
    public GoProbe Entry(string function, string program, FailureMode failure = FailureMode.Required) =>
        new(this, function, program, ProbePosition.Entry, failure);

    /// <summary>
    /// A probe at every return of a Go function. The BPF side reads result word <paramref name="result"/> with <c>go_result()</c>: the host
    /// may choose a cheaper instruction shortly before the RET and then passes the location of that word along.
    /// </summary>
    public GoProbe Returns(string function, string program, int result = 0, FailureMode failure = FailureMode.Required) =>
        new(this, function, program, ProbePosition.Return, failure) { Result = result };

    /// <summary>An offset of a struct field that this group's programs read.</summary>
    public GoField Field(string package, string type, string field, string slot, FailureMode failure = FailureMode.Required) =>
        new(package, type, field, slot, failure) { Group = this };

    /// <summary>The argument of goroutines that this group's programs look for.</summary>
    public GoroutineArgument Argument(string starter, string function, string startSlot, string argumentSlot, FailureMode failure = FailureMode.Required) =>
        new(starter, function, startSlot, argumentSlot, failure) { Group = this };

    /// <summary>The address of a type that this group's programs compare with.</summary>
    public GoType Type(string type, string slot, FailureMode failure = FailureMode.Required) => new(type, slot, failure) { Group = this };

    /// <summary>The address of an itab that this group's programs compare with.</summary>
    public GoItab Itab(string concrete, string @interface, string slot, FailureMode failure = FailureMode.Required) =>
        new(concrete, @interface, slot, failure) { Group = this };
}
