using Beyla;
using Beyla.Plugins.GoSql;

namespace GoSql.Tests;

public class SqlCallSpanTests
{
    [Fact]
    public void Decode_PlainQuery_GivesAllAttributesOfTheConventions()
    {
        string span = Decode(new CallRecord { Address = "db.example", Port = 5432, Database = "shop" });

        Assert.Equal("""
            Client db.client 'SELECT items' Unset
            db.collection.name = 'items'
            db.namespace = 'shop'
            db.operation.name = 'SELECT'
            db.query.summary = 'SELECT items'
            db.query.text = 'SELECT name FROM items WHERE id = ?'
            db.system.name = 'postgresql'
            server.address = 'db.example'
            server.port = 5432
            """, span);
    }

    [Theory]
    [InlineData(SqlDriver.Pq, "postgresql"), InlineData(SqlDriver.Pgx4, "postgresql"), InlineData(SqlDriver.Pgx5, "postgresql")]
    [InlineData(SqlDriver.MySql, "mysql"), InlineData(SqlDriver.Sqlite3, "sqlite"), InlineData(SqlDriver.Modernc, "sqlite")]
    [InlineData(SqlDriver.SqlServer, "microsoft.sql_server"), InlineData(SqlDriver.Unknown, "other_sql")]
    internal void Decode_Driver_GivesTheSystem(SqlDriver driver, string system) =>
        Assert.Contains($"db.system.name = '{system}'", Attributes(new CallRecord { Driver = driver }));

    [Fact]
    public void Decode_StatementWithoutASummary_IsNamedAfterTheSystem() =>
        Assert.StartsWith("Client db.client 'sqlite' Unset", Decode(new CallRecord { Sql = "SELEC x", Driver = SqlDriver.Modernc }), StringComparison.Ordinal);

    [Theory]
    [InlineData(SqlCallKind.Begin, "BEGIN"), InlineData(SqlCallKind.Commit, "COMMIT"), InlineData(SqlCallKind.Rollback, "ROLLBACK")]
    internal void Decode_Transaction_HasNoText(SqlCallKind call, string name)
    {
        string span = Decode(new CallRecord { Call = call, Sql = "" });

        Assert.StartsWith($"Client db.client '{name}' Unset", span, StringComparison.Ordinal);
        Assert.Contains($"db.operation.name = '{name}'", span.Split('\n'));
        Assert.DoesNotContain("db.query.text", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Batch_HasItsSizeAndNoText() => Assert.Equal("""
        Client db.client 'BATCH' Unset
        db.operation.batch.size = 3
        db.operation.name = 'BATCH'
        db.query.summary = 'BATCH'
        db.system.name = 'postgresql'
        """, Decode(new CallRecord { Call = SqlCallKind.Pgx5Batch, Driver = SqlDriver.Pgx5, BatchSize = 3, Sql = "" }));

    [Fact]
    public void Decode_BatchOfOneStatement_IsThatStatement()
    {
        string span = Decode(new CallRecord { Call = SqlCallKind.Pgx4Batch, Driver = SqlDriver.Pgx4, BatchSize = 1 });

        Assert.StartsWith("Client db.client 'SELECT items' Unset", span, StringComparison.Ordinal);
        Assert.DoesNotContain("batch", span, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("items", "COPY items")]
    [InlineData("", "COPY")]
    public void Decode_Copy_HasTheTableAndNoText(string table, string name)
    {
        string span = Decode(new CallRecord { Call = SqlCallKind.Pgx5Copy, Driver = SqlDriver.Pgx5, Sql = table });

        Assert.StartsWith($"Client db.client '{name}' Unset", span, StringComparison.Ordinal);
        Assert.Contains("db.operation.name = 'COPY'", span.Split('\n'));
        Assert.Equal(table.Length > 0, span.Contains($"db.collection.name = '{table}'", StringComparison.Ordinal));
        Assert.DoesNotContain("db.query.text", span, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_Prepare_IsTheOperationBeforeTheStatements()
    {
        string span = Decode(new CallRecord { Call = SqlCallKind.Prepare });

        Assert.StartsWith("Client db.client 'PREPARE SELECT items' Unset", span, StringComparison.Ordinal);
        Assert.Contains("db.operation.name = 'PREPARE'", span.Split('\n'));
        Assert.Contains("db.collection.name = 'items'", span.Split('\n'));
    }

    [Theory]
    [InlineData("127.0.0.1:3306", "127.0.0.1", 3306)]
    [InlineData("[::1]:3307", "::1", 3307)]
    [InlineData("db", "db", null)]
    [InlineData("/run/mysqld/mysqld.sock", "/run/mysqld/mysqld.sock", null)]
    public void Decode_MySqlAddress_GivesServerAddressAndPort(string address, string host, int? port) =>
        AssertServer(new CallRecord { Driver = SqlDriver.MySql, Address = address }, host, port);

    [Theory]
    [InlineData("db", 5433, "db", 5433)]
    [InlineData("/run/postgresql", 5432, "/run/postgresql", null)]
    [InlineData("db", 0, "db", null)]
    public void Decode_PostgreSqlHost_GivesServerAddressAndPort(string address, ushort port, string host, int? expectedPort) =>
        AssertServer(new CallRecord { Driver = SqlDriver.Pgx5, Address = address, Port = port }, host, expectedPort);

    [Theory]
    [InlineData(SqlErrorKind.Code, "42P01", 0u, "42P01", "42P01")]
    [InlineData(SqlErrorKind.Code, "not a state", 0u, "_OTHER", null)]
    [InlineData(SqlErrorKind.Number, "", 1064u, "1064", "1064")]
    [InlineData(SqlErrorKind.Message, "driver: bad connection", 0u, "driver.ErrBadConn", null)]
    [InlineData(SqlErrorKind.Message, "context canceled", 0u, "context.Canceled", null)]
    [InlineData(SqlErrorKind.Message, "password is zqsecret", 0u, "_OTHER", null)]
    [InlineData(SqlErrorKind.Deadline, "", 0u, "context.DeadlineExceeded", null)]
    [InlineData(SqlErrorKind.Network, "", 0u, "net.OpError", null)]
    [InlineData(SqlErrorKind.Other, "", 0u, "_OTHER", null)]
    internal void Decode_Error_SetsStatusTypeAndCode(SqlErrorKind kind, string text, uint number, string type, string? code)
    {
        string span = Decode(new CallRecord { Error = kind, ErrorText = text, ErrorNumber = number });

        Assert.StartsWith("Client db.client 'SELECT items' Error", span, StringComparison.Ordinal);
        Assert.Contains($"error.type = '{type}'", span.Split('\n'));
        Assert.Equal(code is not null, span.Split('\n').Contains($"db.response.status_code = '{code}'"));
        Assert.DoesNotContain("zqsecret", span, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sanitized", "SELECT ? FROM t")]
    [InlineData("raw", "SELECT 'x'  FROM t")]
    [InlineData("off", null)]
    public void Decode_QueryTextSetting_SaysWhatIsTold(string setting, string? expected)
    {
        GoSqlTracer tracer = new();
        tracer.Configure(new QueryTextSetting(setting));
        SpanRecorder recorder = new();
        tracer.Decode(new BpfEvent(new CallRecord { Sql = "SELECT 'x'  FROM t" }.ToBytes()), recorder);

        string span = Assert.Single(recorder.Spans);
        Assert.Equal(expected is not null, span.Contains("db.query.text", StringComparison.Ordinal));
        if (expected is not null) Assert.Contains($"db.query.text = '{expected}'", span.Split('\n'));
        Assert.Contains("db.query.summary = 'SELECT t'", span.Split('\n'));
    }

    [Theory]
    [InlineData(256), InlineData(1024), InlineData(4096), InlineData(9000)]
    public void Decode_LongStatement_IsToldUpTo4096Bytes(int length)
    {
        string sql = "SELECT a FROM t WHERE b = ".PadRight(length, 'c');

        Assert.Contains($"db.query.text = '{sql[..Math.Min(length, 4096)]}'", Attributes(new CallRecord { Sql = sql }));
    }

    private static void AssertServer(CallRecord record, string host, int? port)
    {
        string[] attributes = Attributes(record);

        Assert.Contains($"server.address = '{host}'", attributes);
        Assert.Equal(port is null ? [] : [$"server.port = {port}"], attributes.Where(a => a.StartsWith("server.port", StringComparison.Ordinal)));
    }

    private static string[] Attributes(CallRecord record) => Decode(record).Split('\n')[1..];

    private static string Decode(CallRecord record)
    {
        SpanRecorder recorder = new();
        new GoSqlTracer().Decode(new BpfEvent(record.ToBytes()), recorder);
        Assert.Empty(recorder.Drops);
        return Assert.Single(recorder.Spans);
    }
}
