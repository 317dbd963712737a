using System.Text;

namespace Beyla.Plugins.GoSql;

/// <summary>The names of a statement's common table expressions, which are no tables; the first eight, up to 64 bytes each.</summary>
internal sealed class CteNames
{
    private const int MaxCount = 8;
    private const int MaxLength = 64;

    private readonly byte[] _names = new byte[MaxCount * MaxLength];
    private readonly int[] _lengths = new int[MaxCount];
    private int _count;

    public void Clear() => _count = 0;

    public void Add(ReadOnlySpan<byte> name)
    {
        if (_count == MaxCount || name.Length > MaxLength) return;
        name.CopyTo(_names.AsSpan(_count * MaxLength));
        _lengths[_count++] = name.Length;
    }

    public bool Contains(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
            if (Ascii.EqualsIgnoreCase(name, _names.AsSpan(i * MaxLength, _lengths[i]))) return true;
        return false;
    }
}
