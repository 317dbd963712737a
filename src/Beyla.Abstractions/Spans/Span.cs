using System.Runtime.InteropServices;

namespace Beyla;

/// <summary>
/// One span in the making. The host owns it and reuses it: it is valid between <see cref="ISpanWriter.Begin"/> and <see cref="End"/>, and in a
/// sink only during the call. Text is copied as UTF-8 into the span's own buffer, so nothing is allocated once the buffers have grown.
/// </summary>
public sealed class Span
{
    private readonly Action<Span> _end;
    private Entry[] _entries = new Entry[16];
    private int _count;
    private byte[] _text = new byte[1024];
    private int _textLength;
    private TextRange _name;
    private TextRange _message;

    /// <summary>Makes a reusable span for a host or a test.</summary>
    /// <param name="end">Receives the span when <see cref="End"/> is called.</param>
    public Span(Action<Span> end) => _end = end;

    private readonly record struct TextRange(int Offset, int Length);

    private record struct Entry(AttributeKey Key, AttributeType Type, long Number, TextRange Text);

    /// <summary>The kind.</summary>
    public SpanKind Kind { get; private set; }

    /// <summary>The family; it decides which duration metric the span feeds.</summary>
    public SpanFamily Family { get; private set; } = SpanFamilies.None;

    /// <summary>The trace; never empty in a sink.</summary>
    public TraceId TraceId { get; private set; }

    /// <summary>This span; never empty in a sink.</summary>
    public SpanId SpanId { get; private set; }

    /// <summary>The parent, empty for a root.</summary>
    public SpanId ParentId { get; private set; }

    /// <summary>Start, CLOCK_MONOTONIC ns.</summary>
    public ulong StartTime { get; private set; }

    /// <summary>End, CLOCK_MONOTONIC ns; never before <see cref="StartTime"/>.</summary>
    public ulong EndTime { get; private set; }

    /// <summary>What is known of the trace: whether the parent was sampled, and whether the trace came with a request from outside.</summary>
    public EventFlags Flags { get; private set; }

    /// <summary>The host's handle of the process it happened in.</summary>
    public uint Process { get; private set; }

    /// <summary>The status.</summary>
    public SpanStatus Status { get; private set; }

    /// <summary>The name in UTF-8; empty means "the tracer gave none" and the host names it after the family.</summary>
    public ReadOnlySpan<byte> Name => At(_name);

    /// <summary>What went wrong, UTF-8; only with <see cref="SpanStatus.Error"/>.</summary>
    public ReadOnlySpan<byte> StatusMessage => At(_message);

    /// <summary>How many attributes are set.</summary>
    public int AttributeCount => _count;

    /// <summary>Attribute <paramref name="index"/>, in the order in which they were first set.</summary>
    public SpanAttribute AttributeAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        ref readonly Entry e = ref _entries[index];
        return new SpanAttribute(e.Key, e.Type, e.Number, At(e.Text));
    }

    /// <summary>Finds an attribute; linear, spans have few.</summary>
    public bool TryGet(AttributeKey key, out SpanAttribute attribute)
    {
        int i = IndexOf(key);
        attribute = i < 0 ? default : AttributeAt(i);
        return i >= 0;
    }

    /// <summary>Empties the span and fills kind, family, ids, flags, times and process. For the host.</summary>
    public Span Reset(SpanKind kind, SpanFamily family, in EventHeader header)
    {
        (Kind, Family, Process, Status) = (kind, family, header.Process, SpanStatus.Unset);
        (TraceId, SpanId, ParentId, Flags) = (header.TraceId, header.SpanId, header.ParentId, header.Flags);
        StartTime = header.Start;
        EndTime = Math.Max(header.Start, header.End);
        (_count, _textLength, _name, _message) = (0, 0, default, default);
        return this;
    }

    /// <summary>Replaces the ids. For the host, which makes those that the BPF side left empty.</summary>
    public void SetIds(TraceId trace, SpanId span, SpanId parent) => (TraceId, SpanId, ParentId) = (trace, span, parent);

    /// <summary>Replaces start and end, CLOCK_MONOTONIC ns.</summary>
    public Span SetTimes(ulong start, ulong end)
    {
        StartTime = start;
        EndTime = Math.Max(start, end);
        return this;
    }

    /// <summary>Sets the name from UTF-8.</summary>
    public Span SetName(ReadOnlySpan<byte> utf8)
    {
        _name = Store(utf8);
        return this;
    }

    /// <summary>Sets the name as two words with a space between: <c>GET /path</c>; one word when the other is empty.</summary>
    public Span SetName(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        TextRange head = Store(first);
        if (first.Length > 0 && second.Length > 0) Store(" "u8);
        Store(second);
        _name = head with { Length = _textLength - head.Offset };
        return this;
    }

    /// <summary>Sets a text attribute from UTF-8; an empty text is set as empty.</summary>
    public Span Set(AttributeKey key, ReadOnlySpan<byte> utf8) => Put(new Entry(key, AttributeType.Text, 0, Store(utf8)));

    /// <summary>Adds a UTF-8 text to a list attribute, which begins empty; a value of another type is replaced.</summary>
    public Span Add(AttributeKey key, ReadOnlySpan<byte> utf8)
    {
        int i = IndexOf(key);
        TextRange list = i >= 0 && _entries[i].Type == AttributeType.Texts ? _entries[i].Text : default;
        if (list.Offset + list.Length != _textLength) list = Store(At(list)) with { Length = list.Length };
        Store(MemoryMarshal.AsBytes([utf8.Length]));
        Store(utf8);
        return Put(new Entry(key, AttributeType.Texts, 0, list with { Length = _textLength - list.Offset }));
    }

    /// <summary>Sets an integer attribute.</summary>
    public Span Set(AttributeKey key, long value) => Put(new Entry(key, AttributeType.Integer, value, default));

    /// <summary>Sets a double attribute.</summary>
    public Span Set(AttributeKey key, double value) => Put(new Entry(key, AttributeType.Double, BitConverter.DoubleToInt64Bits(value), default));

    /// <summary>Sets a boolean attribute.</summary>
    public Span Set(AttributeKey key, bool value) => Put(new Entry(key, AttributeType.Boolean, value ? 1 : 0, default));

    /// <summary>Removes an attribute if it is set.</summary>
    public Span Remove(AttributeKey key)
    {
        int i = IndexOf(key);
        if (i >= 0) Array.Copy(_entries, i + 1, _entries, i, --_count - i);
        return this;
    }

    /// <summary>Marks the span as failed and sets <c>error.type</c>.</summary>
    public Span Fail(ReadOnlySpan<byte> errorType, ReadOnlySpan<byte> message = default)
    {
        Status = SpanStatus.Error;
        if (!message.IsEmpty) _message = Store(message);
        return Set(Attributes.ErrorType, errorType);
    }

    /// <summary>Hands the span over; it must not be used afterwards.</summary>
    public void End() => _end(this);

    private ReadOnlySpan<byte> At(TextRange r) => _text.AsSpan(r.Offset, r.Length);

    private int IndexOf(AttributeKey key)
    {
        for (int i = 0; i < _count; i++)
            if (_entries[i].Key.IsSameAs(key)) return i;
        return -1;
    }

    private Span Put(Entry entry)
    {
        int i = IndexOf(entry.Key);
        if (i < 0)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
            i = _count++;
        }
        _entries[i] = entry;
        return this;
    }

    private TextRange Store(ReadOnlySpan<byte> utf8)
    {
        int needed = _textLength + utf8.Length;
        if (needed > _text.Length) Array.Resize(ref _text, Math.Max(needed, 2 * _text.Length));
        utf8.CopyTo(_text.AsSpan(_textLength));
        TextRange range = new(_textLength, utf8.Length);
        _textLength = needed;
        return range;
    }
}
