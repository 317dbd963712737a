using System.Reflection;
using System.Text.RegularExpressions;
using Beyla;
using Beyla.Plugins.NetHttp;
using Beyla.Validation;
using NSubstitute;

namespace NetHttp.Tests;

public partial class NetHttpTracerTests
{
    private readonly NetHttpTracer _tracer = new();
    private readonly BpfSource _source = BpfSource.Find("bpf/net_http.bpf.c");

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

        Assert.Equal(0, DecodeAllocations.Measure(_tracer, records));
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
    public void Tables_Slots_AreThoseOfTheBpfSource() =>
        Assert.Equal(BpfSlots().Order(), BpfSource.SlotsOf(_tracer).Order());

    /// <summary><c>fill_request</c> counts from the method's slot, whichever type the request is of.</summary>
    [Fact]
    public void Slots_OfRequests_StandInTheSameOrder()
    {
        string[] http2 =
        [
            .. Http2SlotNames().Matches(_source.Text).Select(m => m.Groups[1].Value.ToLowerInvariant()).Where(s => s.StartsWith("request_", StringComparison.Ordinal)),
        ];

        Assert.Equal("request_method", http2[0]);
        Assert.Equal(http2, _source.Slots.SkipWhile(s => s != http2[0]).Take(http2.Length));
    }

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() =>
        Assert.Equal(_source.Programs.Order(), BpfSource.ProgramsOf(_tracer).Order());

    /// <summary>Both ends of a call; and of a server's connection, because its state is kept under an address that is used again.</summary>
    [Theory]
    [InlineData("server", "server_request_begin", "server_request_end", "server_connection_end")]
    [InlineData("client", "client_request_begin", "client_request_end")]
    [InlineData("xnet-http2-server", "http2_xnet_handler_begin", "http2_xnet_handler_end")]
    [InlineData("client-conn", "direct_round_trip_begin", "direct_round_trip_end")]
    public void Tables_Group_RequiresTheProbesThatItsStateNeeds(string group, params string[] programs) =>
        Assert.Equal(programs, _tracer.GoProbes.Where(p => p.Group.Name == group && p.Failure == FailureMode.Required).Select(p => p.Program));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Configure_OldMuxRoutes_ReachesTheBpfSide(bool wanted)
    {
        ITracerSettings settings = Substitute.For<ITracerSettings>();
        settings.Boolean("old_mux_routes").Returns(wanted);
        settings.Texts("capture_headers").Returns([]);

        _tracer.Configure(settings);

        Assert.Equal([wanted ? (byte)1 : (byte)0], Assert.Single(_tracer.BpfVariables, v => v.Name == "reads_old_mux").Value.ToArray());
    }

    [Fact]
    public void Bpf_Object_IsEmbedded() => Assert.Equal("\u007fELF"u8, _tracer.Bpf.Read().AsSpan(0, 4));

    [Fact]
    public void Assembly_Contract_IsTheOneItWasBuiltFor() =>
        Assert.Equal(Contract.Version, typeof(NetHttpTracer).Assembly.GetCustomAttribute<BeylaPluginAttribute>()?.ContractVersion);

    /// <summary>The slots with those of each copy of HTTP/2, which a macro names.</summary>
    private IEnumerable<string> BpfSlots() =>
    [
        .. _source.Slots,
        .. from copy in Http2Copies().Matches(_source.Text) from slot in Http2SlotNames().Matches(_source.Text) select $"{copy.Groups[1]}_{slot.Groups[1]}".ToLowerInvariant(),
    ];

    [GeneratedRegex(@"^\tHTTP2_SLOTS\((\w+)\),", RegexOptions.Multiline)]
    private static partial Regex Http2Copies();

    [GeneratedRegex(@"^\tSLOT_##copy##_(\w+)", RegexOptions.Multiline)]
    private static partial Regex Http2SlotNames();
}
