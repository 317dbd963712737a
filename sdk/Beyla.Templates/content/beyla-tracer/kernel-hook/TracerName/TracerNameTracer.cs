using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace TracerName;

/// <summary>One span for each TCP connection that a process opens.</summary>
public sealed class TracerNameTracer : ITracer, IKprobeSet
{
    private static readonly ProbeGroup s_connections = new("connections");

    /// <summary>A family of its own: the host makes a histogram of the durations from it.</summary>
    private static readonly SpanFamily s_connect = new(
        "tracer-name.connect", new DurationMetric("tracer_name.connect.duration", "Time to open a connection.", [0.0001, 0.001, 0.01, 0.1, 1], [Attributes.ErrorType]));

    public string Name => "tracer-name";

    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<TracerNameTracer>("tracer_name.bpf.o");

    /// <summary>A hook may have several fronts, best first: the host takes the first that loads and attaches on the kernel it meets.</summary>
    public IReadOnlyList<KernelHook> KernelHooks { get; } =
    [
        new(s_connections, [new("tracepoint", [new(KernelHookKind.TpBtf, "inet_sock_set_state", "state_changed")])]),
    ];

    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind != ConnectEvent.Kind)
        {
            spans.Drop("unknown-kind");
            return;
        }
        ref readonly ConnectEvent connect = ref e.Payload<ConnectEvent>();
        Span<byte> address = stackalloc byte[15];
        Beyla.Span span = spans.Begin(SpanKind.Client, s_connect, e)
            .SetName("connect"u8)
            .Set(Attributes.NetworkPeerAddress, address[..Format(connect.Address, address)])
            .Set(Attributes.NetworkPeerPort, connect.Port);
        if (connect.Established == 0) span.Fail("connection_failed"u8);
        span.End();
    }

    /// <summary>Four numbers with dots, without a string for each event.</summary>
    private static int Format(ReadOnlySpan<byte> address, Span<byte> text)
    {
        int length = 0;
        foreach (byte part in address)
        {
            if (length > 0) text[length++] = (byte)'.';
            Utf8Formatter.TryFormat(part, text[length..], out int written);
            length += written;
        }
        return length;
    }
}

/// <summary>One attempt; <c>struct connect_event</c> in tracer_name.bpf.c. The host compares both when it loads the tracer.</summary>
[BpfStruct("connect_event")]
[StructLayout(LayoutKind.Sequential)]
internal struct ConnectEvent
{
    public const ushort Kind = 1;

    public EventHeader Header;
    public AddressBytes Address;
    public ushort Port;
    public byte Established;
    public byte Unused;

    [System.Runtime.CompilerServices.InlineArray(4)]
    public struct AddressBytes { private byte _first; }
}
