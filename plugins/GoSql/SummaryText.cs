using System.Text;

namespace Beyla.Plugins.GoSql;

/// <summary>The words of a summary in a buffer of the length that the semantic conventions allow.</summary>
internal sealed class SummaryText
{
    private const int MaxLength = 255;

    private readonly byte[] _text = new byte[MaxLength];
    private int _length, _operationLength;
    private bool _full, _separate;

    /// <summary>All words.</summary>
    public ReadOnlySpan<byte> All => _text.AsSpan(0, _length);

    /// <summary>The first operation.</summary>
    public ReadOnlySpan<byte> Operation => _text.AsSpan(0, _operationLength);

    public void Clear()
    {
        _length = _operationLength = 0;
        (_full, _separate) = (false, false);
    }

    /// <summary>Appends a keyword; the first one is the operation.</summary>
    public void Append(string keyword)
    {
        Span<byte> word = stackalloc byte[16];
        Append(word[..Encoding.ASCII.GetBytes(keyword, word)]);
        if (_operationLength == 0) EndOperation();
    }

    /// <summary>Appends a name. Whole words only: the first one that does not fit ends the summary.</summary>
    public void Append(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> between = _length == 0 ? ""u8 : _separate ? "; "u8 : " "u8;
        _full |= _length + between.Length + word.Length > MaxLength;
        if (_full) return;
        between.CopyTo(_text.AsSpan(_length));
        word.CopyTo(_text.AsSpan(_length + between.Length));
        _length += between.Length + word.Length;
        _separate = false;
    }

    /// <summary>All words up to here are the operation.</summary>
    public void EndOperation() => _operationLength = _length;

    /// <summary>What follows belongs to another statement.</summary>
    public void Separate() => _separate = _length > 0;

    /// <summary>Puts an operation before all, which becomes the first.</summary>
    public void Prefix(ReadOnlySpan<byte> operation)
    {
        int shift = _length == 0 ? operation.Length : operation.Length + 1;
        int kept = Math.Min(_length, MaxLength - shift);
        _text.AsSpan(0, kept).CopyTo(_text.AsSpan(shift));
        operation.CopyTo(_text);
        if (shift > operation.Length) _text[operation.Length] = (byte)' ';
        (_length, _operationLength) = (shift + kept, operation.Length);
    }
}
