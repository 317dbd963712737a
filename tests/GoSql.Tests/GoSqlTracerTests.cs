using System.Reflection;
using System.Text.RegularExpressions;
using Beyla;
using Beyla.Plugins.GoSql;
using Beyla.Validation;

namespace GoSql.Tests;

public partial class GoSqlTracerTests
{
    private readonly GoSqlTracer _tracer = new();

    [Fact]
    public void Decode_ManyEvents_AllocatesNothing()
    {
        byte[][] records =
        [
            new CallRecord().ToBytes(),
            new CallRecord { Sql = "WITH a AS (SELECT 1) INSERT INTO t VALUES (1, 'ä'), (2, E'\\'')", Error = SqlErrorKind.Code, ErrorText = "23505" }.ToBytes(),
            new CallRecord { Sql = "SELECT * FROM t WHERE x IN (" + string.Join(',', Enumerable.Range(0, 900)) + ")", Driver = SqlDriver.MySql, Address = "h:1" }.ToBytes(),
            new CallRecord { Call = SqlCallKind.Begin, Error = SqlErrorKind.Number, ErrorNumber = 5, Driver = SqlDriver.Sqlite3 }.ToBytes(),
            new CallRecord { Call = SqlCallKind.Prepare, Error = SqlErrorKind.Message, ErrorText = "driver: bad connection" }.ToBytes(),
            new CallRecord { RawSql = [(byte)'S', 0xff], Driver = SqlDriver.Unknown }.ToBytes(),
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
        byte[] record = new CallRecord().ToBytes();
        record[2] = 99; // EventHeader.Kind

        SpanRecorder recorder = new();
        _tracer.Decode(new BpfEvent(record), recorder);

        Assert.Empty(recorder.Spans);
        Assert.Equal(["unknown-kind"], recorder.Drops);
    }

    [Fact]
    public void Configure_UnknownQueryText_SaysWhatItCanBe() => Assert.Equal(
        "query_text is 'all'; it can be sanitized, raw or off",
        Assert.Throws<FormatException>(() => _tracer.Configure(new QueryTextSetting("all"))).Message);

    [Fact]
    public void Tables_Alone_AreValid() => Assert.Empty(TracerValidation.Check(_tracer));

    [Fact]
    public void Tables_Slots_AreThoseOfTheBpfSource()
    {
        IEnumerable<string> slots = [.. _tracer.GoFields.Select(f => f.Slot), .. _tracer.GoItabs.Select(i => i.Slot)];

        Assert.Equal(SlotNames().Matches(BpfSource()).Select(m => m.Groups[1].Value.ToLowerInvariant()).Order(), slots.Distinct().Order());
    }

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() => Assert.Equal(
        ProgramNames().Matches(BpfSource()).Select(m => m.Groups[1].Value).Order(),
        _tracer.GoProbes.Select(p => p.Program).Distinct().Order());

    [Fact]
    public void Bpf_Object_IsEmbeddedAndSmall()
    {
        byte[] bpf = _tracer.Bpf.Read();

        Assert.Equal("\u007fELF"u8, bpf.AsSpan(0, 4));
        Assert.InRange(bpf.Length, 1, 200_000);
    }

    [Fact]
    public void Assembly_Contract_IsTheOneItWasBuiltFor() =>
        Assert.Equal(Contract.Version, typeof(GoSqlTracer).Assembly.GetCustomAttribute<BeylaPluginAttribute>()?.ContractVersion);

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
        return File.ReadAllText(Path.Combine(folder!.FullName, "bpf", "go_sql.bpf.c"));
    }

    [GeneratedRegex(@"^\tSLOT_(\w+),", RegexOptions.Multiline)]
    private static partial Regex SlotNames();

    [GeneratedRegex(@"^SEC\(""uprobe""\)\nint (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex ProgramNames();
}
