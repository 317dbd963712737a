using System.Reflection;

namespace Beyla.Validation;

/// <summary>Compares the event structs of a plugin (<see cref="BpfStructAttribute"/>) with the C structs in its BPF object.</summary>
public static class EventStructs
{
    /// <summary>The event structs that an assembly declares.</summary>
    /// <exception cref="ReflectionTypeLoadException">A type of the assembly cannot be loaded.</exception>
    public static IReadOnlyList<Type> DeclaredIn(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return [.. assembly.GetTypes().Where(t => t.IsDefined(typeof(BpfStructAttribute)))];
    }

    /// <summary>Compares size and, by name, offset and size of every field. C fields that C# leaves out (padding) are not looked at.</summary>
    /// <param name="types">Types with <see cref="BpfStructAttribute"/>.</param>
    /// <param name="bpf">The object.</param>
    /// <returns>One sentence a problem, empty when there is none.</returns>
    public static IReadOnlyList<string> Check(IEnumerable<Type> types, BpfObjectLayout bpf)
    {
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(bpf);
        List<string> problems = [];
        foreach (Type type in types) Check(type, bpf, problems);
        return problems;
    }

    private static void Check(Type type, BpfObjectLayout bpf, List<string> problems)
    {
        string name = type.GetCustomAttribute<BpfStructAttribute>()?.Name
            ?? throw new ArgumentException($"{type} has no {nameof(BpfStructAttribute)}.");
        if (bpf.Structs.FirstOrDefault(s => s.Name == name) is not { } c)
        {
            problems.Add($"{type.Name}: the BPF object's BTF has no 'struct {name}' (write EVENT_STRUCT({name}) after it: BTF keeps only the types of "
                + "maps, variables and functions)");
            return;
        }
        if (StructLayoutReader.Read(type, name) is not { } csharp)
        {
            problems.Add($"{type.Name}: holds a reference, is generic or automatically laid out, so it cannot stand for 'struct {name}'");
            return;
        }
        if (csharp.Size != c.Size) problems.Add($"{type.Name} has {csharp.Size} bytes, 'struct {name}' has {c.Size}");
        foreach (BpfFieldLayout field in csharp.Fields)
        {
            int i = c.Fields.ToList().FindIndex(f => f.Name == field.Name);
            if (i < 0) problems.Add($"{type.Name}: 'struct {name}' has no field '{field.Name}'");
            else if (c.Fields[i] != field)
                problems.Add($"{type.Name}: '{field.Name}' is {Place(field)} in C#, {Place(c.Fields[i])} in 'struct {name}'");
        }
    }

    private static string Place(BpfFieldLayout field) => $"{field.Size} bytes at {field.Offset}";
}
