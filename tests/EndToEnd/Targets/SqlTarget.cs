namespace EndToEnd.Targets;

/// <summary>Starts tests/targets/sql: a client of databases by every Go driver that Debian ships.</summary>
internal static class SqlTarget
{
    /// <summary>Starts a client, a copy of the executable, and waits until it is connected.</summary>
    /// <param name="release">The build.</param>
    /// <param name="driver">pq, mysql, pgx4, pgx4-conn, pgx4-pool, pgx5, pgx5-conn, pgx5-pool, sqlite3 or modernc, as far as the build has it.</param>
    /// <param name="database">The database.</param>
    /// <param name="connections">Connections that may be open at a time.</param>
    public static Task<CommandProcess> StartAsync(Release release, string driver, Database database, int connections = 1) =>
        CommandProcess.StartCopyAsync(release, "-connections", TargetProcess.Text(connections), driver, database.SourceFor(driver));

    /// <summary>Does something with the database and returns what came of it.</summary>
    public static Task<SqlResult[]> DoAsync(this CommandProcess client, SqlActions actions) => client.AskAsync<SqlResult[]>(actions);
}

/// <summary>A number of equal actions.</summary>
/// <param name="Do">query, row, exec, prepared-query, prepared-exec or tx; by pgx's own interface also batch and copy.</param>
/// <param name="Sql">The statement; "{i}" in it becomes the number of the action, from 0. In a tx: a query after the statements. Of a copy: the table.</param>
/// <param name="Args">Its arguments. Of a copy: the id of its row.</param>
/// <param name="Statements">What a transaction executes, or a batch.</param>
/// <param name="End">How a transaction ends: commit (when null) or rollback.</param>
/// <param name="Times">How often a prepared statement runs.</param>
/// <param name="Count">How many actions.</param>
/// <param name="Concurrency">How many of them at a time.</param>
/// <param name="TimeoutMs">Deadline of each, in ms; 0: none.</param>
internal sealed record SqlActions(
    string Do, string? Sql = null, IReadOnlyList<object>? Args = null, IReadOnlyList<string>? Statements = null, string? End = null, int Times = 1, int Count = 1,
    int Concurrency = 1, int TimeoutMs = 0);

/// <summary>An action as the program saw it.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="Affected">Rows changed.</param>
/// <param name="Error">What went wrong; null: nothing.</param>
internal sealed record SqlResult(int Rows, long Affected, string? Error);
