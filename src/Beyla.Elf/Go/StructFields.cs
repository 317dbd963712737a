using System.Text;

namespace Beyla.Elf;

/// <summary>Finds fields of structs by name (Go's abi.StructType, abi.StructField), through structs that lie in structs.</summary>
internal sealed class StructFields(TypeReader types, TypeIndex index)
{
    private const ulong FieldsAt = 56, CountAt = 64, TypeAt = 8, OffsetAt = 16;

    /// <summary>
    /// A field of a named struct; dots in the path go into structs that lie in it by value. Types that share the name (function-local ones
    /// may) must agree. Without a result <paramref name="whyNot"/> is a sentence part.
    /// </summary>
    public GoFieldInfo? Find(string package, string type, string path, out string? whyNot)
    {
        GoFieldInfo? found = null;
        string? reason = null;
        string[] names = path.Split('.');
        foreach (GoType candidate in index.Structs(package, type))
        {
            if (Find(candidate, $"{package}.{type}", names, out string? missing) is not { } field)
            {
                reason = missing;
                continue;
            }
            if (found is not null && found != field)
            {
                whyNot = $"several types are called {package}.{type}, and their {path} differ";
                return null;
            }
            found = field;
        }
        whyNot = found is null ? reason ?? $"the type data has no struct {package}.{type}" : null;
        return found;
    }

    /// <summary>Offset of a field of a named struct; <see langword="null"/> also when types that share the name disagree.</summary>
    public int? OffsetOf(string package, string type, string field)
    {
        int? found = null;
        foreach (GoType candidate in index.Structs(package, type))
        {
            if (FieldOf(candidate, field)?.Field.Offset is not { } offset)
                continue;
            if (found is not null && found != offset)
                return null;
            found = offset;
        }
        return found;
    }

    /// <summary>A field of a struct, and the address of the field's type; <see langword="null"/> when it has none of this name.</summary>
    public (GoFieldInfo Field, ulong Type)? FieldOf(in GoType type, string name)
    {
        AddressSpace memory = types.Memory;
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        ulong fields = memory.ReadUInt64(type.Address + FieldsAt), count = memory.ReadUInt64(type.Address + CountAt);
        for (ulong i = 0; i < count; i++)
        {
            ulong field = fields + (i * TypeReader.FieldSize);
            if (!types.ReadName(memory.ReadUInt64(field)).SequenceEqual(wanted))
                continue;
            ulong offset = memory.ReadUInt64(field + OffsetAt) >> (index.HasShiftedOffsets ? 1 : 0);
            GoType of = types.Read(memory.ReadUInt64(field + TypeAt));
            bool fits = type.Size <= int.MaxValue && offset <= type.Size && of.Size <= type.Size - offset;
            return fits && Enum.IsDefined(of.Kind) && of.Kind != GoKind.Invalid
                ? (new GoFieldInfo((int)offset, of.Kind, (int)of.Size), of.Address)
                : throw new ElfException("a field lies outside its struct, or has no sensible type", unchecked((long)field));
        }
        return null;
    }

    private GoFieldInfo? Find(GoType type, string owner, string[] names, out string? whyNot)
    {
        (int offset, whyNot) = (0, null);
        for (int i = 0; ; i++)
        {
            if (FieldOf(type, names[i]) is not var (field, address))
            {
                whyNot = $"{owner} has no field {names[i]}";
                return null;
            }
            offset += field.Offset;                               // stays within the outermost struct
            if (i == names.Length - 1)
                return field with { Offset = offset };
            owner = $"{owner}.{names[i]}";
            if (field.Kind != GoKind.Struct)
            {
                whyNot = field.Kind == GoKind.Pointer
                    ? $"{owner} is a pointer: {names[i + 1]} lies where it points to"
                    : $"{owner} is no struct but of kind {field.Kind}: it has no field {names[i + 1]}";
                return null;
            }
            type = types.Read(address);
        }
    }
}
