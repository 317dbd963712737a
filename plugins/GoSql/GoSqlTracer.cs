namespace Beyla.Plugins.GoSql;

/// <summary>
/// Client spans for SQL: of Go's <c>database/sql</c> with any driver (statements, prepared statements, transactions) and of pgx's own interface.
/// Each attempt is a span: <c>database/sql</c> tries up to three times when a connection turns out to be broken.
/// </summary>
public sealed class GoSqlTracer : ITracer, IUprobeSet, IConfigurableTracer
{
    private static readonly ProbeGroup Database = new("database");
    private static readonly ProbeGroup Pgx4 = new("pgx4");
    private static readonly ProbeGroup Pgx5 = new("pgx5");

    private readonly SqlCallSpan _span = new();

    /// <inheritdoc/>
    public string Name => "go-sql";

    /// <inheritdoc/>
    public BpfObjectSource Bpf => BpfObjectSource.EmbeddedIn<GoSqlTracer>("go_sql.bpf.o");

    /// <inheritdoc/>
    public IReadOnlyList<GoProbe> GoProbes { get; } =
    [
        // Ends of calls: a released connection, of the pool, of a transaction, of a reserved connection; and rows that take the connection over.
        Database.Entry("database/sql.(*driverConn).releaseConn-fm", "connection_released"),
        Database.Entry("database/sql.(*Tx).closemuRUnlockRelease-fm", "transaction_released", FailureMode.Ignore),
        Database.Entry("database/sql.(*Conn).closemuRUnlockCondReleaseConn-fm", "reserved_released", FailureMode.Ignore),
        Database.Entry("database/sql.(*Rows).initContextClose", "rows_begin", FailureMode.Ignore),
        // The linker drops what a program does not call: nothing is lost then.
        Database.Entry("database/sql.(*DB).queryDC", "query_begin", FailureMode.Ignore),
        Database.Entry("database/sql.(*DB).execDC", "exec_begin", FailureMode.Ignore),
        Database.Entry("database/sql.(*DB).prepareDC", "prepare_begin", FailureMode.Ignore),
        Database.Entry("database/sql.(*Stmt).connStmt", "prepared_begin", FailureMode.Ignore),
        Database.Entry("database/sql.(*DB).beginDC", "transaction_begin", FailureMode.Ignore),
        Database.Returns("database/sql.(*DB).beginDC", "transaction_begun", result: 0, FailureMode.Ignore),
        Database.Entry("database/sql.(*Tx).Commit", "commit_begin", FailureMode.Ignore),
        Database.Entry("database/sql.(*Tx).rollback", "rollback_begin", FailureMode.Ignore),

        Pgx4.Entry("github.com/jackc/pgx/v4.(*Conn).Query", "pgx4_begin", FailureMode.Ignore),
        Pgx4.Returns("github.com/jackc/pgx/v4.(*Conn).Query", "pgx4_query_end", result: 2, FailureMode.Ignore),
        Pgx4.Entry("github.com/jackc/pgx/v4.(*Conn).Exec", "pgx4_begin", FailureMode.Ignore),
        Pgx4.Returns("github.com/jackc/pgx/v4.(*Conn).Exec", "pgx4_exec_end", result: 3, FailureMode.Ignore),
        Pgx4.Entry("github.com/jackc/pgx/v4.(*Conn).SendBatch", "pgx4_batch_begin", FailureMode.Ignore),
        Pgx4.Returns("github.com/jackc/pgx/v4.(*batchResults).Close", "pgx4_batch_end", result: 0, FailureMode.Ignore),
        Pgx4.Entry("github.com/jackc/pgx/v4.(*Conn).CopyFrom", "pgx4_copy_begin", FailureMode.Ignore),
        Pgx4.Returns("github.com/jackc/pgx/v4.(*Conn).CopyFrom", "pgx4_copy_end", result: 1, FailureMode.Ignore),

        Pgx5.Entry("github.com/jackc/pgx/v5.(*Conn).Query", "pgx5_begin", FailureMode.Ignore),
        Pgx5.Returns("github.com/jackc/pgx/v5.(*Conn).Query", "pgx5_end", result: 2, FailureMode.Ignore),
        Pgx5.Entry("github.com/jackc/pgx/v5.(*Conn).Exec", "pgx5_begin", FailureMode.Ignore),
        Pgx5.Returns("github.com/jackc/pgx/v5.(*Conn).Exec", "pgx5_end", result: 2, FailureMode.Ignore),
        Pgx5.Entry("github.com/jackc/pgx/v5.(*Conn).SendBatch", "pgx5_batch_begin", FailureMode.Ignore),
        Pgx5.Returns("github.com/jackc/pgx/v5.(*batchResults).Close", "pgx5_batch_end", result: 0, FailureMode.Ignore),
        Pgx5.Returns("github.com/jackc/pgx/v5.(*pipelineBatchResults).Close", "pgx5_batch_end", result: 0, FailureMode.Ignore),
        Pgx5.Entry("github.com/jackc/pgx/v5.(*Conn).CopyFrom", "pgx5_copy_begin", FailureMode.Ignore),
        Pgx5.Returns("github.com/jackc/pgx/v5.(*Conn).CopyFrom", "pgx5_copy_end", result: 1, FailureMode.Ignore),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoField> GoFields { get; } =
    [
        // Dead fields are not dropped: whoever has the type has the field. A program without transactions has no Tx.
        Database.Field("database/sql", "driverConn", "ci", "driver_conn_ci"),
        Database.Field("database/sql", "Rows", "dc", "rows_dc", FailureMode.Ignore),
        Database.Field("database/sql", "Stmt", "query", "stmt_query", FailureMode.Ignore),
        Database.Field("database/sql", "Tx", "dc", "tx_dc", FailureMode.Ignore),
        Database.Field("database/sql", "Tx", "done", "tx_done", FailureMode.Ignore),
        Database.Field("database/sql", "Conn", "dc", "conn_dc", FailureMode.Ignore),

        Luxury("github.com/lib/pq", "Error", "Code", "pq_error_code"),
        Luxury("github.com/jackc/pgconn", "PgError", "Code", "pgconn4_error_code"),
        Luxury("github.com/jackc/pgx/v5/pgconn", "PgError", "Code", "pgconn5_error_code"),
        Luxury("github.com/go-sql-driver/mysql", "MySQLError", "Number", "mysql_error_number"),
        Luxury("github.com/mattn/go-sqlite3", "Error", "Code", "sqlite3_error_code"),
        Luxury("modernc.org/sqlite", "Error", "code", "modernc_error_code"),

        Luxury("github.com/jackc/pgx/v5/pgconn", "PrepareError", "err", "prepare5_error_err"),
        Luxury("github.com/jackc/pgx/v5", "ErrPreprocessingBatch", "err", "batch5_error_err"),
        Luxury("github.com/jackc/pgx/v5/pgconn", "errTimeout", "err", "timeout_error_err"),
        Luxury("github.com/jackc/pgconn", "errTimeout", "err", "timeout_error_err"),
        Luxury("fmt", "wrapError", "err", "wrapped_error_err"),

        Luxury("github.com/go-sql-driver/mysql", "mysqlConn", "cfg", "mysql_conn_cfg"),
        Luxury("github.com/go-sql-driver/mysql", "Config", "Addr", "mysql_config_addr"),
        Luxury("github.com/go-sql-driver/mysql", "Config", "DBName", "mysql_config_db_name"),
        // Since 1.11; before that the options are in a map.
        Luxury("github.com/lib/pq", "conn", "cfg", "pq_conn_cfg"),
        Luxury("github.com/lib/pq", "Config", "Host", "pq_config_host"),
        Luxury("github.com/lib/pq", "Config", "Port", "pq_config_port"),
        Luxury("github.com/lib/pq", "Config", "Database", "pq_config_database"),
        Luxury("github.com/jackc/pgx/v4/stdlib", "Conn", "conn", "pgx4_stdlib_conn"),
        Luxury("github.com/jackc/pgx/v4", "Conn", "config", "pgx4_conn_config"),
        Luxury("github.com/jackc/pgx/v4", "ConnConfig", "Config", "pgx4_config_config"),
        Luxury("github.com/jackc/pgconn", "Config", "Host", "pgx4_config_host"),
        Luxury("github.com/jackc/pgconn", "Config", "Port", "pgx4_config_port"),
        Luxury("github.com/jackc/pgconn", "Config", "Database", "pgx4_config_database"),
        Luxury("github.com/jackc/pgx/v5/stdlib", "Conn", "conn", "pgx5_stdlib_conn"),
        Luxury("github.com/jackc/pgx/v5", "Conn", "config", "pgx5_conn_config"),
        Luxury("github.com/jackc/pgx/v5", "ConnConfig", "Config", "pgx5_config_config"),
        Luxury("github.com/jackc/pgx/v5/pgconn", "Config", "Host", "pgx5_config_host"),
        Luxury("github.com/jackc/pgx/v5/pgconn", "Config", "Port", "pgx5_config_port"),
        Luxury("github.com/jackc/pgx/v5/pgconn", "Config", "Database", "pgx5_config_database"),

        Luxury("github.com/jackc/pgx/v4", "Batch", "items", "pgx4_batch_queued"),
        Luxury("github.com/jackc/pgx/v4", "batchItem", "query", "pgx4_queued_sql"),
        Luxury("github.com/jackc/pgx/v5", "Batch", "QueuedQueries", "pgx5_batch_queued"),
        Luxury("github.com/jackc/pgx/v5", "Batch", "queuedQueries", "pgx5_batch_queued"),
        Luxury("github.com/jackc/pgx/v5", "QueuedQuery", "SQL", "pgx5_queued_sql"),
        Luxury("github.com/jackc/pgx/v5", "QueuedQuery", "query", "pgx5_queued_sql"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<GoItab> GoItabs { get; } =
    [
        Driver("*github.com/lib/pq.conn", "itab_pq"),
        Driver("*github.com/go-sql-driver/mysql.mysqlConn", "itab_mysql"),
        Driver("*github.com/mattn/go-sqlite3.SQLiteConn", "itab_sqlite3"),
        Driver("*modernc.org/sqlite.conn", "itab_modernc"),
        Driver("*github.com/jackc/pgx/v4/stdlib.Conn", "itab_pgx4"),
        Driver("*github.com/jackc/pgx/v5/stdlib.Conn", "itab_pgx5"),
        Driver("*github.com/microsoft/go-mssqldb.Conn", "itab_mssql"),

        Error("*github.com/lib/pq.Error", "itab_error_pq"),
        Error("*github.com/jackc/pgconn.PgError", "itab_error_pgconn4"),
        Error("*github.com/jackc/pgx/v5/pgconn.PgError", "itab_error_pgconn5"),
        Error("*github.com/go-sql-driver/mysql.MySQLError", "itab_error_mysql"),
        Error("github.com/mattn/go-sqlite3.Error", "itab_error_sqlite3"),
        Error("*modernc.org/sqlite.Error", "itab_error_modernc"),
        Error("*errors.errorString", "itab_error_string"),
        Error("context.deadlineExceededError", "itab_error_deadline"),
        Error("*net.OpError", "itab_error_net"),
        Error("*github.com/jackc/pgx/v5/pgconn.PrepareError", "itab_error_prepare5"),
        Error("github.com/jackc/pgx/v5.ErrPreprocessingBatch", "itab_error_batch5"),
        Error("*github.com/jackc/pgx/v5/pgconn.errTimeout", "itab_error_timeout"),
        Error("*github.com/jackc/pgconn.errTimeout", "itab_error_timeout"),
        Error("*fmt.wrapError", "itab_error_wrapped"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<LibraryProbe> LibraryProbes => [];

    /// <inheritdoc/>
    public IReadOnlyList<TracerSetting> Settings { get; } =
    [
        new("query_text", TracerSettingType.Text, "sanitized",
            "Statements in spans: sanitized (literals become ?), raw (as the program wrote them), or off."),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BpfVariable> BpfVariables => [];

    /// <inheritdoc/>
    public void Configure(ITracerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _span.Text = settings.Text("query_text") switch
        {
            "sanitized" => QueryText.Sanitized,
            "raw" => QueryText.Raw,
            "off" => QueryText.Off,
            string other => throw new FormatException($"query_text is '{other}'; it can be sanitized, raw or off"),
        };
    }

    /// <inheritdoc/>
    public void Decode(in BpfEvent e, ISpanWriter spans)
    {
        if (e.Header.Kind == SqlCallEvent.Kind) _span.Write(e, spans);
        else spans.Drop("unknown-kind");
    }

    private static GoField Luxury(string package, string type, string field, string slot) => new(package, type, field, slot, FailureMode.Ignore);

    private static GoItab Driver(string concrete, string slot) => new(concrete, "database/sql/driver.Conn", slot, FailureMode.Ignore);

    private static GoItab Error(string concrete, string slot) => new(concrete, "error", slot, FailureMode.Ignore);
}
