using System.Text;

namespace Beyla.Elf;

/// <summary>Named types by name, made in one walk; 8 bytes per type. Fields are decoded when asked for.</summary>
internal sealed class TypeIndex
{
    private readonly TypeReader _types;
    private readonly uint[] _hashes;
    private readonly uint[] _offsets;

    private TypeIndex(TypeReader types, uint[] hashes, uint[] offsets, bool shiftedOffsets)
    {
        (_types, _hashes, _offsets) = (types, hashes, offsets);
        HasShiftedOffsets = shiftedOffsets;
    }

    /// <summary>Up to Go 1.18 a field's offset is stored times two, plus one when the field is embedded.</summary>
    public bool HasShiftedOffsets { get; }

    public static TypeIndex Build(TypeReader types, PclnFormat format)
    {
        List<uint> hashes = [], offsets = [];
        bool? shifted = format switch { PclnFormat.Go116 => true, PclnFormat.Go120 => false, _ => null };
        foreach (GoType type in new TypeWalk(types).Types())
        {
            if (shifted is null && type.Kind == GoKind.Struct)
                shifted = HasShifted(types, type);
            if (!type.IsNamed)
                continue;
            hashes.Add(NameHash.Of(types.NameInPackage(type)));
            offsets.Add((uint)(type.Address - types.Section.Start));
        }
        uint[] sortedHashes = [.. hashes], sortedOffsets = [.. offsets];
        Array.Sort(sortedHashes, sortedOffsets);
        return new TypeIndex(types, sortedHashes, sortedOffsets, shifted ?? false);
    }

    /// <summary>
    /// Byte offset of a field; <see langword="null"/> when no such type or field is in the binary, and also when types that share the name
    /// (function-local ones may) disagree.
    /// </summary>
    public int? FindField(string package, string type, string field)
    {
        byte[] path = Encoding.UTF8.GetBytes(package), name = Encoding.UTF8.GetBytes(type), wanted = Encoding.UTF8.GetBytes(field);
        int? found = null;
        foreach (GoType candidate in Candidates(name))
        {
            if (candidate.Kind != GoKind.Struct || !IsNamed(candidate, path, name) || FieldOffset(candidate, wanted) is not { } offset)
                continue;
            if (found is not null && found != offset)
                return null;
            found = offset;
        }
        return found;
    }

    /// <summary>Link-time address of the descriptor of a named type ("net/http.Request", "error"), or of a pointer to one.</summary>
    public ulong? FindType(string fullName)
    {
        int stars = fullName.Length - fullName.TrimStart('*').Length;
        byte[] full = Encoding.UTF8.GetBytes(fullName[stars..]);
        int bracket = Array.IndexOf(full, (byte)'[');
        ReadOnlySpan<byte> plain = bracket < 0 ? full : full.AsSpan(0, bracket);   // type arguments hold dots and slashes of their own
        int slash = plain.LastIndexOf((byte)'/') + 1;
        int dot = plain[slash..].LastIndexOf((byte)'.');
        foreach (GoType candidate in Candidates(full[(dot < 0 ? 0 : slash + dot + 1)..]))
        {
            if (!_types.Matches(candidate.Address, full))
                continue;
            GoType type = candidate;
            for (int i = 0; i < stars && type.Address != 0; i++)
                type = type.PointerToThis == 0 ? default : _types.Read(_types.Section.Start + type.PointerToThis);
            return type.Address == 0 ? null : type.Address;
        }
        return null;
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

    private int? FieldOffset(in GoType type, byte[] name)
    {
        AddressSpace memory = _types.Memory;
        ulong fields = memory.ReadUInt64(type.Address + 56), count = memory.ReadUInt64(type.Address + 64);
        for (ulong i = 0; i < count; i++)
        {
            ulong field = fields + (i * TypeReader.FieldSize);
            if (!_types.ReadName(memory.ReadUInt64(field)).SequenceEqual(name))
                continue;
            ulong offset = memory.ReadUInt64(field + 16) >> (HasShiftedOffsets ? 1 : 0);
            return offset <= type.Size && offset <= int.MaxValue
                ? (int)offset
                : throw new ElfException("a field lies outside its struct", unchecked((long)field));
        }
        return null;
    }

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
