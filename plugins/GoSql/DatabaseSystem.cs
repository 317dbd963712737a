namespace Beyla.Plugins.GoSql;

/// <summary>What a driver tells about the database behind it.</summary>
internal static class DatabaseSystem
{
    /// <summary><c>db.system.name</c>. MariaDB speaks MySQL's protocol to the same driver: it is told as <c>mysql</c>.</summary>
    public static ReadOnlySpan<byte> NameOf(in SqlCallEvent call) => call.Driver switch
    {
        SqlDriver.Pq or SqlDriver.Pgx4 or SqlDriver.Pgx5 => "postgresql"u8,
        SqlDriver.MySql => "mysql"u8,
        SqlDriver.Sqlite3 or SqlDriver.Modernc => "sqlite"u8,
        SqlDriver.SqlServer => "microsoft.sql_server"u8,
        _ => "other_sql"u8,
    };

    public static SqlDialect DialectOf(in SqlCallEvent call) => call.Driver switch
    {
        SqlDriver.Pq or SqlDriver.Pgx4 or SqlDriver.Pgx5 => SqlDialect.PostgreSql,
        SqlDriver.MySql => SqlDialect.MySql,
        SqlDriver.Sqlite3 or SqlDriver.Modernc => SqlDialect.Sqlite,
        _ => SqlDialect.Unknown,
    };
}
