using System.Buffers.Binary;
using System.Text;

namespace Beyla.Elf;

/// <summary>Decodes type descriptors and the names they refer to (Go's internal/abi/type.go).</summary>
internal sealed class TypeReader(AddressSpace memory, TypeSection section)
{
    public const int HeaderSize = 48, FieldSize = 24, UncommonSize = 16, MethodSize = 16, InterfaceMethodSize = 8;
    private const int LongestName = 1 << 16;

    private readonly byte[] _nameBuffer = new byte[LongestName];
    private readonly Lazy<bool> _wideNames = new(() => HasWideNames(memory, section), LazyThreadSafetyMode.None);

    public AddressSpace Memory => memory;

    public TypeSection Section => section;

    /// <summary>Go 1.16 stored name lengths in two bytes, big-endian; later versions as a varint.</summary>
    public bool WideNames => _wideNames.Value;

    public GoType Read(ulong address)
    {
        Span<byte> bytes = stackalloc byte[HeaderSize];
        memory.Read(address, bytes);
        return new GoType(
            address, BinaryPrimitives.ReadUInt64LittleEndian(bytes), bytes[20], (GoKind)(bytes[23] & 31),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]));
    }

    /// <summary>Bytes of the descriptor before its uncommon part.</summary>
    public int BaseSize(in GoType type) => type.Kind switch
    {
        GoKind.Array => 72,
        GoKind.Chan => 64,
        GoKind.Func or GoKind.Pointer or GoKind.Slice => 56,
        GoKind.Interface or GoKind.Struct => 80,
        GoKind.Map => section.IsContiguous ? 136 : IsSwissMap(type) ? 112 : 88,
        >= (GoKind)1 and <= GoKind.UnsafePointer => HeaderSize,
        _ => throw new ElfException($"a type descriptor has the unknown kind {(int)type.Kind}", unchecked((long)type.Address)),
    };

    /// <summary>Import path of a named type; empty for the types of the language. Valid until the next read.</summary>
    public ReadOnlySpan<byte> PackagePath(in GoType type)
    {
        if (!type.HasUncommon)
            return default;
        uint name = memory.ReadUInt32(type.Address + (ulong)BaseSize(type));
        return name == 0 ? default : ReadName(section.Start + name);
    }

    /// <summary>The type as Go prints it: package name, not path. Valid until the next read.</summary>
    public ReadOnlySpan<byte> ShortName(in GoType type)
    {
        ReadOnlySpan<byte> name = ReadName(section.Start + type.Name);
        return type.HasExtraStar && !name.IsEmpty ? name[1..] : name;
    }

    /// <summary>The name of a named type without its package. Valid until the next read.</summary>
    public ReadOnlySpan<byte> NameInPackage(in GoType type)
    {
        ReadOnlySpan<byte> name = ShortName(type);
        return name[(name.IndexOf((byte)'.') + 1)..];   // no dot: a type of the language
    }

    /// <summary>Whether a type is the one written as "*net/http.response", "error" or "[]string".</summary>
    public bool Matches(ulong address, ReadOnlySpan<byte> fullName)
    {
        GoType type = Read(address);
        while (type is { Kind: GoKind.Pointer, IsNamed: false } && fullName is [(byte)'*', ..])
        {
            fullName = fullName[1..];
            type = Read(memory.ReadUInt64(type.Address + HeaderSize));
        }
        if (!type.IsNamed)
            return ShortName(type).SequenceEqual(fullName);
        ReadOnlySpan<byte> name = NameInPackage(type);
        if (!fullName.EndsWith(name))
            return false;
        ReadOnlySpan<byte> qualifier = fullName[..^name.Length];
        ReadOnlySpan<byte> path = PackagePath(type);
        return path.IsEmpty ? qualifier.IsEmpty : qualifier.Length == path.Length + 1 && qualifier.StartsWith(path) && qualifier[^1] == '.';
    }

    /// <summary>The name at an address (abi.Name). Valid until the next read.</summary>
    public ReadOnlySpan<byte> ReadName(ulong address)
    {
        int length, lengthSize;
        if (WideNames)
        {
            (length, lengthSize) = ((memory.ReadByte(address + 1) << 8) | memory.ReadByte(address + 2), 2);
        }
        else
        {
            length = lengthSize = 0;
            for (byte b = 0x80; b >= 0x80; lengthSize++)
            {
                if (lengthSize == 3)
                    throw new ElfException("a type name has no sensible length", unchecked((long)address));
                b = memory.ReadByte(address + 1 + (ulong)lengthSize);
                length |= (b & 0x7f) << (7 * lengthSize);
            }
        }
        if (length > LongestName)
            throw new ElfException("a type name has no sensible length", unchecked((long)address));
        Span<byte> name = _nameBuffer.AsSpan(0, length);
        memory.Read(address + 1 + (ulong)lengthSize, name);
        return name;
    }

    /// <summary>In 1.24 and 1.25 both kinds of map can occur; the descriptor repeats the size of its bucket or group in different places.</summary>
    private bool IsSwissMap(in GoType type)
    {
        ulong group = memory.ReadUInt64(type.Address + 64);
        return memory.Contains(group, 8) && memory.ReadUInt64(group) == memory.ReadUInt64(type.Address + 80);
    }

    private static bool HasWideNames(AddressSpace memory, TypeSection section)
    {
        if (section.MinMinor > 16)
            return false;
        // Names are shorter than 256 bytes, so with two bytes the first is 0, which as a varint would say: no name.
        int zero = 0;
        int sample = (int)Math.Min(section.Listing.Count, 64);
        for (int i = 0; i < sample; i++)
        {
            ulong type = section.Start + memory.ReadUInt32(section.Listing.Address + ((ulong)i * 4));
            if (memory.ReadByte(section.Start + memory.ReadUInt32(type + 40) + 1) == 0)
                zero++;
        }
        return zero * 2 > sample;
    }
}
