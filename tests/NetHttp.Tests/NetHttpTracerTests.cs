using System.Reflection;
using System.Text.RegularExpressions;
using Beyla;
using Beyla.Plugins.NetHttp;
using Beyla.Validation;

namespace NetHttp.Tests;

public partial class NetHttpTracerTests
{
    private readonly NetHttpTracer _tracer = new();

    [Fact]
    public void Decode_ManyEvents_AllocatesNothing()
    {
        byte[][] records =
        [
            new ServerRecord { Target = "/a?b", Status = 503 }.ToBytes(),
            new ServerRecord { Method = "BREW", RawTarget = [(byte)'/', 0xff], Flags = HttpEventFlags.Panicked }.ToBytes(),
            new ServerRecord { Host = "[::1]:80", Flags = HttpEventFlags.Hijacked }.ToBytes(),
            new ServerRecord { Protocol = (2, 0), Flags = HttpEventFlags.Aborted }.ToBytes(),
            new ClientRecord { Path = "/a b", Status = 404 }.ToBytes(),
            new ClientRecord { Flags = HttpEventFlags.Failed }.ToBytes(),
            new ServerRecord { Route = "/api/*/items/{id}", Router = Router.Chi }.ToBytes(),
            new ClientRecord { Flags = HttpEventFlags.Failed, Error = HttpErrorKind.Text, ErrorText = "EOF" }.ToBytes(),
        ];
        SpanSink sink = new();
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
        byte[] record = new ServerRecord().ToBytes();
        record[2] = 99; // EventHeader.Kind

        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(record), recorder);

        Assert.Empty(recorder.Spans);
        Assert.Equal(["unknown-kind"], recorder.Drops);
    }

    [Fact]
    public void Tables_Alone_AreValid() => Assert.Empty(TracerValidation.Check(_tracer));

    [Fact]
    public void Tables_Slots_AreThoseOfTheBpfSource()
    {
        IEnumerable<string> slots = [.. _tracer.GoFields.Select(f => f.Slot), .. _tracer.GoItabs.Select(i => i.Slot)];

        Assert.Equal(BpfSlots().Select(s => s.ToLowerInvariant()).Order(), slots.Distinct().Order());
    }

    /// <summary><c>fill_request</c> counts from the method's slot, whichever type the request is of.</summary>
    [Fact]
    public void Slots_OfRequests_StandInTheSameOrder()
    {
        string[] http2 = [.. Http2SlotNames().Matches(BpfSource()).Select(m => m.Groups[1].Value).Where(s => s.StartsWith("REQUEST_", StringComparison.Ordinal))];

        Assert.Equal("REQUEST_METHOD", http2[0]);
        Assert.Equal(http2, SlotNames().Matches(BpfSource()).Select(m => m.Groups[1].Value).SkipWhile(s => s != http2[0]).Take(http2.Length));
    }

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() =>
        Assert.Equal(ProgramNames().Matches(BpfSource()).Select(m => m.Groups[1].Value).Order(), _tracer.GoProbes.Select(p => p.Program).Distinct().Order());

    /// <summary>Both ends of a call; and of a server's connection, because its state is kept under an address that is used again.</summary>
    [Theory]
    [InlineData("server", "server_request_begin", "server_request_end", "server_connection_end")]
    [InlineData("client", "client_request_begin", "client_request_end")]
    [InlineData("xnet-http2-server", "http2_xnet_handler_begin", "http2_xnet_handler_end")]
    [InlineData("client-conn", "direct_round_trip_begin", "direct_round_trip_end")]
    public void Tables_Group_RequiresTheProbesThatItsStateNeeds(string group, params string[] programs) =>
        Assert.Equal(programs, _tracer.GoProbes.Where(p => p.Group.Name == group && p.Failure == FailureMode.Required).Select(p => p.Program));

    [Fact]
    public void Bpf_Object_IsEmbedded() => Assert.Equal("\u007fELF"u8, _tracer.Bpf.Read().AsSpan(0, 4));

    [Fact]
    public void Assembly_Contract_IsTheOneItWasBuiltFor() =>
        Assert.Equal(Contract.Version, typeof(NetHttpTracer).Assembly.GetCustomAttribute<BeylaPluginAttribute>()?.ContractVersion);

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
        string bpf = Path.Combine(folder!.FullName, "bpf");
        return string.Concat(new[] { Path.Combine(bpf, "net_http.bpf.c") }.Concat(Directory.GetFiles(Path.Combine(bpf, "net_http"))).Select(File.ReadAllText));
    }

    private static IEnumerable<string> BpfSlots() =>
    [
        .. SlotNames().Matches(BpfSource()).Select(m => m.Groups[1].Value),
        .. from copy in Http2Copies().Matches(BpfSource()) from slot in Http2SlotNames().Matches(BpfSource()) select $"{copy.Groups[1]}_{slot.Groups[1]}",
    ];

    [GeneratedRegex(@"^\tSLOT_(\w+),", RegexOptions.Multiline)]
    private static partial Regex SlotNames();

    [GeneratedRegex(@"^\tHTTP2_SLOTS\((\w+)\),", RegexOptions.Multiline)]
    private static partial Regex Http2Copies();

    [GeneratedRegex(@"^\tSLOT_##copy##_(\w+)", RegexOptions.Multiline)]
    private static partial Regex Http2SlotNames();

    [GeneratedRegex(@"^SEC\(""uprobe""\)\nint (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ProgramNames();
}
