using System.Text;

namespace Beyla.Elf.Dwarf;

/// <summary>Signatures of Go functions out of DWARF: names and types of parameters and results. Their places are left to <see cref="GoCallingConvention"/>.</summary>
public sealed class DwarfSignatures
{
    private const int DeepestType = 32;

    private readonly DwarfSections _sections;
    private readonly List<DwarfUnit> _units;
    private readonly Dictionary<long, GoValueType> _types = [];

    private DwarfSignatures(DwarfSections sections) => (_sections, _units) = (sections, [.. DwarfUnit.All(sections)]);

    /// <summary>Reads the units; null: the file has no DWARF.</summary>
    /// <exception cref="ElfException">The debug data is damaged or of a kind that is not known.</exception>
    public static DwarfSignatures? TryRead(ElfFile elf) => DwarfSections.TryRead(elf) is { } sections ? new(sections) : null;

    /// <summary>The signature of a function; null: it is not described.</summary>
    /// <exception cref="ElfException">The debug data is damaged.</exception>
    public GoSignature? Find(string function) => Search(name => name.SequenceEqual(Encoding.UTF8.GetBytes(function))).FirstOrDefault();

    /// <summary>The signatures of several functions; a function may come more than once.</summary>
    /// <exception cref="ElfException">The debug data is damaged.</exception>
    public IEnumerable<GoSignature> All(IReadOnlySet<string> functions) => Search(name => functions.Contains(Encoding.UTF8.GetString(name)));

    private delegate bool NameTest(ReadOnlySpan<byte> name);

    private IEnumerable<GoSignature> Search(NameTest wanted)
    {
        foreach (DwarfUnit unit in _units)
        {
            for (int at = unit.First; at < unit.End;)
            {
                DwarfEntry? entry = Guard(unit, at, out int next);
                if (entry is { Tag: DwarfEntry.FunctionTag } function && function.NameAt.Bytes is { Length: > 0 } name && wanted(name))
                    yield return Signature(unit, function, next);
                at = next;
            }
        }
    }

    private static DwarfEntry? Guard(DwarfUnit unit, int at, out int next)
    {
        try
        {
            return unit.Entry(at, out next);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new ElfException($"the debug data is cut off: {e.Message}", at);
        }
    }

    private GoSignature Signature(DwarfUnit unit, in DwarfEntry function, int at)
    {
        List<GoParameter> parameters = [], results = [];
        for (int depth = function.HasChildren ? 1 : 0; depth > 0;)
        {
            if (Guard(unit, at, out at) is not { } child)
            {
                depth--;
                continue;
            }
            if (depth == 1 && child.Tag == DwarfEntry.ParameterTag)
            {
                string name = child.NameAt.ToString();
                // Results without a name are ~r0, ~r1 ...; blank parameters ~p0 or _.
                (child.IsResult ? results : parameters).Add(new GoParameter(name.StartsWith('~') ? "" : name, TypeAt(child.Type, 0)));
            }
            if (child.HasChildren) depth++;
        }
        return new GoSignature(function.NameAt.ToString(), parameters, results, "DWARF");
    }

    private GoValueType TypeAt(long offset, int depth)
    {
        if (_types.TryGetValue(offset, out GoValueType? known)) return known;
        DwarfUnit unit = _units.FirstOrDefault(u => offset >= u.First && offset < u.End) ?? throw new ElfException("a type of the debug data lies nowhere", offset);
        if (depth > DeepestType || Guard(unit, (int)offset, out int next) is not { } entry) throw new ElfException("a type of the debug data does not end", offset);
        return _types[offset] = Type(unit, entry, next, depth);
    }

    private GoValueType Type(DwarfUnit unit, in DwarfEntry entry, int next, int depth)
    {
        string name = entry.NameAt.ToString();
        // A named type that is no struct; interfaces are typedefs of runtime.iface and runtime.eface.
        if (entry.Tag == DwarfEntry.TypedefTag && entry.GoKind is not GoKind.Interface && entry.Type != 0) return TypeAt(entry.Type, depth + 1) with { Name = name };
        GoKind kind = entry.GoKind != GoKind.Invalid ? entry.GoKind : entry.Tag switch
        {
            DwarfEntry.PointerTag => GoKind.Pointer,
            DwarfEntry.StructTag => GoKind.Struct,
            DwarfEntry.ArrayTag => GoKind.Array,
            _ => GoKind.UnsafePointer,
        };
        // As the linker names them: interfaces without a name of their own.
        if (name is "interface {}" or "runtime.eface") (kind, name) = (GoKind.Interface, "any");
        if (kind == GoKind.Interface && entry.Type != 0 && entry.Tag == DwarfEntry.TypedefTag && TypeAt(entry.Type, depth + 1).Name == "any")
            return GoValueType.OfKind(kind, name)! with { IsEmptyInterface = true };
        if (GoValueType.OfKind(kind, name) is { } simple)
        {
            if (kind == GoKind.Pointer && entry is { Tag: DwarfEntry.PointerTag, Type: > 0 and var target }) return simple with { Target = () => TypeAt(target, 0) };
            return kind == GoKind.Slice && ElementOf(unit, next) is { } slice ? simple with { Element = TypeAt(slice, depth + 1) } : simple;
        }

        List<GoValueField> fields = [];
        long count = 0;
        if (entry.HasChildren)
        {
            for (int at = next; Guard(unit, at, out at) is { } child;)
            {
                if (child.Tag == DwarfEntry.MemberTag) fields.Add(new GoValueField(child.NameAt.ToString(), (int)child.MemberOffset, TypeAt(child.Type, depth + 1)));
                if (child.Tag == DwarfEntry.SubrangeTag) count = child.Count;
            }
        }
        GoValueType? element = kind == GoKind.Array ? TypeAt(entry.Type, depth + 1) : null;
        int alignment = element?.Alignment ?? fields.Select(f => f.Type.Alignment).DefaultIfEmpty(1).Max();
        return new GoValueType(kind, name, (int)entry.ByteSize, alignment) { Fields = fields, Element = element, Length = count };
    }

    /// <summary>A slice is a struct of array, len, cap; the array's type points to the element.</summary>
    private long? ElementOf(DwarfUnit unit, int at)
    {
        if (Guard(unit, at, out _) is not { Tag: DwarfEntry.MemberTag } member) return null;
        DwarfUnit? home = _units.FirstOrDefault(u => member.Type >= u.First && member.Type < u.End);
        return home is not null && Guard(home, (int)member.Type, out _) is { Tag: DwarfEntry.PointerTag, Type: > 0 } pointer ? pointer.Type : null;
    }
}
