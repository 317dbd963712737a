namespace Beyla.Elf;

/// <summary>The way from a pointer to a field behind it, through types that know what they point to (those of DWARF).</summary>
public static class FieldPath
{
    /// <summary>
    /// The way from a pointer to a struct to a field: each step is an offset, all but the last lead to the next pointer. Null: <paramref name="whyNot"/> says
    /// why, as a sentence part.
    /// </summary>
    public static (IReadOnlyList<int> Steps, GoValueType Type)? Of(GoValueType pointer, IReadOnlyList<string> path, out string? whyNot)
    {
        List<int> steps = [];
        int offset = 0;
        GoValueType type = pointer;
        for (int i = 0; ; i++)
        {
            if (type is { Kind: GoKind.Pointer, Target: { } target })
            {
                if (i > 0) steps.Add(offset);
                (offset, type) = (0, target());
            }
            if (type.Fields.FirstOrDefault(f => f.Name == path[i]) is not { } field)
            {
                whyNot = type.Kind == GoKind.Struct ? $"{type.Name} has no field {path[i]}; it has {string.Join(", ", type.Fields.Select(f => f.Name))}" : $"{type.Name} is no struct: it has no field {path[i]}";
                return null;
            }
            (offset, type) = (offset + field.Offset, field.Type);
            if (i < path.Count - 1) continue;
            steps.Add(offset);
            whyNot = null;
            return (steps, type);
        }
    }
}
