using Beyla.Elf;

namespace Beyla.Host.Commands.Trace;

/// <summary>How a value is kept in a record (<c>enum value_form</c> in bpf/function_trace.bpf.c).</summary>
internal enum ValueForm : uint
{
    None = 0,
    Word = 1,
    Text = 2,
    Interface = 3,
    EmptyInterface = 4,
}

/// <summary>One value that is read and shown.</summary>
/// <param name="Name">As the user sees it: <c>iterations</c>, <c>o.name</c>; empty for a result without a name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Form">How it is kept.</param>
/// <param name="First">Its first word, or the pointer that the path begins at.</param>
/// <param name="Second">Its second word.</param>
internal sealed record TracedValue(string Name, GoValueType Type, ValueForm Form, TracePlace First, TracePlace Second)
{
    /// <summary>Offsets of the way from <see cref="First"/> to the value; empty: it is the value.</summary>
    public IReadOnlyList<int> Path { get; init; } = [];

    /// <summary>Why it cannot be read; null: it can.</summary>
    public string? WhyNot { get; init; }

    /// <summary>How a type is kept.</summary>
    public static ValueForm FormOf(GoValueType type) => type.Kind switch
    {
        GoKind.String => ValueForm.Text,
        GoKind.Slice when type.Element?.Kind == GoKind.Uint8 => ValueForm.Text,
        GoKind.Interface => type.IsEmptyInterface ? ValueForm.EmptyInterface : ValueForm.Interface,
        GoKind.Struct or GoKind.Array => ValueForm.None,
        _ => ValueForm.Word,
    };

    /// <summary>The values of a parameter or result: itself, or the fields of a struct.</summary>
    public static IEnumerable<TracedValue> Of(GoArgument argument, ElfMachine machine) => Of(argument, argument.Parameter.Name, argument.Parameter.Type, 0, machine);

    private static IEnumerable<TracedValue> Of(GoArgument argument, string name, GoValueType type, int offset, ElfMachine machine)
    {
        if (type.Kind == GoKind.Struct)
            return type.Fields.SelectMany(f => Of(argument, name.Length == 0 ? f.Name : $"{name}.{f.Name}", f.Type, offset + f.Offset, machine));
        GoPiece[] pieces = [.. argument.Pieces.Where(p => p.Offset >= offset && p.Offset < offset + type.Size)];
        if (FormOf(type) is not ValueForm.None and var form && pieces.Length > 0 && pieces[0].Place != GoPlace.FloatRegister)
            return [new TracedValue(name, type, form, TracePlace.Of(pieces[0], machine), pieces.Length > 1 ? TracePlace.Of(pieces[1], machine) : default)];
        string whyNot = pieces.Any(p => p.Place == GoPlace.FloatRegister) ? "in a floating-point register, which no probe can read" : $"values of type {type.Name} are not shown";
        return [new TracedValue(name, type, ValueForm.None, default, default) { WhyNot = whyNot }];
    }
}
