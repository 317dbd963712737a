using System.Reflection;
using Beyla;
using Beyla.Plugins.GoSql;
using Beyla.Validation;

namespace GoSql.Tests;

public class GoSqlTracerTests
{
    private readonly GoSqlTracer _tracer = new();
    private readonly BpfSource _source = BpfSource.Find("bpf/go_sql.bpf.c");

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
            new CallRecord { Call = SqlCallKind.Pgx4Copy, Sql = "items" }.ToBytes(),
            new CallRecord { Call = SqlCallKind.Pgx5Batch, BatchSize = 2, Sql = "" }.ToBytes(),
            new CallRecord { RawSql = [(byte)'S', 0xff], Driver = SqlDriver.Unknown }.ToBytes(),
        ];

        Assert.Equal(0, DecodeAllocations.Measure(_tracer, records));
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
    public void Tables_Slots_AreThoseOfTheBpfSource() =>
        Assert.Equal(_source.Slots.Order(), BpfSource.SlotsOf(_tracer).Order());

    [Fact]
    public void Tables_Programs_AreThoseOfTheBpfSource() =>
        Assert.Equal(_source.Programs.Order(), BpfSource.ProgramsOf(_tracer).Order());

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
}
