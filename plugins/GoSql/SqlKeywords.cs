namespace Beyla.Plugins.GoSql;

/// <summary>The keywords by what they mean to a summary.</summary>
internal static class SqlKeywords
{
    public static readonly string[] Dml = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];
    public static readonly string[] Ddl = ["CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT"];
    public static readonly string[] Objects =
        ["TABLE", "INDEX", "VIEW", "DATABASE", "SCHEMA", "SEQUENCE", "FUNCTION", "PROCEDURE", "TRIGGER", "TYPE", "EXTENSION", "USER", "ROLE"];
    /// <summary>With a name behind them that is worth telling.</summary>
    public static readonly string[] Named = ["COPY", "VACUUM", "ANALYZE", "CALL", "EXEC", "EXECUTE", "REINDEX", "DEALLOCATE", "USE"];
    private static readonly string[] NamesTable = ["TABLE", "VIEW", "TRUNCATE", "COPY", "VACUUM", "ANALYZE"];
    public static readonly string[] Plain =
    [
        "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "RESET", "SHOW", "GRANT", "REVOKE", "PREPARE", "LISTEN", "NOTIFY", "UNLISTEN",
        "DISCARD", "LOCK", "UNLOCK", "PRAGMA", "ATTACH", "DETACH", "DECLARE", "FETCH", "CLOSE", "CHECKPOINT", "DO", "VALUES", "KILL", "FLUSH", "OPTIMIZE",
        "REFRESH", "DESCRIBE", "DESC", "END", "ABORT", "LOAD", "HANDLER", "IMPORT", "RENAME", "REASSIGN", "CLUSTER",
    ];
    /// <summary>Between an operation and its table.</summary>
    public static readonly string[] Fillers =
    [
        "ONLY", "IF", "NOT", "EXISTS", "LATERAL", "IGNORE", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK", "CONCURRENTLY", "INTO", "FROM", "TABLE", "OR",
        "ABORT", "FAIL", "ROLLBACK", "REPLACE", "FULL", "VERBOSE", "ANALYZE", "TEMPORARY", "TEMP",
    ];
    public static readonly string[] EndsTables =
        ["WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "SET", "VALUES", "ON", "USING", "RETURNING", "FOR", "WINDOW", "FETCH"];
    public static readonly string[] Explaining = ["EXPLAIN", "ANALYZE", "VERBOSE"];

    /// <summary>Whether what is named behind this keyword is a table.</summary>
    public static bool IsTable(string keyword) => Array.IndexOf(NamesTable, keyword) >= 0;
}
