using Beyla.Host.Configuration.Toml;
using FsCheck;
using FsCheck.Fluent;

namespace Beyla.Host.Tests.Configuration.Toml;

public class TomlDocumentTests
{
    private static readonly string[] Pieces =
    [
        "a", "1", "_", "-", ".", "=", "=", "\n", "\r", " ", "\t", "#", "[", "]", "[[", "]]", "{", "}", ",", "\"", "\"\"\"", "'", "'''", "\\", "\\u12", ":",
        "0x", "1e", "2026-01-31", "T10:00:00", "+", "inf", "nan", "true", "é", "𝄞", "\uFEFF", "\0", "\uD800",
    ];

    [Theory]
    [InlineData("a = 1\nb ==2", "2:4", "a value is expected, found '='")]
    [InlineData("a = 1\na = 2", "2:1", "'a' is already defined at 1:1 as an integer; remove one of the two")]
    [InlineData("level = INFO", "1:9", "'INFO' is not a value; text needs quotes")]
    [InlineData("interval = 5s", "1:12", "'5s' is not a number, date or time; text needs quotes")]
    [InlineData("name = \"x", "1:10", "the string that begins at 1:8 is not closed with \" on its line")]
    [InlineData("re = \"\\.go\"", "1:7", "unknown escape in a string; in \"…\" a backslash is written \\\\, or use '…', which has no escapes")]
    [InlineData("a = 1 b = 2", "1:7", "unexpected 'b' after the value; each key and each table header needs its own line")]
    [InlineData("[a\nb = 1", "1:3", "']' is missing at the end of the table header; found end of line")]
    [InlineData("[a.b]\n[a]\n[a]", "3:2", "'a' is already defined at 1:2 as a table; a table header cannot define it again")]
    [InlineData("open_port 8080", "1:11", "'=' is missing after the key 'open_port'; found '8'")]
    [InlineData("x = 9223372036854775808", "1:5", "'9223372036854775808' does not fit in 64 bits")]
    [InlineData("x = 0xFFFFFFFFFFFFFFFF", "1:5", "'0xFFFFFFFFFFFFFFFF' does not fit in 64 bits")]
    [InlineData("x = 0o7777777777777777777777777777777777777777777777777777777", "1:5",
        "'0o7777777777777777777777777777777777777777777777777777777' does not fit in 64 bits")]
    [InlineData("k = \"𝄞\" !", "1:9", "unexpected '!' after the value; each key and each table header needs its own line")]
    public void Parse_Mistake_SaysWhereAndWhat(string text, string place, string sentence)
    {
        TomlException e = Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "beyla.toml"));
        Assert.Equal($"beyla.toml:{place}: {sentence}", e.Message);
    }

    [Fact]
    public void Parse_NotUtf8_SaysWhere()
    {
        TomlException e = Assert.Throws<TomlException>(() => TomlDocument.Parse([.. "a = 1\nb = \""u8, 0xff, .. "\"\n"u8], "beyla.toml"));
        Assert.Equal("beyla.toml:2:6: this is not UTF-8 text; save the file as UTF-8", e.Message);
    }

    [Theory]
    [InlineData("a = ", "[", "nested more than")]
    [InlineData("a = ", "{a=", "nested more than")]
    [InlineData("a", ".a", "more than 128 parts")]
    [InlineData("[a", ".a", "more than 128 parts")]
    public void Parse_DepthWithoutEnd_IsAnErrorNotAStackOverflow(string begin, string repeated, string sentence)
    {
        string text = begin + string.Concat(Enumerable.Repeat(repeated, 300_000));
        Assert.Contains(sentence, Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "beyla.toml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OneLongLine_KnowsTheLastColumn()
    {
        string text = "a = [" + string.Concat(Enumerable.Repeat("1, ", 300_000)) + "x]";
        Assert.Equal(new TomlPosition(1, 900_006), Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "beyla.toml")).Position);
    }

    [Fact]
    public void Parse_AnyText_GivesADocumentOrATomlException() => Prop.ForAll(
        Gen.Elements(Pieces).ArrayOf().ToArbitrary(),
        parts =>
        {
            try
            {
                Assert.NotNull(TomlDocument.Parse(string.Concat(parts), "beyla.toml").Root);
            }
            catch (TomlException e)
            {
                Assert.InRange(e.Position.Column, 1, int.MaxValue);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Parse_Keys_KnowTheirPlaceAndValuesToo()
    {
        TomlTable root = TomlDocument.Parse("\n[discovery]\n  poll_interval = \"5s\"\n[[discovery.services]]\nname = 'a'\n", "f").Root;

        Assert.True(root.TryGet("discovery", out TomlEntry discovery));
        Assert.Equal(new TomlPosition(2, 2), discovery.KeyPosition);
        TomlTable table = Assert.IsType<TomlTable>(discovery.Value);
        Assert.True(table.TryGet("poll_interval", out TomlEntry interval));
        Assert.Equal(new TomlPosition(3, 3), interval.KeyPosition);
        Assert.Equal(new TomlPosition(3, 19), interval.Value.Position);
        Assert.Equal(["poll_interval", "services"], table.Entries.Keys);
    }
}
