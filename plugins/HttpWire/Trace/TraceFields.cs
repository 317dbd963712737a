namespace Beyla.HttpWire;

/// <summary>Which headers name the trace that a request belongs to.</summary>
[Flags]
public enum Propagators
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>traceparent</c>.</summary>
    W3C = 1,

    /// <summary><c>b3</c> and <c>X-B3-*</c>.</summary>
    B3 = 2,
}

/// <summary>The headers of a request that name its trace, as they were sent; the last of several with one name.</summary>
public ref struct TraceFields
{
    /// <summary>W3C Trace Context.</summary>
    public ReadOnlySpan<byte> Traceparent { get; private set; }

    /// <summary>The single B3 header.</summary>
    public ReadOnlySpan<byte> B3 { get; private set; }

    /// <summary>X-B3-TraceId</summary>
    public ReadOnlySpan<byte> B3TraceId { get; private set; }

    /// <summary>X-B3-SpanId</summary>
    public ReadOnlySpan<byte> B3SpanId { get; private set; }

    /// <summary>Keeps the value if the field is one of these.</summary>
    /// <param name="name">Field name in any letter case.</param>
    /// <param name="value">Its value.</param>
    public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 11 when MessageFields.Is(name, "traceparent"u8): Traceparent = value; break;
            case 2 when MessageFields.Is(name, "b3"u8): B3 = value; break;
            case 12 when MessageFields.Is(name, "x-b3-traceid"u8): B3TraceId = value; break;
            case 11 when MessageFields.Is(name, "x-b3-spanid"u8): B3SpanId = value; break;
        }
    }

    /// <summary>Trace and parent: traceparent comes first, then the single b3 header, then X-B3-*; what breaks its specification is ignored.</summary>
    public readonly bool TryGetParent(Propagators propagators, out TraceId trace, out SpanId parent)
    {
        (trace, parent) = (default, default);
        return (propagators & Propagators.W3C) != 0 && TraceText.TryParseTraceparent(Traceparent, out trace, out parent)
            || (propagators & Propagators.B3) != 0
                && (TraceText.TryParseB3(B3, out trace, out parent) || TraceText.TryParseIds(B3TraceId, B3SpanId, out trace, out parent));
    }
}
