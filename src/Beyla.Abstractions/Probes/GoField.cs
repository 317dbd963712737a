namespace Beyla;

/// <summary>What of a struct field goes into the slot.</summary>
public enum FieldFact
{
    /// <summary>Its byte offset in the struct.</summary>
    Offset,

    /// <summary>1 when its type is a pointer, 0 when it is a value: libraries embed a struct in one release and point at it in the next.</summary>
    IsPointer,

    /// <summary>
    /// The byte offset of the pointer in it: of an interface its data word, else the field's own. <c>atomic.Value</c> became <c>atomic.Pointer</c>.
    /// </summary>
    PointerOffset,
}

/// <summary>
/// A fact of a struct field that goes into a slot of the tracer's per-executable table. Several rows may fill one slot: the first whose field is
/// in the binary wins, so a table lists the names that a thing had over the years.
/// </summary>
/// <param name="Package">Import path: <c>net/http</c>.</param>
/// <param name="Type">Type name in it: <c>Request</c>.</param>
/// <param name="Field">Field name: <c>URL</c>; with dots through structs that lie in the struct: <c>Stream.id</c>.</param>
/// <param name="Slot">Lower-case name of the <c>enum slot</c> constant without its prefix: slot <c>request_url</c> is <c>SLOT_REQUEST_URL</c> in C.</param>
/// <param name="Failure">What it means when the binary has no such field; of several rows for a slot the first one's counts.</param>
public sealed record GoField(string Package, string Type, string Field, string Slot, FailureMode Failure = FailureMode.Required)
{
    /// <summary>The group that needs it; <see langword="null"/> when every group does.</summary>
    public ProbeGroup? Group { get; init; }

    /// <summary>What of the field is wanted.</summary>
    public FieldFact Fact { get; init; }
}
