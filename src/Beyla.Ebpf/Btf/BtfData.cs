using System.Buffers.Binary;
using System.Text;

namespace Beyla.Ebpf;

/// <summary>
/// The raw types of a BTF blob (Documentation/bpf/btf.rst): where each lies and what its words are. Every read is checked against the blob.
/// </summary>
internal sealed class BtfData
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderBytes = 24, TypeBytes = 12;
    private const int MaxDepth = 32; // of modifiers and arrays; clang makes a handful

    private readonly byte[] _blob;
    private readonly int[] _offsets;
    private readonly int _strings, _stringsEnd;

    public BtfData(ReadOnlySpan<byte> blob)
    {
        _blob = blob.ToArray();
        if (blob.Length < HeaderBytes || BinaryPrimitives.ReadUInt16LittleEndian(blob) != Magic) throw Malformed("no BTF header", 0);
        long header = Word(4), types = header + Word(8), typesEnd = types + Word(12), strings = header + Word(16), stringsEnd = strings + Word(20);
        if (typesEnd > blob.Length || stringsEnd > blob.Length) throw Malformed("a section beyond the end", 8);
        (_strings, _stringsEnd) = ((int)strings, (int)stringsEnd);
        _offsets = Index((int)types, (int)typesEnd);
    }

    /// <summary>Number of types; ids go from 1 to this.</summary>
    public int Count => _offsets.Length;

    public BtfKind Kind(int id) => id == 0 ? BtfKind.Void : (BtfKind)(Info(id) >> 24 & 0x1f);

    public int MemberCount(int id) => (int)(Info(id) & 0xffff);

    /// <summary>Of structs: bit field sizes are in the member offsets. Of enums: values are signed.</summary>
    public bool Flag(int id) => Info(id) >> 31 != 0;

    public string Name(int id) => Text(Word(At(id)));

    /// <summary>The third word: size in bytes or id of the type referred to, by kind.</summary>
    public int SizeOrType(int id) => (int)Word(At(id) + 8);

    /// <summary>A word of what follows the type's three common ones.</summary>
    public uint Detail(int id, int word) => Word(At(id) + TypeBytes + 4 * word);

    public string Text(uint offset)
    {
        long start = _strings + (long)offset;
        if (start >= _stringsEnd) throw Malformed("a name beyond the strings", (int)Math.Min(start, int.MaxValue));
        ReadOnlySpan<byte> rest = _blob.AsSpan((int)start, _stringsEnd - (int)start);
        int length = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(length < 0 ? rest : rest[..length]);
    }

    /// <summary>The type behind typedefs and qualifiers.</summary>
    public int Resolve(int id)
    {
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (Kind(id) is not (BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag)) return id;
            id = SizeOrType(id);
        }
        throw Malformed("a chain of types without end", 0);
    }

    /// <summary>Bytes of a value of the type, its number of array elements, and the element's type.</summary>
    public (int Size, int Elements, int Element) Measure(int id)
    {
        long elements = 1;
        int type = Resolve(id);
        for (int depth = 0; Kind(type) == BtfKind.Array; type = Resolve((int)Detail(type, 0)))
        {
            elements *= Detail(type, 2);
            if (++depth > MaxDepth || elements > int.MaxValue) throw Malformed("an array without end", At(type));
        }
        long size = elements * Kind(type) switch
        {
            BtfKind.Pointer => 8,
            BtfKind.Int or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Float => SizeOrType(type),
            _ => 0,
        };
        return size is >= 0 and <= int.MaxValue ? ((int)size, (int)elements, type) : throw Malformed("a type without bounds", At(type));
    }

    private int[] Index(int from, int end)
    {
        List<int> offsets = [];
        for (int at = from; at < end;)
        {
            if (at + TypeBytes > end) throw Malformed("a truncated type", at);
            offsets.Add(at);
            uint info = Word(at + 4);
            int members = (int)(info & 0xffff);
            at += TypeBytes + (BtfKind)(info >> 24 & 0x1f) switch
            {
                BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag => 4,
                BtfKind.Array => 12,
                BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => 12 * members,
                BtfKind.Enum or BtfKind.FunctionPrototype => 8 * members,
                >= BtfKind.Pointer and <= BtfKind.TypeTag => 0,
                var kind => throw Malformed($"type kind {(int)kind}, which is unknown", at),
            };
            if (at > end) throw Malformed("a truncated type", offsets[^1]);
        }
        return [.. offsets];
    }

    private uint Info(int id) => Word(At(id) + 4);

    private int At(int id) => id > 0 && id <= _offsets.Length ? _offsets[id - 1] : throw Malformed($"a reference to type {id}, which is missing", 0);

    private uint Word(int at) =>
        at >= 0 && at <= _blob.Length - 4 ? BinaryPrimitives.ReadUInt32LittleEndian(_blob.AsSpan(at)) : throw Malformed("an offset beyond the end", at);

    private static BpfException Malformed(string what, int at) =>
        new($"the type information (BTF) of the BPF object is malformed: it has {what} (at byte {at}). Build the object again.");
}
