namespace Beyla.Elf;

/// <summary>
/// Reads how maps are built off the type that the compiler makes for their buckets or groups (Go's cmd/compile/internal/reflectdata,
/// map*.go). Its field names tell the generations apart, whatever version and experiment flags the program was built with: <c>topbits,
/// keys, elems, overflow</c>; <c>ctrl, slots</c>; <c>ctrl, keys, elems</c>.
/// </summary>
internal sealed class MapLayouts(TypeReader types, TypeIndex index, StructFields fields)
{
    private const string SwissPackage = "internal/runtime/maps";
    private const ulong KeyAt = 48, ElemAt = 56, GroupAt = 64;    // abi.MapType, abi.OldMapType
    private const ulong ArrayElemAt = 48;

    /// <summary><see langword="null"/> when the type data has no map, or one of an unknown generation.</summary>
    public bool? UsesSwissMaps
    {
        get
        {
            if (index.AnyMap is not { } map)
                return null;
            GoType group = types.Read(types.Memory.ReadUInt64(map.Address + GroupAt));
            return Has(group, "ctrl") ? true : Has(group, "topbits") ? false : null;
        }
    }

    /// <summary>The layout of a named map type. Without a result <paramref name="whyNot"/> is a sentence part.</summary>
    public GoMapLayout? Find(string name, out string? whyNot)
    {
        whyNot = null;
        if (index.Find(name) is not { Kind: GoKind.Map } map)
            whyNot = $"the type data has no map type {name}";
        else if (Slots(map) is not { } slots)
            whyNot = $"maps of type {name} are built in an unknown way, or hold keys or elements by pointer";
        else if ((slots.OverflowOffset is { } overflow ? (GoMapLayout?)BucketMap(slots, overflow) : SwissMap(slots)) is not { } layout)
            whyNot = "the type data lacks the runtime's own map types";
        else
            return layout;
        return null;
    }

    private GoBucketMapLayout? BucketMap(SlotLayout slots, int overflow)
    {
        int? Field(string field) => fields.Find("runtime", "hmap", field, out _)?.Offset;
        return (Field("count"), Field("B"), Field("buckets"), Field("oldbuckets")) is ({ } count, { } b, { } buckets, { } old)
            ? new GoBucketMapLayout(
                count, slots.Size, slots.Keys, slots.KeyStride, slots.Elems, slots.ElemStride, b, buckets, old, overflow)
            : null;
    }

    private GoSwissMapLayout? SwissMap(SlotLayout slots)
    {
        int? Field(string type, string path) => fields.Find(SwissPackage, type, path, out _)?.Offset;
        return (Field("Map", "used"), Field("Map", "dirPtr"), Field("Map", "dirLen")) is ({ } used, { } directory, { } length)
            && (Field("table", "groups.data"), Field("table", "groups.lengthMask")) is ({ } groups, { } mask)
            ? new GoSwissMapLayout(
                used, slots.Size, slots.Keys, slots.KeyStride, slots.Elems, slots.ElemStride, directory, length, groups, mask)
            : null;
    }

    private SlotLayout? Slots(in GoType map)
    {
        AddressSpace memory = types.Memory;
        GoType group = types.Read(memory.ReadUInt64(map.Address + GroupAt));
        (ulong key, ulong elem) = (memory.ReadUInt64(map.Address + KeyAt), memory.ReadUInt64(map.Address + ElemAt));
        if (group.Kind != GoKind.Struct || !(Has(group, "ctrl") || Has(group, "topbits")))
            return null;
        int size = (int)group.Size;
        if (fields.FieldOf(group, "slots") is var (slots, slotsType) && ElementOf(slotsType) is { Kind: GoKind.Struct } slot)
        {
            return fields.FieldOf(slot, "key") is var (keyField, keyType) && fields.FieldOf(slot, "elem") is var (elemField, elemType)
                && keyType == key && elemType == elem
                ? new(size, slots.Offset + keyField.Offset, (int)slot.Size, slots.Offset + elemField.Offset, (int)slot.Size, null)
                : null;
        }
        return fields.FieldOf(group, "keys") is var (keys, keysType) && fields.FieldOf(group, "elems") is var (elems, elemsType)
            && ElementOf(keysType) is { } keyInPlace && ElementOf(elemsType) is { } elemInPlace
            && keyInPlace.Address == key && elemInPlace.Address == elem
            ? new(
                size, keys.Offset, (int)keyInPlace.Size, elems.Offset, (int)elemInPlace.Size,
                fields.FieldOf(group, "overflow")?.Field.Offset)
            : null;
    }

    private GoType? ElementOf(ulong address) =>
        types.Read(address).Kind == GoKind.Array ? types.Read(types.Memory.ReadUInt64(address + ArrayElemAt)) : null;

    private bool Has(in GoType type, string field) => type.Kind == GoKind.Struct && fields.FieldOf(type, field) is not null;

    private readonly record struct SlotLayout(int Size, int Keys, int KeyStride, int Elems, int ElemStride, int? OverflowOffset);
}
