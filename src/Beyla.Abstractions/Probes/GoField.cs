namespace Beyla;

/// <summary>A struct field whose byte offset goes into a slot of the tracer's per-executable table.</summary>
/// <param name="Package">Import path: <c>net/http</c>.</param>
/// <param name="Type">Type name in it: <c>Request</c>.</param>
/// <param name="Field">Field name: <c>URL</c>.</param>
/// <param name="Slot">Lower-case name of the <c>enum slot</c> constant without its prefix: slot <c>request_url</c> is <c>SLOT_REQUEST_URL</c> in C.</param>
/// <param name="Failure">What it means when the binary has no such field.</param>
public sealed record GoField(string Package, string Type, string Field, string Slot, FailureMode Failure = FailureMode.Required)
{
    /// <summary>The group that needs it; <see langword="null"/> when every group does.</summary>
    public ProbeGroup? Group { get; init; }
}
