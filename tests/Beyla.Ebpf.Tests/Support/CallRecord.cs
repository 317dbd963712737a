using System.Runtime.InteropServices;

namespace Beyla.Ebpf.Tests;

/// <summary>The fields of <c>struct call</c> in calls.bpf.c that the tests read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 136)]
internal struct CallRecord
{
    [FieldOffset(2)] public ushort Kind;
    [FieldOffset(8)] public uint Process;
    [FieldOffset(12)] public uint Thread;
    [FieldOffset(24)] public ulong Start;
    [FieldOffset(72)] public ulong Cookie;
    [FieldOffset(80)] public long Argument;
    [FieldOffset(88)] public uint Inner;

    public static List<CallRecord> ReadAll(RingConsumer ring)
    {
        List<CallRecord> records = [];
        ring.Drain(r => records.Add(MemoryMarshal.Read<CallRecord>(r)));
        return records;
    }
}
