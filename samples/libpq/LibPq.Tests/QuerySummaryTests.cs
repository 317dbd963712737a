using System.Text;

namespace LibPq.Tests;

public sealed class QuerySummaryTests
{
    [Theory]
    [InlineData("select id from users where name = 'from secrets'", "SELECT users")]
    [InlineData("SELECT 'x from y', 1 FROM public.orders o", "SELECT public.orders")]
    [InlineData("/* from a */ select * -- from b\n from c", "SELECT c")]
    [InlineData("select * from \"Odd Name\"", "SELECT Odd Name")]
    [InlineData("select count(*) from (select 1)", "SELECT")]
    [InlineData("insert into jobs(id) values (1)", "INSERT jobs")]
    [InlineData("update t set a = 1", "UPDATE t")]
    [InlineData("DELETE FROM t", "DELETE t")]
    [InlineData("BEGIN", "BEGIN")]
    [InlineData("select 1", "SELECT")]
    [InlineData("", "")]
    [InlineData("'cut", "")]
    public void Of_Statement_GivesOperationAndTable(string statement, string expected)
    {
        QuerySummary summary = QuerySummary.Of(Encoding.UTF8.GetBytes(statement), new byte[QuerySummary.MaxBytes]);

        Assert.Equal(expected, Encoding.UTF8.GetString(summary.Text));
    }

    [Fact]
    public void Of_AnythingCutAnywhere_DoesNotThrow()
    {
        byte[] statement = "select \"a\" /* c */ from 'x' -- d\n where \"t\" = $1"u8.ToArray();

        for (int length = 0; length <= statement.Length; length++)
            QuerySummary.Of(statement.AsSpan(0, length), new byte[QuerySummary.MaxBytes]);
    }
}
