using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Beyla.HttpWire;

/// <summary>
/// Takes the bytes of one direction of an HTTP/2 connection apart (RFC 9113), in pieces of any size. It may begin in the middle of the connection
/// and may miss bytes: inside of a body that costs nothing; elsewhere it waits for a piece that begins with frames, and forgets the header table.
/// </summary>
internal sealed class FrameReader
{
    /// <summary>RFC 9113, section 3.4.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private readonly HpackTable _table = new();
    private readonly BlockBuffer _buffer = new();
    private HeaderBytes _partial;
    private int _partialLength;
    private State _state;
    private int _prefaceSeen;
    private FrameHeader _frame;
    private int _remaining;                // of the frame's payload
    private int _payloadStart;             // of the frame, in _buffer
    private FrameHeader _block;            // the frame that began the open header block; length 0: none is open
    private int _padding;                  // of a DATA frame; -1 before it is known

    private bool _hasBegun;
    private long _expected = -1;           // where the next piece should begin

    private enum State
    {
        /// <summary>Where frames begin is not known.</summary>
        Lost,
        Preface,
        Header,
        Payload,
    }

    [InlineArray(FrameHeader.Size)]
    private struct HeaderBytes { private byte _first; }

    /// <summary>The client's preface came by.</summary>
    public bool SawPreface { get; private set; }

    /// <summary>How often the reader lost its place, or found it again.</summary>
    public int Breaks { get; private set; }

    /// <summary>All of the direction was seen so far. A place that was found again may be a wrong one, for a while.</summary>
    public bool IsWhole => Breaks == 0 && _state != State.Lost;

    /// <summary>How many bytes before a piece were not seen.</summary>
    /// <param name="offset">Where in the direction the piece begins; -1 when not known.</param>
    public long MissingBefore(long offset)
    {
        if (offset < 0 || _expected < 0 || offset == _expected) return 0;
        return offset > _expected ? offset - _expected : long.MaxValue; // going back: nothing is certain
    }

    /// <summary>Ends a piece.</summary>
    public void Advance(long offset, int length) => _expected = offset < 0 ? -1 : offset + length;

    /// <summary>Begins a piece: only there a reader that lost its place finds it again.</summary>
    /// <param name="bytes">The piece.</param>
    /// <param name="offset">Where in the direction it begins; -1 when not known.</param>
    /// <param name="newestStream">No stream can have a higher number.</param>
    /// <param name="peerSawPreface">The other direction was seen from its beginning; so is this one, then.</param>
    public void Begin(ReadOnlySpan<byte> bytes, long offset, uint newestStream, bool peerSawPreface)
    {
        bool first = offset == 0 || offset < 0 && peerSawPreface && !_hasBegun;
        if (bytes.IsEmpty) return;
        _hasBegun = true;
        if (_state != State.Lost) return;
        if (Preface.StartsWith(bytes[..Math.Min(bytes.Length, Preface.Length)]))
        {
            (_state, _prefaceSeen) = (State.Preface, 0);
            return;
        }
        if (!first && !FrameHeader.BeginsAt(bytes, newestStream)) return;
        _state = State.Header;
        if (first) _table.Begin();
        else Breaks++;
    }

    /// <summary>Takes bytes until something happened to a stream.</summary>
    /// <param name="bytes">What is left of the piece.</param>
    /// <param name="block">The fields, for <see cref="FrameEventKind.Headers"/>.</param>
    /// <param name="found">What happened.</param>
    /// <returns><see langword="false"/> when all bytes were taken.</returns>
    public bool TryNext(ref ReadOnlySpan<byte> bytes, HeaderBlock block, out FrameEvent found)
    {
        found = default;
        while (!bytes.IsEmpty)
        {
            switch (_state)
            {
                case State.Lost: bytes = default; break;
                case State.Preface: TakePreface(ref bytes); break;
                case State.Header:
                    if (TakeHeader(ref bytes) && _remaining == 0 && TryEnd(default, block, out found)) return true;
                    break;
                case State.Payload:
                    if (TryTakePayload(ref bytes, block, out found)) return true;
                    break;
            }
        }
        return false;
    }

    /// <summary>Passes over bytes that were not seen.</summary>
    /// <returns>Whether the body that they belong to ended with them.</returns>
    public bool TrySkip(long count, out FrameEvent found)
    {
        found = default;
        if (count <= 0 || _state == State.Lost) return false;
        if (_state != State.Payload || !_frame.IsSkippable || count > _remaining)
        {
            Lose();
            return false;
        }
        _remaining -= (int)count;
        return _remaining == 0 && TryEndSkippable(out found);
    }

    private void Lose()
    {
        _table.Forget();
        _buffer.Clear();
        (_state, _partialLength, _remaining, _block) = (State.Lost, 0, 0, default);
        Breaks++;
    }

    private void TakePreface(ref ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, Preface.Length - _prefaceSeen);
        if (!Preface[_prefaceSeen..].StartsWith(bytes[..length]))
        {
            Lose();
            return;
        }
        _prefaceSeen += length;
        bytes = bytes[length..];
        if (_prefaceSeen < Preface.Length) return;
        (_state, SawPreface) = (State.Header, true);
        _table.Begin();
    }

    /// <summary>Whether a frame begins.</summary>
    private bool TakeHeader(ref ReadOnlySpan<byte> bytes)
    {
        int length = Math.Min(bytes.Length, FrameHeader.Size - _partialLength);
        bytes[..length].CopyTo(((Span<byte>)_partial)[_partialLength..]);
        bytes = bytes[length..];
        _partialLength += length;
        if (_partialLength < FrameHeader.Size) return false;
        _partialLength = 0;
        _frame = FrameHeader.Read(_partial);
        // Nothing may come between the parts of a header block (RFC 9113, section 6.2).
        bool inTurn = _block.Length == 0 || _frame.Type == FrameType.Continuation && _frame.Stream == _block.Stream;
        if (!_frame.IsPossible || !inTurn || _frame.CarriesHeaders && _frame.Length > BlockBuffer.Max)
        {
            Lose();
            return false;
        }
        (_state, _remaining, _payloadStart) = (State.Payload, _frame.Length, _buffer.Length);
        _padding = _frame.Type == FrameType.Data && (_frame.Flags & FrameFlags.Padded) != 0 ? -1 : 0;
        return true;
    }

    private bool TryTakePayload(ref ReadOnlySpan<byte> bytes, HeaderBlock block, out FrameEvent found)
    {
        found = default;
        ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, _remaining)];
        bytes = bytes[piece.Length..];
        _remaining -= piece.Length;
        if (_frame.IsSkippable)
        {
            if (_padding < 0 && !piece.IsEmpty) _padding = piece[0] + 1;
            return _remaining == 0 && TryEndSkippable(out found);
        }
        if (_remaining == 0 && _buffer.Length == _payloadStart) return TryEnd(piece, block, out found);
        if (!_buffer.TryAppend(piece))
        {
            Lose();
            return false;
        }
        return _remaining == 0 && TryEnd(default, block, out found);
    }

    private bool TryEndSkippable(out FrameEvent found)
    {
        _state = State.Header;
        found = new(FrameEventKind.Data, _frame.Stream, _padding < 0 ? -1 : Math.Max(0, _frame.Length - _padding), _frame.EndsStream);
        return _frame.Type == FrameType.Data;
    }

    /// <summary>The end of a frame.</summary>
    /// <param name="payload">All of it; empty when it is in the buffer, behind the block's earlier parts.</param>
    /// <param name="block">The fields.</param>
    /// <param name="found">What happened.</param>
    private bool TryEnd(ReadOnlySpan<byte> payload, HeaderBlock block, out FrameEvent found)
    {
        if (_frame.IsSkippable) return TryEndSkippable(out found);
        found = default;
        _state = State.Header;
        bool buffered = payload.IsEmpty;
        ReadOnlySpan<byte> all = buffered ? _buffer.Bytes[_payloadStart..] : payload;
        if (_frame.Type == FrameType.ResetStream)
        {
            found = new(FrameEventKind.Reset, _frame.Stream, BinaryPrimitives.ReadUInt32BigEndian(all), true);
            _buffer.Clear();
            return true;
        }
        if (!TryFragment(all, out Range fragment))
        {
            Lose();
            return false;
        }
        if (buffered) _buffer.Keep(_payloadStart, fragment);
        return TryEndBlockPart(buffered, all[fragment], block, out found);
    }

    private bool TryEndBlockPart(bool buffered, ReadOnlySpan<byte> fragment, HeaderBlock block, out FrameEvent found)
    {
        found = default;
        bool first = _frame.Type != FrameType.Continuation, last = (_frame.Flags & FrameFlags.EndHeaders) != 0;
        if (!first && _block.Length == 0)
        {
            _table.Forget(); // the block's beginning was not seen
            _buffer.Clear();
            return false;
        }
        if (first) _block = _frame;
        bool whole = first && last && !buffered;
        if (!whole && !buffered && !_buffer.TryAppend(fragment))
        {
            Lose();
            return false;
        }
        if (!last) return false;

        FrameHeader begun = _block;
        _block = default;
        bool decoded = HpackDecoder.TryDecode(whole ? fragment : _buffer.Bytes, _table, block);
        _buffer.Clear();
        if (!decoded) Lose();
        found = new(FrameEventKind.Headers, begun.Stream, 0, begun.EndsStream);
        return decoded && begun.Type == FrameType.Headers;
    }

    /// <summary>The part of a payload that belongs to the header block: without padding, priority and promised stream.</summary>
    private bool TryFragment(ReadOnlySpan<byte> payload, out Range fragment)
    {
        int start = 0, padding = 0;
        if (_frame.Type != FrameType.Continuation)
        {
            if ((_frame.Flags & FrameFlags.Padded) != 0)
            {
                padding = payload[0];
                start = 1;
            }
            if (_frame.Type == FrameType.PushPromise) start += 4;
            else if ((_frame.Flags & FrameFlags.Priority) != 0) start += 5;
        }
        fragment = start..Math.Max(start, payload.Length - padding);
        return start + padding <= payload.Length;
    }
}
