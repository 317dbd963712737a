using System.Reflection;
using Beyla;
using Beyla.Plugins.Grpc;
using Beyla.Validation;

namespace Grpc.Tests;

public class GrpcTracerTests
{
    private readonly GrpcTracer _tracer = new();
    private readonly BpfSource _source = BpfSource.Find("bpf/grpc.bpf.c");

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

        Assert.Equal(0, DecodeAllocations.Measure(_tracer, records));
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
    public void Tables_Slots_AreThoseOfTheBpfSource() =>
        Assert.Equal(_source.Slots.Order(), BpfSource.SlotsOf(_tracer).Order());

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() =>
        Assert.Equal(_source.Programs.Order(), BpfSource.ProgramsOf(_tracer).Order());

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
}
