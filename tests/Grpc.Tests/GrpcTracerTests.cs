using System.Reflection;
using System.Text.RegularExpressions;
using Beyla;
using Beyla.Plugins.Grpc;
using Beyla.Validation;

namespace Grpc.Tests;

public partial class GrpcTracerTests
{
    private readonly GrpcTracer _tracer = new();

    [Fact]
    public void Decode_ManyEvents_AllocatesNothing()
    {
        byte[][] records =
        [
            CallRecord.Server.ToBytes(),
            (CallRecord.Server with { Code = 99 }).ToBytes(),
            (CallRecord.Client with { Code = 14 }).ToBytes(),
            new CallRecord(RpcEvent.ServerKind) { Host = "[::1]:80", PeerText = "[::1]:1234" }.ToBytes(),
        ];
        Sink sink = new();
        DecodeAll(records, sink, 100); // buffers grow, code is compiled

        long before = GC.GetAllocatedBytesForCurrentThread();
        DecodeAll(records, sink, 1000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(1100 * records.Length, sink.Count);
    }

    [Fact]
    public void Decode_UnknownKind_IsDroppedWithAReason()
    {
        SpanRecorder recorder = new();

        _tracer.Decode(new BpfEvent(new CallRecord(99).ToBytes()), recorder);

        Assert.Empty(recorder.Spans);
        Assert.Equal(["unknown-kind"], recorder.Drops);
    }

    [Fact]
    public void Tables_Alone_AreValid() => Assert.Empty(TracerValidation.Check(_tracer));

    [Fact]
    public void Tables_Slots_AreThoseOfTheBpfSource()
    {
        IEnumerable<string> slots = [.. _tracer.GoFields.Select(f => f.Slot), .. _tracer.GoItabs.Select(i => i.Slot), .. _tracer.GoTypes.Select(t => t.Slot)];

        Assert.Equal(SlotNames().Matches(BpfSource()).Select(m => m.Groups[1].Value.ToLowerInvariant()).Order(), slots.Distinct().Order());
    }

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() => Assert.Equal(
        ProgramNames().Matches(BpfSource()).Select(m => m.Groups[1].Value).Order(), _tracer.GoProbes.Select(p => p.Program).Distinct().Order());

    [Theory]
    [InlineData("server", "server_call_begin")]
    [InlineData("client", "client_call_begin", "client_call_end", "connection_begin", "client_retry_begin", "client_retry_end")]
    public void Tables_Group_RequiresTheProbesThatItsStateNeeds(string group, params string[] programs) =>
        Assert.Equal(programs, _tracer.GoProbes.Where(p => p.Group.Name == group && p.Failure == FailureMode.Required).Select(p => p.Program));

    [Fact]
    public void Bpf_Object_IsEmbedded() => Assert.Equal("\u007fELF"u8, _tracer.Bpf.Read().AsSpan(0, 4));

    [Fact]
    public void Assembly_Contract_IsTheOneItWasBuiltFor() =>
        Assert.Equal(Contract.Version, typeof(GrpcTracer).Assembly.GetCustomAttribute<BeylaPluginAttribute>()?.ContractVersion);

    private void DecodeAll(byte[][] records, ISpanWriter sink, int times)
    {
        for (int i = 0; i < times; i++)
            foreach (byte[] record in records)
                _tracer.Decode(new BpfEvent(record), sink);
    }

    private static string BpfSource()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Beyla.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "bpf", "grpc.bpf.c"));
    }

    [GeneratedRegex(@"^\tSLOT_(\w+),", RegexOptions.Multiline)]
    private static partial Regex SlotNames();

    [GeneratedRegex(@"^SEC\(""uprobe""\)\nint (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ProgramNames();

    /// <summary>Takes spans and forgets them without allocating.</summary>
    private sealed class Sink : ISpanWriter
    {
        private readonly Span _span;

        public Sink() => _span = new Span(_ => Count++);

        public int Count { get; private set; }

        public Span Begin(SpanKind kind, SpanFamily family, in BpfEvent e) => _span.Reset(kind, family, e.Header);

        public void Drop(string reason) => throw new InvalidOperationException(reason);
    }
}
