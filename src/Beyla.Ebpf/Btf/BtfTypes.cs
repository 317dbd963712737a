using System.Diagnostics.CodeAnalysis;

namespace Beyla.Ebpf;

/// <summary>
/// The structs, enums and variables that a BPF object describes in its .BTF section. Reading takes no privilege. Layouts are those of the
/// object's C source; kernel structs are not relocated here.
/// </summary>
public sealed class BtfTypes
{
    private readonly BtfData _data;
    private readonly Dictionary<string, int> _structs = [], _enums = [];

    /// <summary>Reads raw BTF, the contents of a .BTF section.</summary>
    /// <exception cref="BpfException">It is malformed.</exception>
    public BtfTypes(ReadOnlySpan<byte> btf)
    {
        _data = new BtfData(btf);
        for (int id = 1; id <= _data.Count; id++)
        {
            Dictionary<string, int>? names = _data.Kind(id) switch
            {
                BtfKind.Struct or BtfKind.Union => _structs,
                BtfKind.Enum or BtfKind.Enum64 => _enums,
                _ => null,
            };
            if (names is not null && _data.Name(id) is { Length: > 0 } name) names.TryAdd(name, id);
        }
    }

    /// <summary>The names of all structs and unions.</summary>
    public IReadOnlyCollection<string> Structs => _structs.Keys;

    /// <summary>The names of all enums that have a tag.</summary>
    public IReadOnlyCollection<string> Enums => _enums.Keys;

    /// <summary>The layout of a struct or union by its tag.</summary>
    public bool TryGetStruct(string name, [NotNullWhen(true)] out BtfStruct? found)
    {
        found = null;
        if (!_structs.TryGetValue(name, out int id)) return false;
        List<BtfField> fields = [];
        AddFields(id, 0, fields, depth: 0);
        found = new BtfStruct(name, _data.SizeOrType(id), fields);
        return true;
    }

    /// <summary>The values of an enum by its tag.</summary>
    public bool TryGetEnum(string name, [NotNullWhen(true)] out IReadOnlyDictionary<string, long>? values)
    {
        values = null;
        if (!_enums.TryGetValue(name, out int id)) return false;
        Dictionary<string, long> found = [];
        for (int i = 0; i < _data.MemberCount(id); i++)
        {
            if (_data.Kind(id) == BtfKind.Enum)
            {
                uint value = _data.Detail(id, 2 * i + 1);
                found[_data.Text(_data.Detail(id, 2 * i))] = _data.Flag(id) ? (int)value : value;
            }
            else
            {
                found[_data.Text(_data.Detail(id, 3 * i))] = (long)(_data.Detail(id, 3 * i + 1) | (ulong)_data.Detail(id, 3 * i + 2) << 32);
            }
        }
        values = found;
        return true;
    }

    /// <summary>The variables in .rodata, .data and .bss; their offsets are those that libbpf filled in at open.</summary>
    internal IEnumerable<BtfVariable> Variables()
    {
        for (int id = 1; id <= _data.Count; id++)
        {
            if (_data.Kind(id) != BtfKind.DataSection || !IsVariableSection(_data.Name(id))) continue;
            for (int i = 0; i < _data.MemberCount(id); i++)
            {
                int variable = (int)_data.Detail(id, 3 * i);
                yield return new BtfVariable(
                    _data.Name(variable), _data.Name(id), (int)_data.Detail(id, 3 * i + 1), _data.Measure(_data.SizeOrType(variable)).Size);
            }
        }
    }

    private void AddFields(int id, int baseOffset, List<BtfField> fields, int depth)
    {
        if (depth > 16) return; // malformed: a struct that holds itself
        for (int i = 0; i < _data.MemberCount(id); i++)
        {
            string name = _data.Text(_data.Detail(id, 3 * i));
            int type = (int)_data.Detail(id, 3 * i + 1);
            uint bits = _data.Detail(id, 3 * i + 2);
            int offset = baseOffset + (int)((_data.Flag(id) ? bits & 0xffffff : bits) / 8);
            (int size, int elements, int element) = _data.Measure(type);
            if (name.Length == 0 && _data.Kind(element) is (BtfKind.Struct or BtfKind.Union) && elements == 1) AddFields(element, offset, fields, depth + 1);
            else fields.Add(new BtfField(name, offset, size, elements, TypeName(element)));
        }
    }

    private string? TypeName(int type) =>
        _data.Kind(type) is BtfKind.Void or BtfKind.Pointer || _data.Name(type) is not { Length: > 0 } name ? null : name;

    private static bool IsVariableSection(string name) =>
        name is ".rodata" or ".data" or ".bss"
        || name.StartsWith(".rodata.", StringComparison.Ordinal) || name.StartsWith(".data.", StringComparison.Ordinal) || name.StartsWith(".bss.", StringComparison.Ordinal);
}
