namespace Beyla;

/// <summary>
/// A Go type whose run-time address (load bias included) goes into a slot: what an <c>any</c>, an itab or a context key is compared with.
/// Several rows may fill one slot, as with <see cref="GoField"/>.
/// </summary>
/// <param name="Type">Import path, type name, a star for pointers: <c>google.golang.org/grpc/metadata.mdIncomingKey</c>, <c>*context.valueCtx</c>.</param>
/// <param name="Slot">Slot name, as in <see cref="GoField"/>.</param>
/// <param name="Failure">What it means when the binary has no such type.</param>
public sealed record GoType(string Type, string Slot, FailureMode Failure = FailureMode.Required)
{
    /// <summary>The group that needs it; <see langword="null"/> when every group does.</summary>
    public ProbeGroup? Group { get; init; }
}
