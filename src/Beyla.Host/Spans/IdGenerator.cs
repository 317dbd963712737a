using System.Runtime.InteropServices;

namespace Beyla.Host.Spans;

/// <summary>
/// Random trace and span ids (W3C trace context: not all zero). Drawn from the runtime's generator, which the system seeds (xoshiro256**):
/// ids must not collide, nobody needs to be kept from guessing them. One thread.
/// </summary>
internal sealed class IdGenerator
{
    private readonly Random _random = new();

    public TraceId NewTraceId() => new(Next(), NonZero());

    public SpanId NewSpanId() => new(NonZero());

    private ulong NonZero()
    {
        ulong value;
        do value = Next(); while (value == 0);
        return value;
    }

    private ulong Next()
    {
        ulong value = 0;
        _random.NextBytes(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }
}
