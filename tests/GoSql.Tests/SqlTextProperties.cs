using System.Text;
using Beyla.Plugins.GoSql;
using FsCheck;
using FsCheck.Fluent;

namespace GoSql.Tests;

/// <summary>Values never survive, whatever stands around them and wherever the text is cut; and nothing makes the reader fail.</summary>
public class SqlTextProperties
{
    private const string Secret = "zqsecret";

    private static readonly string[] Around =
    [
        "SELECT", "FROM", "WHERE", "IN (", "(", ")", ",", "VALUES (", "INSERT INTO", "t", "a.b", "=", "-", "::text", "--c\n", "/* c */", "/**/", "\n", " ", "AS", ";",
        "E", "x1", "$1", "?", ":p", "@v", "1", "1.5e3", "0x1f", "SELECT * FROM u WHERE", "ON", "JOIN", ".", "UPDATE t SET a =", "||", "[1]", "LIKE",
    ];

    /// <summary>What a text holds besides the secret.</summary>
    private static readonly string[] Inside =
        ["", " ", "--", "/*", "*/", "$$", "$1", ";", "\n", "\"", "`", "[", "]", "(", "FROM ", "ä", "#", "$t$", "?", "1", "\\", "'", ", (", " IN ("];

    private static readonly Gen<string> Content = Gen.Elements(Inside).ListOf().Select(parts => string.Concat(parts));

    /// <summary>A text as the dialect's servers write it, with the secret inside.</summary>
    private static Gen<string> Value(SqlDialect dialect) =>
        from before in Content
        from after in Content
        from form in Gen.Choose(0, 3)
        let content = before + Secret + after
        let doubled = content.Replace("'", "''", StringComparison.Ordinal)
        let escaped = content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)
        select (dialect, form) switch
        {
            (SqlDialect.PostgreSql, 1) => $"E'{escaped}'",
            (SqlDialect.PostgreSql, 2) => $"$q${content.Replace("$", "", StringComparison.Ordinal)}$q$",
            (SqlDialect.PostgreSql, _) => $"'{doubled}'",
            (SqlDialect.MySql, 1) => $"\"{content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            (SqlDialect.MySql, _) => $"'{escaped}'",
            (SqlDialect.Unknown, 1) => $"'{escaped}'",
            _ => $"'{doubled}'",
        };

    private static Gen<string> Statement(SqlDialect dialect) =>
        from parts in Gen.Frequency((3, Gen.Elements(Around)), (1, Value(dialect))).ListOf()
        select string.Join(' ', parts);

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Read_StatementWithTexts_ShowsNoneOfThem(int dialect) => Prop.ForAll(
        Statement((SqlDialect)dialect).ToArbitrary(),
        sql => Assert.DoesNotContain(Secret, Shown(Encoding.UTF8.GetBytes(sql), (SqlDialect)dialect), StringComparison.Ordinal))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Read_StatementThatIsCut_ShowsNoText(int dialect) => Prop.ForAll(
        (from sql in Statement((SqlDialect)dialect) from part in Gen.Choose(0, 1000) select (sql, part)).ToArbitrary(),
        cut =>
        {
            byte[] text = Encoding.UTF8.GetBytes(cut.sql);
            Assert.DoesNotContain(Secret[..4], Shown(text[..(text.Length * cut.part / 1000)], (SqlDialect)dialect), StringComparison.Ordinal);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Read_AnyBytes_GivesValidTextNoLongerThanTheStatement(int dialect) => Prop.ForAll(
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().ToArbitrary(),
        bytes =>
        {
            SqlText text = new();
            text.Read(bytes, (SqlDialect)dialect);
            Assert.True(System.Text.Unicode.Utf8.IsValid(text.Sanitized));
            Assert.True(System.Text.Unicode.Utf8.IsValid(text.Summary.Text));
            Assert.InRange(text.Sanitized.Length, 0, bytes.Length);
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Read_AnyTokens_DoesNotFail(int dialect) => Prop.ForAll(
        Gen.Elements([.. Around, .. Inside, "'", "\"", "WITH", "CREATE", "TABLE", "RECURSIVE"]).ListOf(60).Select(parts => string.Concat(parts)).ToArbitrary(),
        sql => Shown(Encoding.UTF8.GetBytes(sql), (SqlDialect)dialect).Length >= 0)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static string Shown(byte[] sql, SqlDialect dialect)
    {
        SqlText text = new();
        text.Read(sql, dialect);
        text.Summary.Prefix("PREPARE"u8);
        return string.Join('\n', Encoding.UTF8.GetString(text.Sanitized), Encoding.UTF8.GetString(text.Summary.Text), Encoding.UTF8.GetString(text.Summary.Collection));
    }
}
