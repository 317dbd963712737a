using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Beyla.Validation;

namespace Beyla.Tests.Validation;

public sealed class EventStructsTests
{
    private static readonly BpfStructLayout Request = new("http_request", 112,
    [
        new("header", 0, 72), new("method_length", 72, 1), new("is_client", 73, 1), new("status", 74, 2), new("unused", 76, 4),
        new("bytes", 80, 8), new("path", 88, 20),
    ]);

    [Fact]
    public void Check_SameLayout_FindsNothing() => Assert.Empty(Check<HttpRequest>(Request));

    [Fact]
    public void Check_EventHeader_MatchesTheHeader() => Assert.Empty(Check<EventHeader>(new BpfStructLayout("event_header", 72,
    [
        new("tracer", 0, 2), new("kind", 2, 2), new("flags", 4, 4), new("process", 8, 4), new("thread", 12, 4), new("execution", 16, 8),
        new("start", 24, 8), new("end", 32, 8), new("trace_id", 40, 16), new("span_id", 56, 8), new("parent_id", 64, 8),
    ])));

    [Fact]
    public void Check_OtherSize_IsAProblem() =>
        Assert.Equal(["HttpRequest has 112 bytes, 'struct http_request' has 120"], Check<HttpRequest>(Request with { Size = 120 }));

    [Fact]
    public void Check_FieldMovedInC_SaysWhereItIsOnBothSides() => Assert.Equal(
        ["HttpRequest: 'status' is 2 bytes at 74 in C#, 2 bytes at 76 in 'struct http_request'"],
        Check<HttpRequest>(With(new("status", 76, 2))));

    [Fact]
    public void Check_FieldWidenedInC_SaysWhereItIsOnBothSides() => Assert.Equal(
        ["HttpRequest: 'path' is 20 bytes at 88 in C#, 24 bytes at 88 in 'struct http_request'"],
        Check<HttpRequest>(With(new("path", 88, 24))));

    [Fact]
    public void Check_FieldRenamedInC_IsAProblem() => Assert.Equal(
        ["HttpRequest: 'struct http_request' has no field 'bytes'"],
        Check<HttpRequest>(Request with { Fields = [.. Request.Fields.Where(f => f.Name != "bytes")] }));

    [Fact]
    public void Check_StructNotInBtf_SaysHowToKeepIt() =>
        Assert.Contains("write EVENT_STRUCT(http_request) after it", Assert.Single(Check<HttpRequest>(Request with { Name = "other" })));

    [Theory]
    [InlineData(typeof(HoldsReference))]
    [InlineData(typeof(LaidOutByRuntime))]
    public void Check_StructWithoutFixedLayout_IsAProblem(Type type) => Assert.Contains(
        "cannot stand for 'struct http_request'", Assert.Single(EventStructs.Check([type], new BpfObjectLayout([], [], [Request]))));

    [Fact]
    public void DeclaredIn_Contract_IsTheHeader() => Assert.Equal([typeof(EventHeader)], EventStructs.DeclaredIn(typeof(ITracer).Assembly));

    [Theory]
    [InlineData("MethodLength", "method_length")]
    [InlineData("Header", "header")]
    [InlineData("TraceID", "trace_id")]
    [InlineData("HTTPStatus", "http_status")]
    [InlineData("_unused", "unused")]
    [InlineData("already_c", "already_c")]
    [InlineData("Word2", "word2")]
    public void Field_CSharpName_BecomesCName(string csharp, string c) => Assert.Equal(c, BpfName.Field(csharp));

    [Theory]
    [InlineData("SLOT_REQUEST_URL", "request_url")]
    [InlineData("SLOTS", null)]
    public void Slot_Constant_BecomesTableName(string constant, string? slot) => Assert.Equal(slot, BpfName.Slot(constant));

    private static IReadOnlyList<string> Check<T>(BpfStructLayout c) => EventStructs.Check([typeof(T)], new BpfObjectLayout([], [], [c]));

    private static BpfStructLayout With(BpfFieldLayout field) =>
        Request with { Fields = [.. Request.Fields.Select(f => f.Name == field.Name ? field : f)] };

#pragma warning disable CS0649, CA1823, CS0169, IDE0051, IDE0044 // Only the layout matters.
    [InlineArray(20)]
    private struct PathText
    {
        private byte _first;
    }

    [BpfStruct("http_request")]
    [StructLayout(LayoutKind.Sequential)]
    private struct HttpRequest
    {
        public EventHeader Header;
        public byte MethodLength;
        public bool IsClient;
        public ushort Status { get; set; }
        private uint _unused;
        public long Bytes;
        public PathText Path;
    }

    [BpfStruct("http_request")]
    private struct HoldsReference
    {
        public string Text;
    }

    [BpfStruct("http_request")]
    [StructLayout(LayoutKind.Auto)]
    private struct LaidOutByRuntime
    {
        public byte A;
        public long B;
    }
#pragma warning restore
}
