namespace Beyla;

/// <summary>An itab whose run-time address (load bias included) goes into a slot of the tracer's per-executable table.</summary>
/// <param name="Concrete">The concrete type: <c>*net/http.response</c>.</param>
/// <param name="Interface">The interface type: <c>net/http.ResponseWriter</c>.</param>
/// <param name="Slot">Slot name, as in <see cref="GoField"/>.</param>
/// <param name="Failure">What it means when the binary has no such itab.</param>
public sealed record GoItab(string Concrete, string Interface, string Slot, FailureMode Failure = FailureMode.Required)
{
    /// <summary>The group that needs it; <see langword="null"/> when every group does.</summary>
    public ProbeGroup? Group { get; init; }
}
