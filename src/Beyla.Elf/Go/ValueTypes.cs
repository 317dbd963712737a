using System.Text;

namespace Beyla.Elf;

/// <summary>Types of the program as the calling convention and reading by path need them (Go's internal/abi/type.go).</summary>
internal sealed class ValueTypes(TypeReader types, TypeIndex index, StructFields fields)
{
    private const ulong ElementAt = 48, FieldsAt = 56, CountAt = 64, AlignmentAt = 21, LengthAt = 64;
    private const int DeepestType = 32;

    /// <summary>A named type; null: the type data has none, or several, of this name.</summary>
    public GoValueType? Find(string name) => index.Find(name) is { } type ? Of(type, 0) : null;

    /// <summary>
    /// How to get from a pointer to a struct to a field, through pointers: each step is an offset; all but the last lead to the next pointer.
    /// Null: <paramref name="whyNot"/> says why as a sentence part.
    /// </summary>
    public (IReadOnlyList<int> Steps, GoValueType Type)? Path(string structName, IReadOnlyList<string> path, out string? whyNot)
    {
        whyNot = null;
        if (index.Find(structName) is not { Kind: GoKind.Struct } type)
        {
            whyNot = $"the type data has no struct {structName}";
            return null;
        }
        List<int> steps = [];
        int offset = 0;
        string owner = structName;
        for (int i = 0; ; i++)
        {
            if (fields.FieldOf(type, path[i]) is not var (field, address))
            {
                whyNot = $"{owner} has no field {path[i]}; it has {string.Join(", ", Names(type))}";
                return null;
            }
            offset += field.Offset;
            GoType of = types.Read(address);
            if (i == path.Count - 1)
            {
                steps.Add(offset);
                return (steps, Of(of, 0));
            }
            owner += $".{path[i]}";
            if (of.Kind == GoKind.Pointer)
            {
                steps.Add(offset);
                (offset, of) = (0, types.Read(types.Memory.ReadUInt64(of.Address + ElementAt)));
            }
            if (of.Kind != GoKind.Struct)
            {
                whyNot = $"{owner} is no struct: it has no field {path[i + 1]}";
                return null;
            }
            type = of;
        }
    }

    private List<string> Names(in GoType type) => [.. FieldsOf(type).Select(f => f.Name)];

    private IEnumerable<(string Name, ulong Offset, ulong Type)> FieldsOf(GoType type)
    {
        ulong at = types.Memory.ReadUInt64(type.Address + FieldsAt), count = types.Memory.ReadUInt64(type.Address + CountAt);
        for (ulong i = 0; i < count; i++)
        {
            ulong field = at + (i * TypeReader.FieldSize);
            yield return (
                Encoding.UTF8.GetString(types.ReadName(types.Memory.ReadUInt64(field))),
                types.Memory.ReadUInt64(field + 16) >> (index.HasShiftedOffsets ? 1 : 0), types.Memory.ReadUInt64(field + 8));
        }
    }

    private GoValueType Of(GoType type, int depth)
    {
        if (depth > DeepestType) throw new ElfException("a type does not end", unchecked((long)type.Address));
        string name = Encoding.UTF8.GetString(types.ShortName(type));
        if (GoValueType.OfKind(type.Kind, name) is { } simple)
            return type.Kind == GoKind.Slice ? simple with { Element = Element(type, depth) } : simple;
        GoValueType value = new(type.Kind, name, (int)type.Size, types.Memory.ReadByte(type.Address + AlignmentAt));
        return type.Kind == GoKind.Array
            ? value with { Element = Of(types.Read(types.Memory.ReadUInt64(type.Address + ElementAt)), depth + 1), Length = (long)types.Memory.ReadUInt64(type.Address + LengthAt) }
            : value with { Fields = [.. FieldsOf(type).ToList().Select(f => new GoValueField(f.Name, (int)f.Offset, Of(types.Read(f.Type), depth + 1)))] };
    }

    /// <summary>Only as deep as printing needs it: slices may hold themselves.</summary>
    private GoValueType? Element(GoType slice, int depth)
    {
        GoType element = types.Read(types.Memory.ReadUInt64(slice.Address + ElementAt));
        return depth > 2 || element.Kind is GoKind.Struct or GoKind.Array ? null : GoValueType.OfKind(element.Kind, Encoding.UTF8.GetString(types.ShortName(element)));
    }
}
