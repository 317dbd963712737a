using System.Runtime.InteropServices;

namespace Beyla;

/// <summary>The UTF-8 texts of a list attribute, as a view into the span's storage: <c>foreach (ReadOnlySpan&lt;byte&gt; text in attribute.Texts)</c>.</summary>
public ref struct TextList
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="list">Each text with its length in front, an int.</param>
    internal TextList(ReadOnlySpan<byte> list) => _rest = list;

    /// <summary>The text that the enumeration is at.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>An enumeration of all texts.</summary>
    public readonly TextList GetEnumerator() => this;

    /// <summary>Goes on to the next text; <see langword="false"/> when there is none.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        int length = MemoryMarshal.Read<int>(_rest);
        Current = _rest.Slice(sizeof(int), length);
        _rest = _rest[(sizeof(int) + length)..];
        return true;
    }
}
