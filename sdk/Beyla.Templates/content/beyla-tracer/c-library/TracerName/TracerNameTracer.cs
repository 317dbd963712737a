using System.Runtime.InteropServices;

namespace TracerName;

/// <summary>One span for each call of a library's function: look-ups of names by the C library.</summary>
public sealed class TracerNameTracer : ITracer, IUprobeSet
{
    private const string Library = "libc.so*";

    private static readonly ProbeGroup s_calls = new("calls");

    private static readonly AttributeKey s_question = new("dns.question.name");

    /// <summary>The metric of the semantic conventions for DNS: the host makes a histogram of the durations from it.</summary>
    private static readonly SpanFamily s_lookups = new(
        "tracer-name.lookup", new DurationMetric("dns.lookup.duration", "Duration of a look-up of a name.", [0.001, 0.01, 0.1, 1], [s_question]));

    public string Name => "tracer-name";

    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<TracerNameTracer>("tracer_name.bpf.o");

    public IReadOnlyList<LibraryProbe> LibraryProbes { get; } =
    [
        new(s_calls, Library, "getaddrinfo", "lookup_begin", ProbePosition.Entry),
        new(s_calls, Library, "getaddrinfo", "lookup_end", ProbePosition.Return),
    ];

    public IReadOnlyList<GoProbe> GoProbes => [];

    public IReadOnlyList<GoField> GoFields => [];

    public IReadOnlyList<GoItab> GoItabs => [];

    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind != LookupEvent.Kind)
        {
            spans.Drop("unknown-kind");
            return;
        }
        ref readonly LookupEvent lookup = ref e.Payload<LookupEvent>();
        Span span = spans.Begin(SpanKind.Internal, s_lookups, e)
            .SetName("getaddrinfo"u8)
            .Set(s_question, ((ReadOnlySpan<byte>)lookup.Name)[..(int)Math.Min(lookup.NameLength, LookupEvent.NameMax)]);
        if (lookup.Result != 0) span.Fail(ErrorOf(lookup.Result));
        span.End();
    }

    /// <summary>Names of netdb.h, as glibc numbers them.</summary>
    private static ReadOnlySpan<byte> ErrorOf(int result) => result switch
    {
        -2 => "EAI_NONAME"u8,
        -3 => "EAI_AGAIN"u8,
        -4 => "EAI_FAIL"u8,
        _ => "_OTHER"u8,
    };
}

/// <summary>One call; <c>struct lookup_event</c> in tracer_name.bpf.c. The host compares both when it loads the tracer.</summary>
[BpfStruct("lookup_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct LookupEvent
{
    public const ushort Kind = 1;
    public const int NameMax = 64;

    public EventHeader Header;
    public int Result;
    public uint NameLength;
    public NameChars Name;

    [System.Runtime.CompilerServices.InlineArray(NameMax)]
    public struct NameChars { private byte _first; }
}
