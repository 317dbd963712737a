using System.Runtime.InteropServices;

namespace TracerName;

/// <summary>One span for each call of a Go function.</summary>
public sealed class TracerNameTracer : ITracer, IUprobeSet
{
    private static readonly ProbeGroup s_calls = new("calls");

    /// <summary>A family of its own: the host makes a histogram of the durations from it.</summary>
    private static readonly SpanFamily s_work = new(
        "tracer-name.work", new DurationMetric("tracer_name.work.duration", "Duration of work.", [0.001, 0.01, 0.1, 1], []));

    private static readonly AttributeKey s_size = new("work.size"), s_done = new("work.done");

    public string Name => "tracer-name";

    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<TracerNameTracer>("tracer_name.bpf.o");

    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        s_calls.Entry("main.work", "work_begin"),
        s_calls.Returns("main.work", "work_end", result: 0),
    ];

    public IReadOnlyList<GoField> GoFields => [];

    public IReadOnlyList<GoItab> GoItabs => [];

    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind != WorkEvent.Kind)
        {
            spans.Drop("unknown-kind");
            return;
        }
        ref readonly WorkEvent work = ref e.Payload<WorkEvent>();
        spans.Begin(SpanKind.Internal, s_work, e)
            .SetName(((ReadOnlySpan<byte>)work.Name)[..Math.Min(work.NameLength, (byte)WorkEvent.NameMax)])
            .Set(s_size, (long)work.Size)
            .Set(s_done, work.Done != 0)
            .End();
    }
}

/// <summary>One call; <c>struct work_event</c> in tracer_name.bpf.c. The host compares both when it loads the tracer.</summary>
[BpfStruct("work_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct WorkEvent
{
    public const ushort Kind = 1;
    public const int NameMax = 32;

    public EventHeader Header;
    public ulong Size;
    public byte Done;
    public byte NameLength;
    public NameChars Name;
    public UnusedBytes Unused;

    [System.Runtime.CompilerServices.InlineArray(NameMax)]
    public struct NameChars { private byte _first; }

    [System.Runtime.CompilerServices.InlineArray(6)]
    public struct UnusedBytes { private byte _first; }
}
