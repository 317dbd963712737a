using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using EndToEnd.Targets;

namespace EndToEnd;

/// <summary>SQL by every driver that Debian ships, against real databases: each call is one span, whatever becomes of it.</summary>
public sealed class GoSqlTests
{
    private const string Secret = "zqsecret";

    [AgentTheory, MemberData(nameof(Releases.Sql), MemberType = typeof(Releases))]
    public async Task Calls_OfEveryKindAndOutcome_GiveOneSpanEach(Release release, string driver, Release needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        await using Database database = await Database.ForAsync(driver);
        await using CommandProcess client = await SqlTarget.StartAsync(release, driver, database);
        await using Agent agent = await AttachAsync(client);
        List<string> expected = [];
        async Task Do(SqlActions actions, params string[] spans)
        {
            await client.DoAsync(actions);
            expected.AddRange(spans);
        }
        string nameless = SystemOf(driver), invalid = $"{nameless} failed with {SyntaxError(driver)}: SELEC ?";

        await Do(new("exec", "CREATE TABLE items (id int, name varchar(30))"), "CREATE TABLE items: CREATE TABLE items (id int, name varchar(?))");
        await Do(new("exec", $"INSERT INTO items VALUES (1, '{Secret}'), (2, '{Secret}')"), "INSERT items: INSERT INTO items VALUES (?, ?)");
        await Do(new("query", $"SELECT name FROM items WHERE id IN (1, 2, 3) OR name = '{Secret}'"), "SELECT items: SELECT name FROM items WHERE id IN (?) OR name = ?");
        await Do(new("row", "select count(*) from items"), "SELECT items: select count(*) from items");
        await Do(new("query", $"SELEC '{Secret}'"), invalid);
        await Do(new("exec", $"SELEC '{Secret}'"), invalid);
        if (!IsNative(driver))
        {
            await Do(new("prepared-query", "SELECT id FROM items", Times: 2),
                "PREPARE SELECT items: SELECT id FROM items", "SELECT items: SELECT id FROM items", "SELECT items: SELECT id FROM items");
            await Do(new("prepared-exec", "DELETE FROM items WHERE id = 7", Times: 2),
                "PREPARE DELETE items: DELETE FROM items WHERE id = ?", "DELETE items: DELETE FROM items WHERE id = ?", "DELETE items: DELETE FROM items WHERE id = ?");
            // modernc looks at a statement when it runs.
            string[] failed = driver == "modernc" ? ["PREPARE: SELEC ?", invalid] : [$"PREPARE failed with {SyntaxError(driver)}: SELEC ?"];
            await Do(new("prepared-exec", $"SELEC '{Secret}'"), failed);
        }
        else
        {
            string delete = $"DELETE FROM items WHERE name = '{Secret}'";
            await Do(new("batch", Statements: [delete, $"INSERT INTO items VALUES (5, '{Secret}')", "SELECT 1"]), "BATCH");
            await Do(new("batch", Statements: [delete]), "DELETE items: DELETE FROM items WHERE name = ?");
            await Do(new("batch", Statements: [$"SELEC '{Secret}'", delete]), $"BATCH failed with {SyntaxError(driver)}");
            await Do(new("batch", Statements: []));
            await Do(new("copy", "public.items", Args: [6]), "COPY items");
            await Do(new("copy", "missing", Args: [6]), "COPY missing failed with 42P01");
        }
        string update = "UPDATE items: UPDATE items SET id = ?";
        await Do(new("tx", "SELECT id FROM items", Statements: ["UPDATE items SET id = 3"]),
            Transaction(driver, "BEGIN"), update, "SELECT items: SELECT id FROM items", Transaction(driver, "COMMIT"));
        await Do(new("tx", Statements: ["UPDATE items SET id = 3"], End: "rollback"), Transaction(driver, "BEGIN"), update, Transaction(driver, "ROLLBACK"));
        await Do(new("tx", Statements: [$"SELEC '{Secret}'"]), Transaction(driver, "BEGIN"), invalid, Transaction(driver, "ROLLBACK"));

        await ShouldBeAsync(agent, expected);
        Assert.All(agent.Spans, s => Assert.Equal(SystemOf(driver), s.TextOf("db.system.name")));
        Assert.All(agent.Spans, s => Assert.Equal("client", s.Kind));
        if (driver is "mysql" || driver.StartsWith("pgx", StringComparison.Ordinal)) Assert.All(agent.Spans, s => AssertServer(s, database));
        await agent.StopAsync();
        Assert.DoesNotContain(agent.Output.Lines, l => l.Contains(Secret, StringComparison.Ordinal));
        await TextBytes.EqualFileAsync(client.Pid);
    }

    [AgentTheory, MemberData(nameof(Releases.Sql), MemberType = typeof(Releases))]
    public async Task Connection_LostDuringACall_EndsItsSpanAndTheNextOneIsItsOwn(Release release, string driver, Release needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        if (SystemOf(driver) == "sqlite") return; // has no connection that could be lost
        await using Database database = await Database.ForAsync(driver);
        await using CommandProcess client = await SqlTarget.StartAsync(release, driver, database);
        await using Agent agent = await AttachAsync(client);
        string suicide = driver == "mysql" ? "KILL CONNECTION_ID()" : "SELECT pg_terminate_backend(pg_backend_pid())";

        Assert.All(await client.DoAsync(new("exec", suicide)), r => Assert.NotNull(r.Error));
        if (driver.EndsWith("-conn", StringComparison.Ordinal))
        {
            Assert.All(await client.DoAsync(new("exec", "SELECT 1")), r => Assert.NotNull(r.Error));
        }
        else
        {
            if (!IsNative(driver)) Assert.All(await client.DoAsync(new("prepared-exec", suicide)), r => Assert.NotNull(r.Error));
            Assert.All(await client.DoAsync(new("tx", Statements: [suicide])), r => Assert.NotNull(r.Error));
            Assert.All(await client.DoAsync(new("query", "SELECT 1")), r => Assert.Null(r.Error));
        }

        bool IsLast(SpanRecord s) => s.TextOf("db.query.text") == "SELECT ?";
        await Eventually.TrueAsync(() => agent.Spans.Any(IsLast), Eventually.Soon, () => "the last statement gave no span\n" + agent.Log);
        await agent.StopAsync();
        SpanRecord last = Assert.Single(agent.Spans, IsLast);
        Assert.Equal(driver.EndsWith("-conn", StringComparison.Ordinal), last.StatusCode == "error");
        SpanRecord[] failed = [.. agent.Spans.Where(s => s.TextOf("db.query.text") == suicide && s.TextOf("db.operation.name") != "PREPARE")];
        Assert.NotEmpty(failed);
        Assert.All(failed, s => Assert.Equal("error", s.StatusCode));
        Assert.All(failed, s => Assert.NotNull(s.TextOf("error.type")));
    }

    [AgentTheory, MemberData(nameof(Releases.Sql), MemberType = typeof(Releases))]
    public async Task ManyGoroutines_OnFewConnections_GiveExactlyOneSpanACall(Release release, string driver, Release needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        if (driver.EndsWith("-conn", StringComparison.Ordinal)) return; // one connection, for one goroutine
        const int Calls = 2000;
        await using Database database = await Database.ForAsync(driver);
        await using CommandProcess client = await SqlTarget.StartAsync(release, driver, database, connections: 4);
        await using Agent agent = await AttachAsync(client);

        await client.DoAsync(new("query", "SELECT {i}", Count: Calls, Concurrency: 64));
        if (!IsNative(driver)) await client.DoAsync(new("prepared-query", "SELECT 'x{i}' AS p", Count: Calls, Concurrency: 64));

        Dictionary<string, int> expected = new() { ["SELECT: SELECT ?"] = Calls };
        if (!IsNative(driver)) (expected["PREPARE SELECT: SELECT ? AS p"], expected["SELECT: SELECT ? AS p"]) = (Calls, Calls);
        bool IsComplete() => agent.Spans.Select(Line).CountBy(l => l).ToDictionary() is var came && came.Count == expected.Count && expected.All(e => came.GetValueOrDefault(e.Key) == e.Value);
        await Eventually.TrueAsync(IsComplete, Eventually.Soon, () => $"{string.Join('\n', agent.Spans.CountBy(Line))}\n{agent.Log}");
        await agent.StopAsync();
        Assert.True(IsComplete(), string.Join('\n', agent.Spans.CountBy(Line)));
    }

    [AgentTheory, MemberData(nameof(Releases.Sql), MemberType = typeof(Releases))]
    public async Task LongStatements_OfEverySize_AreToldUpTo4096Bytes(Release release, string driver, Release needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        await using Database database = await Database.ForAsync(driver);
        await using CommandProcess client = await SqlTarget.StartAsync(release, driver, database);
        await using Agent agent = await AttachAsync(client);
        int[] lengths = [100, 256, 257, 1024, 1025, 4096, 4097, 20_000];

        foreach (int length in lengths) Assert.All(await client.DoAsync(new("query", Statement(length))), r => Assert.Null(r.Error));

        await ShouldBeAsync(agent, [.. lengths.Select(length => "SELECT: " + Statement(length)[..Math.Min(length, 4096)])]);
        await agent.StopAsync();
    }

    [AgentTheory, MemberData(nameof(Releases.Dbmate), MemberType = typeof(Releases))]
    public async Task Dbmate_AppliesAMigration_GivesASpanForEachStatement(Release release, string driver, Release needs)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(needs);
        await using Database database = await Database.ForAsync(driver);
        using TemporaryFolder folder = new();
        string executable = release.CopyTo(folder, "dbmate");
        // dbmate waits for somebody who writes the migration: time enough to attach.
        Directory.CreateDirectory(folder.File("migrations"));
        string migration = folder.File("migrations/20200101000000_item.sql");
        await ChildProcess.RunAsync("mkfifo", migration);
        await using Agent agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(executable)}$");
        await using ChildProcess dbmate = ChildProcess.Start(
            executable, ["--url", database.Url, "--migrations-dir", folder.File("migrations"), "--no-dump-schema", "up"]);
        await agent.AttachedAsync(dbmate.Pid);

        // It reads the file more than once, each time to its end: the next writer must come after that.
        string write = $"while echo \"-- migrate:up\nINSERT INTO schema_migrations (version) VALUES ('{Secret}');\n-- migrate:down\" > {migration}; do sleep 1; done";
        await using ChildProcess writer = ChildProcess.Start("sh", ["-c", write]);

        await Eventually.TrueAsync(() => agent.Spans.Any(s => s.Name == "COMMIT"), Eventually.Soon, () => $"no commit\n{agent.Output}\n{dbmate}");
        await agent.StopAsync();
        Assert.Contains(agent.Spans, s => s.TextOf("db.query.text") == "INSERT INTO schema_migrations (version) VALUES (?);");
        Assert.All(agent.Spans, s => Assert.Equal(SystemOf(driver), s.TextOf("db.system.name")));
        Assert.DoesNotContain(agent.Output.Lines, l => l.Contains(Secret, StringComparison.Ordinal));
    }

    private static async Task<Agent> AttachAsync(CommandProcess client)
    {
        string executable = new FileInfo($"/proc/{client.Pid.ToString(CultureInfo.InvariantCulture)}/exe").LinkTarget!;
        Agent agent = await Agent.StartAsync(o => o.ExecutableName = $"^{Regex.Escape(executable)}$");
        await agent.AttachedAsync(client.Pid);
        return agent;
    }

    private static async Task ShouldBeAsync(Agent agent, List<string> expected)
    {
        string[] Lines() => [.. agent.Spans.Select(Line)];
        await Eventually.TrueAsync(() => Lines().SequenceEqual(expected), Eventually.Soon,
            () => $"expected:\n{string.Join('\n', expected)}\ncame:\n{string.Join('\n', Lines())}\n{agent.Log}");
    }

    /// <summary>Name, error and text of a span.</summary>
    private static string Line(SpanRecord span)
    {
        string failed = span.StatusCode == "error" ? $" failed with {span.TextOf("error.type")}" : "";
        return span.TextOf("db.query.text") is { } text ? $"{span.Name}{failed}: {text}" : span.Name + failed;
    }

    private static void AssertServer(SpanRecord span, Database database)
    {
        Uri url = new(database.Url);
        Assert.Equal("127.0.0.1", span.TextOf("server.address"));
        Assert.Equal(url.Port, span.NumberOf("server.port"));
        Assert.Equal(url.Scheme == "mysql" ? "test" : "postgres", span.TextOf("db.namespace"));
    }

    /// <summary>A valid statement of so many bytes, without values.</summary>
    private static string Statement(int length)
    {
        const string Head = "SELECT NULL IN (NULL", Item = ",NULL", Tail = ") AS ";
        int rest = length - Head.Length - Tail.Length, alias = rest % Item.Length == 0 ? Item.Length : rest % Item.Length;
        return Head + string.Concat(Enumerable.Repeat(Item, (rest - alias) / Item.Length)) + Tail + new string('a', alias);
    }

    private static bool IsNative(string driver) => driver.Contains('-', StringComparison.Ordinal);

    private static string SystemOf(string driver) => driver switch { "mysql" => "mysql", "sqlite3" or "modernc" => "sqlite", _ => "postgresql" };

    private static string SyntaxError(string driver) => driver switch { "mysql" => "1064", "sqlite3" or "modernc" => "1", _ => "42601" };

    /// <summary>pgx's own interface sends these as statements.</summary>
    private static string Transaction(string driver, string name) => IsNative(driver) ? $"{name}: {name.ToLowerInvariant()}" : name;
}
