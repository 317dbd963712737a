namespace Beyla.Validation;

/// <summary>What a tracer's compiled BPF object says about itself (its programs and its BTF), in neutral terms.</summary>
/// <param name="Programs">Names of the programs (the C functions).</param>
/// <param name="Slots">Slot names as tables write them: <c>request_url</c> for <c>SLOT_REQUEST_URL</c>, see <see cref="BpfName.Slot"/>.</param>
/// <param name="Structs">The structs of the object's BTF.</param>
public sealed record BpfObjectLayout(
    IReadOnlyCollection<string> Programs, IReadOnlyCollection<string> Slots, IReadOnlyCollection<BpfStructLayout> Structs);

/// <summary>Layout of a C struct, or of the C# struct that stands for it.</summary>
/// <param name="Name">The C struct's tag.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Fields">Its fields by C name.</param>
public sealed record BpfStructLayout(string Name, int Size, IReadOnlyList<BpfFieldLayout> Fields);

/// <summary>Place of a field in its struct.</summary>
/// <param name="Name">C name: <c>method_length</c>.</param>
/// <param name="Offset">Bytes from the start of the struct.</param>
/// <param name="Size">Bytes.</param>
public readonly record struct BpfFieldLayout(string Name, int Offset, int Size);
