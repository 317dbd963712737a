using System.Text;
using Beyla.Plugins.GoSql;

namespace GoSql.Tests;

public class SqlTextTests
{
    [Theory]
    [InlineData("SELECT * FROM t WHERE a = 'x' AND b = 1.5e-7", "SELECT * FROM t WHERE a = ? AND b = ?")]
    [InlineData("SELECT 'O''Brien', E'it\\'s', N'x', X'1f', B'01'", "SELECT ?, ?, ?, ?, ?")]
    [InlineData("SELECT 'a\\', b", "SELECT ?, b")]
    [InlineData("SELECT $$it's$$, $tag$ $$ 'x' $tag$, $1, $22", "SELECT ?, ?, $1, $22")]
    [InlineData("SELECT \"Na'me\".\"a\"\"b\" FROM \"T\"", "SELECT \"Na'me\".\"a\"\"b\" FROM \"T\"")]
    [InlineData("SELECT 0xFF, 1_000, .5, -3, t1.c2, a[3]", "SELECT ?, ?, ?, -?, t1.c2, a[?]")]
    [InlineData("SELECT x::text, '2020-01-01'::date, @p, :name", "SELECT x::text, ?::date, @p, :name")]
    [InlineData("SELECT a -- it's secret\nFROM t /* it's /* nested */ secret */ WHERE b", "SELECT a FROM t WHERE b")]
    [InlineData("  SELECT\n\t1  ;  ", "SELECT ? ;")]
    [InlineData("SELECT * FROM t WHERE a IN (1, 'b',3) OR c IN ($1, $2)", "SELECT * FROM t WHERE a IN (?) OR c IN ($1, $2)")]
    [InlineData("SELECT * FROM t WHERE a NOT IN (?, ?, ?) AND f(1, 2)", "SELECT * FROM t WHERE a NOT IN (?) AND f(?, ?)")]
    [InlineData("SELECT * FROM t WHERE a IN (SELECT b FROM u WHERE c IN (1,2))", "SELECT * FROM t WHERE a IN (SELECT b FROM u WHERE c IN (?))")]
    [InlineData("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y'), (3, f('z')) RETURNING id", "INSERT INTO t (a, b) VALUES (?, ?) RETURNING id")]
    [InlineData("INSERT INTO t VALUES ($1,$2),($3,$4)", "INSERT INTO t VALUES ($1,$2)")]
    [InlineData("SELECT 'Zürich' AS größe", "SELECT ? AS größe")]
    [InlineData("", "")]
    public void Sanitized_PostgreSql_HasNoValues(string sql, string expected) => Assert.Equal(expected, Sanitize(sql, SqlDialect.PostgreSql));

    [Theory]
    [InlineData("SELECT \"secret\", 'it\\'s', `a``b`.c # secret\nFROM `t`", "SELECT ?, ?, `a``b`.c FROM `t`")]
    [InlineData("SELECT 5--3", "SELECT ?--?")]
    [InlineData("SELECT 1 -- secret", "SELECT ?")]
    [InlineData("SELECT _utf8mb4'x', cost$ FROM t", "SELECT _utf8mb4?, cost$ FROM t")]
    [InlineData("SELECT /*! STRAIGHT_JOIN */ a FROM t", "SELECT a FROM t")]
    [InlineData("INSERT INTO t (a,b) VALUES (1,2) ON DUPLICATE KEY UPDATE a=VALUES(a), b=VALUES(b)",
        "INSERT INTO t (a,b) VALUES (?,?) ON DUPLICATE KEY UPDATE a=VALUES(a), b=VALUES(b)")]
    public void Sanitized_MySql_HasNoValues(string sql, string expected) => Assert.Equal(expected, Sanitize(sql, SqlDialect.MySql));

    [Theory]
    [InlineData("SELECT \"a\" FROM \"t\" WHERE [b c] = \"secret\" AND `d` = $n", "SELECT ? FROM \"t\" WHERE [b c] = ? AND `d` = $n")]
    [InlineData("SELECT 'a\\', b", "SELECT ?, b")]
    public void Sanitized_Sqlite_HasNoValues(string sql, string expected) => Assert.Equal(expected, Sanitize(sql, SqlDialect.Sqlite));

    [Theory]
    [InlineData("SELECT 'a\\', secret", "SELECT ?")]
    [InlineData("SELECT 'a\\' || 'secret'", "SELECT ?")]
    [InlineData("SELECT \"a\\\" secret\", b", "SELECT ?")]
    [InlineData("SELECT \"secret\", 'C:\\temp', b", "SELECT ?, ?, b")]
    public void Sanitized_UnknownDialect_HidesWhatCanBeReadTwoWays(string sql, string expected) =>
        Assert.Equal(expected, Sanitize(sql, SqlDialect.Unknown));

    [Theory]
    [InlineData("SELECT 'secre", "SELECT ?")]
    [InlineData("SELECT $tag$secre", "SELECT ?")]
    [InlineData("SELECT a FROM \"secre", "SELECT a FROM ?")]
    [InlineData("SELECT a /* secre", "SELECT a")]
    [InlineData("SELECT a, 12", "SELECT a, ?")]
    [InlineData("SELECT a, 1e", "SELECT a, ?")]
    public void Sanitized_TextThatIsCut_ShowsNothingOfTheValueAtItsEnd(string sql, string expected) =>
        Assert.Equal(expected, Sanitize(sql, SqlDialect.PostgreSql));

    [Fact]
    public void Sanitized_CutInsideACharacter_IsValidUtf8()
    {
        SqlText text = new();
        text.Read([.. "SELECT gr"u8, 0xc3], SqlDialect.PostgreSql);
        Assert.Equal("SELECT gr?", Encoding.UTF8.GetString(text.Sanitized));
    }

    [Theory]
    [InlineData("select * from orders", "SELECT orders", "SELECT", "orders")]
    [InlineData("SELECT * FROM shop.\"Orders\" o, items AS i WHERE o.id = i.id", "SELECT shop.\"Orders\" items", "SELECT", "shop.\"Orders\"")]
    [InlineData("SELECT * FROM songs JOIN artists ON a = b LEFT JOIN x.y USING (id)", "SELECT songs artists x.y", "SELECT", "songs")]
    [InlineData("INSERT INTO archive (a) SELECT a FROM orders", "INSERT archive SELECT orders", "INSERT", "archive")]
    [InlineData("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 2", "INSERT t", "INSERT", "t")]
    [InlineData("INSERT OR REPLACE INTO t VALUES (1)", "INSERT t", "INSERT", "t")]
    [InlineData("UPDATE ONLY orders SET a = (SELECT b FROM c)", "UPDATE orders SELECT c", "UPDATE", "orders")]
    [InlineData("DELETE FROM orders WHERE id IN (SELECT id FROM old)", "DELETE orders SELECT old", "DELETE", "orders")]
    [InlineData("SELECT a FROM t FOR UPDATE", "SELECT t", "SELECT", "t")]
    [InlineData("SELECT EXTRACT(YEAR FROM born), trim(both from x) FROM people WHERE a IS DISTINCT FROM b", "SELECT people", "SELECT", "people")]
    [InlineData("SELECT a, REPLACE(b, 'x', 'y') FROM t", "SELECT t", "SELECT", "t")]
    [InlineData("SELECT * FROM (SELECT a FROM t) s, u", "SELECT SELECT t u", "SELECT", "t")]
    [InlineData("WITH RECURSIVE a (x, y) AS (SELECT 1 FROM b), c AS (DELETE FROM d RETURNING *) SELECT * FROM a JOIN c ON true JOIN e ON true",
        "SELECT b DELETE d SELECT e", "SELECT", "b")]
    [InlineData("WITH a AS (SELECT 1) UPDATE t SET x = 1", "SELECT UPDATE t", "SELECT", "t")]
    [InlineData("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1", "MERGE t s", "MERGE", "t")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM t", "EXPLAIN SELECT t", "EXPLAIN", "t")]
    [InlineData("CREATE TABLE IF NOT EXISTS app.users (id int)", "CREATE TABLE app.users", "CREATE TABLE", "app.users")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX i", "CREATE INDEX", "")]
    [InlineData("CREATE TABLE t AS SELECT * FROM u", "CREATE TABLE t", "CREATE TABLE", "t")]
    [InlineData("TRUNCATE TABLE t", "TRUNCATE t", "TRUNCATE", "t")]
    [InlineData("CALL pay(7)", "CALL pay", "CALL", "")]
    [InlineData("begin", "BEGIN", "BEGIN", "")]
    [InlineData("SET search_path = x", "SET", "SET", "")]
    [InlineData("SELECT 1;", "SELECT", "SELECT", "")]
    [InlineData("SELECT a FROM t; DELETE FROM u;", "SELECT t; DELETE u", "SELECT", "t")]
    [InlineData("/* app='x' */ SELECT a FROM t", "SELECT t", "SELECT", "t")]
    [InlineData("stmt_17", "", "", "")]
    public void Summary_Statement_NamesOperationsAndTables(string sql, string summary, string operation, string collection)
    {
        SqlText text = new();
        text.Read(Encoding.UTF8.GetBytes(sql), SqlDialect.PostgreSql);

        Assert.Equal(
            (summary, operation, collection),
            (Text(text.Summary.Text), Text(text.Summary.Operation), Text(text.Summary.Collection)));
    }

    [Fact]
    public void Summary_ManyTables_EndsAtAWholeWordWithin255Bytes()
    {
        SqlText text = new();
        text.Read(Encoding.UTF8.GetBytes("SELECT * FROM " + string.Join(", ", Enumerable.Range(100, 80).Select(i => "table" + i))), SqlDialect.PostgreSql);

        Assert.InRange(text.Summary.Text.Length, 240, 255);
        Assert.Matches(@"^SELECT( table\d{3})+$", Text(text.Summary.Text));
    }

    [Fact]
    public void Read_AfterAnotherStatement_KeepsNothingOfIt()
    {
        SqlText text = new();
        text.Read("WITH orders AS (SELECT 1) INSERT INTO t VALUES (1), (2"u8, SqlDialect.PostgreSql);
        text.Read("SELECT 1 FROM orders"u8, SqlDialect.PostgreSql);

        Assert.Equal(("SELECT ? FROM orders", "SELECT orders"), (Text(text.Sanitized), Text(text.Summary.Text)));
    }

    private static string Sanitize(string sql, SqlDialect dialect)
    {
        SqlText text = new();
        text.Read(Encoding.UTF8.GetBytes(sql), dialect);
        return Text(text.Sanitized);
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
