using System.Text;

namespace Beyla.Elf;

/// <summary>Named types by name, made in one walk; 8 bytes per type.</summary>
internal sealed class TypeIndex
{
    private readonly TypeReader _types;
    private readonly uint[] _hashes;
    private readonly uint[] _offsets;

    private TypeIndex(TypeReader types, uint[] hashes, uint[] offsets, bool shiftedOffsets, GoType? anyMap)
    {
        (_types, _hashes, _offsets) = (types, hashes, offsets);
        HasShiftedOffsets = shiftedOffsets;
        AnyMap = anyMap;
    }

    /// <summary>Up to Go 1.18 a field's offset is stored times two, plus one when the field is embedded.</summary>
    public bool HasShiftedOffsets { get; }

    /// <summary>One of the program's map types: all are built alike. <see langword="null"/> when it has none.</summary>
    public GoType? AnyMap { get; }

    public static TypeIndex Build(TypeReader types, PclnFormat format)
    {
        List<uint> hashes = [], offsets = [];
        bool? shifted = format switch { PclnFormat.Go116 => true, PclnFormat.Go120 => false, _ => null };
        GoType? anyMap = null;
        foreach (GoType type in new TypeWalk(types).Types())
        {
            if (type.Kind == GoKind.Map)
                anyMap = type;
            if (shifted is null && type.Kind == GoKind.Struct)
                shifted = HasShifted(types, type);
            if (!type.IsNamed)
                continue;
            hashes.Add(NameHash.Of(types.NameInPackage(type)));
            offsets.Add((uint)(type.Address - types.Section.Start));
        }
        uint[] sortedHashes = [.. hashes], sortedOffsets = [.. offsets];
        Array.Sort(sortedHashes, sortedOffsets);
        return new TypeIndex(types, sortedHashes, sortedOffsets, shifted ?? false, anyMap);
    }

    /// <summary>The structs of this import path and name; several where functions declare types of the same name.</summary>
    public IEnumerable<GoType> Structs(string package, string type)
    {
        byte[] path = Encoding.UTF8.GetBytes(package), name = Encoding.UTF8.GetBytes(type);
        return Candidates(name).Where(c => c.Kind == GoKind.Struct && IsNamed(c, path, name));
    }

    /// <summary>
    /// Descriptor of a named type ("net/http.Request", "error"), or of a pointer to one; <see langword="null"/> also when several types
    /// share the name (function-local ones may): nobody could tell which is meant.
    /// </summary>
    public GoType? Find(string fullName)
    {
        int stars = fullName.Length - fullName.TrimStart('*').Length;
        byte[] full = Encoding.UTF8.GetBytes(fullName[stars..]);
        int bracket = Array.IndexOf(full, (byte)'[');
        ReadOnlySpan<byte> plain = bracket < 0 ? full : full.AsSpan(0, bracket);   // type arguments hold dots and slashes of their own
        int slash = plain.LastIndexOf((byte)'/') + 1;
        int dot = plain[slash..].LastIndexOf((byte)'.');
        GoType? found = null;
        foreach (GoType candidate in Candidates(full[(dot < 0 ? 0 : slash + dot + 1)..]))
        {
            if (!_types.Matches(candidate.Address, full))
                continue;
            if (found is not null)
                return null;
            found = candidate;
        }
        for (; stars > 0 && found is { } type; stars--)
            found = type.PointerToThis == 0 ? null : _types.Read(_types.Section.Start + type.PointerToThis);
        return found;
    }

    private IEnumerable<GoType> Candidates(byte[] name)
    {
        uint hash = NameHash.Of(name);
        int at = Array.BinarySearch(_hashes, hash);
        while (at > 0 && _hashes[at - 1] == hash)
            at--;
        for (; at >= 0 && at < _hashes.Length && _hashes[at] == hash; at++)
            yield return _types.Read(_types.Section.Start + _offsets[at]);
    }

    private bool IsNamed(in GoType type, byte[] package, byte[] name) =>
        _types.NameInPackage(type).SequenceEqual(name) && _types.PackagePath(type).SequenceEqual(package);

    /// <summary>
    /// Go 1.18 and 1.19 share everything but this. A last field at 8 or beyond fits into the struct under one reading only;
    /// <see langword="null"/> when this struct does not tell.
    /// </summary>
    private static bool? HasShifted(TypeReader types, in GoType type)
    {
        AddressSpace memory = types.Memory;
        ulong fields = memory.ReadUInt64(type.Address + 56), count = memory.ReadUInt64(type.Address + 64);
        if (count < 2 || count > (ulong)memory.File.Length)
            return null;
        ulong last = fields + ((count - 1) * TypeReader.FieldSize);
        ulong stored = memory.ReadUInt64(last + 16), size = types.Read(memory.ReadUInt64(last + 8)).Size;
        return stored < 16 || size == 0 ? null : stored > type.Size || size > type.Size - stored;
    }
}
