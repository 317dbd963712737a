namespace Beyla;

/// <summary>
/// Ties an event struct to the C struct of the same meaning in the tracer's BPF object. At load the host compares size and, by name
/// (<c>MethodLength</c> ↔ <c>method_length</c>), offset and size of every field with the object's BTF, so the two cannot drift apart.
/// </summary>
/// <param name="name">The C struct's tag, e.g. <c>http_request</c>.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class BpfStructAttribute(string name) : Attribute
{
    /// <summary>The C struct's tag.</summary>
    public string Name { get; } = name;
}
