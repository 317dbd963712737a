namespace Beyla.Plugins.GoSql;

/// <summary>How a server reads what is quoted. Where two readings are possible the lexer takes the one that shows less.</summary>
internal enum SqlDialect
{
    /// <summary>Not known: a driver behind a wrapper.</summary>
    Unknown,

    /// <summary>Names in double quotes; <c>\</c> escapes only in E''; dollar quotes; nested comments (standard_conforming_strings is on).</summary>
    PostgreSql,

    /// <summary>Names in backticks, texts also in double quotes; <c>\</c> escapes; <c>#</c> comments (sql_mode without ANSI_QUOTES and NO_BACKSLASH_ESCAPES).</summary>
    MySql,

    /// <summary>Names in double quotes, backticks or brackets; texts also in double quotes where there is no such name.</summary>
    Sqlite,
}
