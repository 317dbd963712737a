using System.Buffers.Binary;

namespace Beyla.Host.Commands.Trace;

/// <summary>The table that programs bpf/function_trace.bpf.c (<c>struct trace_plan</c>).</summary>
internal sealed class TracePlan
{
    /// <summary>Bytes of the struct; most arguments, results, steps and known error types.</summary>
    public const int Bytes = 616, Arguments = 10, Results = 4, Steps = 4, TextTypes = 2;

    /// <summary>In the place of an offset: see the macros of the same names.</summary>
    public const ulong NoGoroutines = ulong.MaxValue, GoroutinesHidden = ulong.MaxValue - 1;

    private const int ValuesAt = 56, ValueBytes = 40;

    /// <summary>Offset of runtime.g.goid, or one of the constants.</summary>
    public required ulong Goid { get; init; }

    /// <summary>Run-time addresses of error types whose first field is their text.</summary>
    public IReadOnlyList<ulong> TextTypeAddresses { get; init; } = [];

    /// <summary>Which calls are wanted; null: all.</summary>
    public TraceCondition? Where { get; init; }

    /// <summary>Only latencies are counted.</summary>
    public bool Histogram { get; init; }

    /// <summary>What is read at the entry.</summary>
    public required IReadOnlyList<TracedValue> ArgumentValues { get; init; }

    /// <summary>What is read at the return.</summary>
    public required IReadOnlyList<TracedValue> ResultValues { get; init; }

    /// <summary>The struct.</summary>
    public byte[] ToBytes()
    {
        byte[] plan = new byte[Bytes];
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(plan.AsSpan(at), value);
        void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(plan.AsSpan(at), value);
        U64(0, Goid);
        for (int i = 0; i < Math.Min(TextTypes, TextTypeAddresses.Count); i++) U64(8 + (8 * i), TextTypeAddresses[i]);
        if (Where is { } where)
        {
            U32(24, (uint)where.Value);
            U32(28, where.Comparison);
            U64(32, (ulong)where.Operand);
            U32(40, (uint)ArgumentValues[where.Value].Type.Size);
            U32(44, ArgumentValues[where.Value].Type.IsSigned ? 1u : 0);
        }
        U32(48, Histogram ? 1u : 0);
        U32(52, ResultValues.Any(r => r.First.Kind == TracePlace.BehindCall) ? 1u : 0);
        foreach ((int index, TracedValue value) in ArgumentValues.Take(Arguments).Index().Concat(ResultValues.Take(Results).Select((r, i) => (Arguments + i, r))))
        {
            int at = ValuesAt + (ValueBytes * index);
            U32(at, value.First.Kind);
            U32(at + 4, (uint)value.First.Number);
            U32(at + 8, value.Second.Kind);
            U32(at + 12, (uint)value.Second.Number);
            U32(at + 16, (uint)value.Form);
            U32(at + 20, (uint)value.Path.Count);
            for (int i = 0; i < value.Path.Count; i++) U32(at + 24 + (4 * i), (uint)value.Path[i]);
        }
        return plan;
    }
}
