namespace Beyla.Elf;

/// <summary>Parameters and results of a Go function; the receiver of a method is its first parameter.</summary>
/// <param name="Function">Full symbol name.</param>
/// <param name="Parameters">Parameters.</param>
/// <param name="Results">Results.</param>
/// <param name="Source">Where it was learned, in words: <c>DWARF</c>, <c>the user</c>.</param>
public sealed record GoSignature(string Function, IReadOnlyList<GoParameter> Parameters, IReadOnlyList<GoParameter> Results, string Source)
{
    /// <summary>As Go writes it.</summary>
    public override string ToString() => $"{Function}({List(Parameters)}){(Results.Count switch
    {
        0 => "",
        1 when Results[0].Name.Length == 0 => $" {Results[0].Type.Name}",
        _ => $" ({List(Results)})",
    })}";

    private static string List(IEnumerable<GoParameter> list) => string.Join(", ", list.Select(p => p.Name.Length == 0 ? p.Type.Name : $"{p.Name} {p.Type.Name}"));
}

/// <summary>A parameter or result.</summary>
/// <param name="Name">Its name; empty when it has none.</param>
/// <param name="Type">Its type.</param>
public sealed record GoParameter(string Name, GoValueType Type);
