namespace Beyla.Elf;

/// <summary>
/// Enumerates the type descriptors of a binary by following references: the linker lists only those that reflection looks up, named structs
/// are not among them.
/// </summary>
internal sealed class TypeWalk
{
    private const ulong Alignment = 8;

    private readonly TypeReader _types;
    private readonly AddressSpace _memory;
    private readonly TypeSection _section;
    private readonly ulong[] _seen;
    private readonly Stack<ulong> _pending = new();
    private ulong _budget;

    public TypeWalk(TypeReader types)
    {
        (_types, _memory, _section) = (types, types.Memory, types.Section);
        _budget = _section.End - _section.Start;
        _seen = new ulong[((_section.End - _section.Start) / (Alignment * 64)) + 1];
    }

    /// <summary>Every type once.</summary>
    public IEnumerable<GoType> Types()
    {
        if (_section.IsContiguous)
            FollowContiguous();
        else
            FollowLinks();
        foreach (Itab itab in Itab.ReadAll(_types))
        {
            Follow(itab.Interface);
            Follow(itab.Concrete);
        }
        while (_pending.TryPop(out ulong address))
        {
            GoType type = _types.Read(address);
            yield return type;
            FollowReferences(type);
        }
    }

    private void FollowLinks()
    {
        for (ulong i = 0; i < _section.Listing.Count; i++)
            FollowOffset(_memory.ReadUInt32(_section.Listing.Address + (i * 4)));
    }

    /// <summary>As runtime.moduleTypelinks does.</summary>
    private void FollowContiguous()
    {
        ulong end = _section.Listing.Address + _section.Listing.Count;
        ulong address = _section.Listing.Address + Alignment;   // runtime.types itself takes the first word
        while (address + TypeReader.HeaderSize <= end)
        {
            Follow(address);
            address += (DescriptorSize(_types.Read(address)) + Alignment - 1) & ~(Alignment - 1);
        }
    }

    /// <summary>abi.Type.DescriptorSize.</summary>
    private ulong DescriptorSize(in GoType type)
    {
        ulong size = (ulong)_types.BaseSize(type);
        if (type.HasUncommon)
            size += TypeReader.UncommonSize + (MethodCount(type) * TypeReader.MethodSize);
        size += type.Kind switch
        {
            GoKind.Func => ParameterCount(type) * 8,
            GoKind.Interface => ElementCount(type) * TypeReader.InterfaceMethodSize,
            GoKind.Struct => ElementCount(type) * TypeReader.FieldSize,
            _ => 0,
        };
        return size;
    }

    private void FollowReferences(in GoType type)
    {
        Spend(DescriptorSize(type), type);
        ulong rest = type.Address + TypeReader.HeaderSize;
        if (type.PointerToThis != 0)
            FollowOffset(type.PointerToThis);
        switch (type.Kind)
        {
            case GoKind.Pointer or GoKind.Slice or GoKind.Chan:
                Follow(_memory.ReadUInt64(rest));
                break;
            case GoKind.Array:
                Follow(_memory.ReadUInt64(rest));
                Follow(_memory.ReadUInt64(rest + 8));
                break;
            case GoKind.Map:
                for (ulong i = 0; i < 3; i++)
                    Follow(_memory.ReadUInt64(rest + (i * 8)));
                break;
            case GoKind.Func:
                ulong parameters = rest + 8 + (type.HasUncommon ? (ulong)TypeReader.UncommonSize : 0);
                for (ulong i = 0, count = ParameterCount(type); i < count; i++)
                    Follow(_memory.ReadUInt64(parameters + (i * 8)));
                break;
            case GoKind.Interface:
                ulong methods = _memory.ReadUInt64(rest + 8);
                for (ulong i = 0, count = ElementCount(type); i < count; i++)
                    FollowOffset(_memory.ReadUInt32(methods + (i * TypeReader.InterfaceMethodSize) + 4));
                break;
            case GoKind.Struct:
                ulong fields = _memory.ReadUInt64(rest + 8);
                for (ulong i = 0, count = ElementCount(type); i < count; i++)
                    Follow(_memory.ReadUInt64(fields + (i * TypeReader.FieldSize) + 8));
                break;
            default:
                break;
        }
        if (type.HasUncommon)
            FollowMethods(type);
    }

    private void FollowMethods(in GoType type)
    {
        ulong uncommon = type.Address + (ulong)_types.BaseSize(type);
        ulong methods = uncommon + _memory.ReadUInt32(uncommon + 8);
        for (ulong i = 0, count = MethodCount(type); i < count; i++)
        {
            uint signature = _memory.ReadUInt32(methods + (i * TypeReader.MethodSize) + 4);
            if (signature is not (0 or uint.MaxValue))   // the linker drops signatures that nothing can ask for
                FollowOffset(signature);
        }
    }

    private void FollowOffset(uint offset) => Follow(_section.Start + offset);

    private void Follow(ulong address)
    {
        if (address < _section.Start || address >= _section.End || address % Alignment != 0)
            return;
        ulong index = (address - _section.Start) / Alignment;
        ulong bit = 1UL << (int)(index % 64);
        if ((_seen[index / 64] & bit) != 0)
            return;
        _seen[index / 64] |= bit;
        _pending.Push(address);
    }

    private ulong ParameterCount(in GoType type)
    {
        uint counts = _memory.ReadUInt32(type.Address + TypeReader.HeaderSize);
        return (counts & 0xffff) + ((counts >> 16) & 0x7fff);   // the top bit says: variadic
    }

    private ulong ElementCount(in GoType type)
    {
        ulong count = _memory.ReadUInt64(type.Address + TypeReader.HeaderSize + 16);
        return count <= (ulong)_memory.File.Length
            ? count
            : throw new ElfException("a type has more fields than the file has bytes", unchecked((long)type.Address));
    }

    private ulong MethodCount(in GoType type) =>
        _memory.ReadUInt32(type.Address + (ulong)_types.BaseSize(type) + 4) & 0xffff;

    /// <summary>Descriptors do not overlap; a file that says otherwise would cost quadratic time.</summary>
    private void Spend(ulong size, in GoType type)
    {
        if (size > _budget)
            throw new ElfException("type descriptors overlap", unchecked((long)type.Address));
        _budget -= size;
    }
}
