using Beyla;
using Beyla.Plugins.Grpc;

namespace Grpc.Tests;

public class RpcSpanTests
{
    /// <summary>All codes of gRPC: their words, and on which side they are errors (semantic conventions, gRPC).</summary>
    public static TheoryData<uint, string, bool> Codes { get; } = new()
    {
        { 0, "OK", false }, { 1, "CANCELLED", false }, { 2, "UNKNOWN", true }, { 3, "INVALID_ARGUMENT", false }, { 4, "DEADLINE_EXCEEDED", true },
        { 5, "NOT_FOUND", false }, { 6, "ALREADY_EXISTS", false }, { 7, "PERMISSION_DENIED", false }, { 8, "RESOURCE_EXHAUSTED", false },
        { 9, "FAILED_PRECONDITION", false }, { 10, "ABORTED", false }, { 11, "OUT_OF_RANGE", false }, { 12, "UNIMPLEMENTED", true },
        { 13, "INTERNAL", true }, { 14, "UNAVAILABLE", true }, { 15, "DATA_LOSS", true }, { 16, "UNAUTHENTICATED", false },
        { 17, "17", false }, { uint.MaxValue, "4294967295", false },
    };

    [Fact]
    public void Decode_ServerCall_HasMethodStatusAndBothEnds() => Assert.Equal("""
        Server rpc.server 'pkg.Service/Do' Unset
        client.address = '192.0.2.7'
        network.peer.address = '192.0.2.7'
        network.peer.port = 50123
        rpc.method = 'pkg.Service/Do'
        rpc.response.status_code = 'OK'
        rpc.system.name = 'grpc'
        server.address = '2001:db8::1'
        server.port = 443
        """, SpanOf(CallRecord.Server));

    [Fact]
    public void Decode_ClientCall_HasTargetAndPeer() => Assert.Equal("""
        Client rpc.client 'pkg.Service/Do' Error
        error.type = 'UNAVAILABLE'
        network.peer.address = '192.0.2.9'
        network.peer.port = 443
        rpc.method = 'pkg.Service/Do'
        rpc.response.status_code = 'UNAVAILABLE'
        rpc.system.name = 'grpc'
        server.address = 'example.org'
        server.port = 443
        """, SpanOf(CallRecord.Client with { Code = 14 }));

    [Fact]
    public void Decode_ServerBehindNetHttp_TakesTheTextsOfTheRequest() => Assert.Equal("""
        Server rpc.server 'pkg.Service/Do' Unset
        client.address = '2001:db8::7'
        network.peer.address = '2001:db8::7'
        network.peer.port = 1234
        rpc.method = 'pkg.Service/Do'
        rpc.response.status_code = 'OK'
        rpc.system.name = 'grpc'
        server.address = 'example.org'
        server.port = 8443
        """, SpanOf(new CallRecord(RpcEvent.ServerKind) { Host = "example.org:8443", PeerText = "[2001:db8::7]:1234" }));

    [Theory]
    [InlineData("@")]
    [InlineData("")]
    public void Decode_ServerBehindNetHttpOnAUnixSocket_HasNoPeer(string peer) =>
        Assert.DoesNotContain("peer", SpanOf(new CallRecord(RpcEvent.ServerKind) { PeerText = peer }), StringComparison.Ordinal);

    [Fact]
    public void Decode_NoEndKnown_LeavesTheAddressesOut() =>
        Assert.DoesNotContain("address", SpanOf(CallRecord.Client with { Host = "", Peer = null }), StringComparison.Ordinal);

    [Fact]
    public void Decode_AuthorityWithoutPort_HasNoPort() =>
        Assert.DoesNotContain("server.port", SpanOf(CallRecord.Client with { Host = "localhost" }), StringComparison.Ordinal);

    [Fact]
    public void Decode_MalformedMethod_IsKeptAsItIs() =>
        Assert.Contains("rpc.method = 'nonsense'", SpanOf(CallRecord.Server with { Method = "nonsense" }), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Codes))]
    public void Decode_ServerStatus_IsAnErrorWhereTheServerIsToBlame(uint code, string word, bool failed) =>
        AssertStatus(SpanOf(CallRecord.Server with { Code = code }), word, failed);

    [Theory, MemberData(nameof(Codes))]
    public void Decode_ClientStatus_IsAnErrorUnlessOk(uint code, string word, bool serverFailed)
    {
        _ = serverFailed;
        AssertStatus(SpanOf(CallRecord.Client with { Code = code }), word, failed: code != 0);
    }

    private static void AssertStatus(string span, string word, bool failed)
    {
        Assert.Contains($"rpc.response.status_code = '{word}'", span, StringComparison.Ordinal);
        Assert.Equal(failed, span.Contains($"error.type = '{word}'", StringComparison.Ordinal));
        Assert.Equal(failed, span.Split('\n')[0].EndsWith("Error", StringComparison.Ordinal));
    }

    private static string SpanOf(CallRecord record)
    {
        SpanRecorder recorder = new();
        new GrpcTracer().Decode(new BpfEvent(record.ToBytes()), recorder);
        return Assert.Single(recorder.Spans);
    }
}
