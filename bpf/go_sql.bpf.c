/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * SQL of Go programs: one event per statement, transaction begin, commit and rollback, of database/sql and of pgx's own interface.
 *
 * In database/sql the functions that do the work (queryDC ...) end in RETs that the kernel must single-step, but before that they call what they
 * were given to release the connection, or hand the connection over to the rows: those functions' entries are cheap, and they have connection
 * and error. So a call begins at the worker's entry and ends at the first of them that is about the same connection:
 *
 *	queryDC, Stmt.QueryContext        Rows.initContextClose, or release(err)
 *	execDC, prepareDC, Stmt.Exec...   release(err)
 *	Tx.Commit, Tx.rollback            release(err)
 *	beginDC                           its return, or release(err)
 *
 * release is one of three method values, which say whose connection it is. They also run when rows are closed: nothing is in flight then.
 */

/* Filled by the host from GoSqlTracer's tables. */
enum slot {
	SLOT_DRIVER_CONN_CI,
	SLOT_ROWS_DC,
	SLOT_STMT_QUERY,
	SLOT_TX_DC,
	SLOT_TX_DONE,
	SLOT_CONN_DC,
	/* what is behind driverConn.ci: as driver.Conn */
	SLOT_ITAB_PQ,
	SLOT_ITAB_MYSQL,
	SLOT_ITAB_SQLITE3,
	SLOT_ITAB_MODERNC,
	SLOT_ITAB_PGX4,
	SLOT_ITAB_PGX5,
	SLOT_ITAB_MSSQL,
	/* errors that tell more than that there was one: as error */
	SLOT_ITAB_ERROR_PQ,
	SLOT_ITAB_ERROR_PGCONN4,
	SLOT_ITAB_ERROR_PGCONN5,
	SLOT_ITAB_ERROR_MYSQL,
	SLOT_ITAB_ERROR_SQLITE3,
	SLOT_ITAB_ERROR_MODERNC,
	SLOT_ITAB_ERROR_STRING,
	SLOT_ITAB_ERROR_DEADLINE,
	SLOT_ITAB_ERROR_NET,
	SLOT_ITAB_ERROR_PREPARE5, /* wraps what Prepare failed with */
	SLOT_ITAB_ERROR_TIMEOUT,  /* pgx: wraps the context's error */
	SLOT_ITAB_ERROR_WRAPPED,  /* fmt.Errorf("... %w") */
	SLOT_PQ_ERROR_CODE,
	SLOT_PGCONN4_ERROR_CODE,
	SLOT_PGCONN5_ERROR_CODE,
	SLOT_MYSQL_ERROR_NUMBER,
	SLOT_SQLITE3_ERROR_CODE,
	SLOT_MODERNC_ERROR_CODE,
	SLOT_PREPARE5_ERROR_ERR,
	SLOT_TIMEOUT_ERROR_ERR,
	SLOT_WRAPPED_ERROR_ERR,
	/* where the server is */
	SLOT_MYSQL_CONN_CFG,
	SLOT_MYSQL_CONFIG_ADDR,
	SLOT_MYSQL_CONFIG_DB_NAME,
	SLOT_PQ_CONN_CFG,
	SLOT_PQ_CONFIG_HOST,
	SLOT_PQ_CONFIG_PORT,
	SLOT_PQ_CONFIG_DATABASE,
	SLOT_PGX4_STDLIB_CONN,
	SLOT_PGX4_CONN_CONFIG,
	SLOT_PGX4_CONFIG_CONFIG,
	SLOT_PGX4_CONFIG_HOST,
	SLOT_PGX4_CONFIG_PORT,
	SLOT_PGX4_CONFIG_DATABASE,
	SLOT_PGX5_STDLIB_CONN,
	SLOT_PGX5_CONN_CONFIG,
	SLOT_PGX5_CONFIG_CONFIG,
	SLOT_PGX5_CONFIG_HOST,
	SLOT_PGX5_CONFIG_PORT,
	SLOT_PGX5_CONFIG_DATABASE,
	SLOTS,
};
#include <beyla/trace.h>

enum { SQL_CALL = 1 }; /* event_header.kind */

/* What was called. Matches SqlCallKind. */
enum sql_kind {
	SQL_STATEMENT = 1, /* queryDC, execDC */
	SQL_PREPARED,      /* a run of a prepared statement */
	SQL_PREPARE,
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_PGX4, /* pgx's own Query and Exec */
	SQL_PGX5,
};

/* Matches SqlDriver. */
enum sql_driver { DRIVER_UNKNOWN, DRIVER_PQ, DRIVER_MYSQL, DRIVER_SQLITE3, DRIVER_MODERNC, DRIVER_PGX4, DRIVER_PGX5, DRIVER_MSSQL };

/* Matches SqlErrorKind. */
enum sql_error {
	ERROR_NONE,
	ERROR_OTHER,
	ERROR_CODE,     /* error_text is the server's code */
	ERROR_NUMBER,   /* error_number is the server's code */
	ERROR_MESSAGE,  /* error_text is the text of an errors.errorString: one of the few constants that tell a class, or anything else */
	ERROR_DEADLINE, /* context.DeadlineExceeded */
	ERROR_NETWORK,  /* net.OpError */
};

enum { TEXT_SMALL = 256, TEXT_MEDIUM = 1024, TEXT_LARGE = 4096, ERROR_TEXT_MAX = 41, ADDRESS_MAX = 79, DATABASE_MAX = 63 };

/*
 * One call. Matches SqlCallEvent in SqlCallEvent.cs field by field (checked at load). The text may go on behind the struct: records come in
 * three sizes, so that short statements stay cheap.
 */
struct sql_call_event {
	struct event_header header;
	u64 text_length; /* of the statement; what was copied is text_copied */
	u32 error_number;
	u16 text_copied;
	u16 port;        /* 0: not known, or part of the address */
	u8 call;         /* enum sql_kind */
	u8 driver;       /* enum sql_driver */
	u8 error;        /* enum sql_error */
	u8 error_length;
	u8 address_length;
	u8 database_length;
	char error_text[ERROR_TEXT_MAX + 1];
	char address[ADDRESS_MAX + 1];
	char database[DATABASE_MAX + 1];
	char text[TEXT_SMALL];
};
EVENT_STRUCT(sql_call_event);

/* A call in flight on a goroutine. */
struct sql_call {
	u64 start;       /* ns */
	u64 connection;  /* *sql.driverConn, or pgx's *Conn; 0: a prepared statement that looks for one */
	u64 depth;       /* prepared statements: go_stack_depth() */
	u64 text;
	u64 text_length;
	struct span_ids ids;
	u32 kind;
	u32 discards;    /* a rollback that reports a bad connection only to get rid of it */
	char head[TEXT_SMALL]; /* the text's first bytes, read when it was certainly alive */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct execution);
	__type(value, struct sql_call);
} sql_calls SEC(".maps");

static const struct sql_call no_call;

/* ---- begin ---- */

/*
 * Notes the call that begins on a goroutine. One that is noted already never ended (a panic, no connection), or this is the same one after its
 * stack grew: it makes room. Cost: three user reads (two without a text), a map update and two lookups.
 */
static __noinline int call_begin(const struct pt_regs *ctx, struct attachment *a, u32 kind, u64 connection, struct go_string *text)
{
	struct execution key;
	struct span_ids ids;
	if (!a || !text || !go_execution(ctx, a, &key))
		return 0;
	u64 now = bpf_ktime_get_ns();
	trace_parent(ctx, a, &key, &ids);
	bpf_map_update_elem(&sql_calls, &key, &no_call, BPF_ANY);
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (!call) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	call->start = now;
	call->kind = kind;
	call->connection = connection;
	call->ids = ids;
	call->text = text->data;
	call->text_length = text->length;
	u64 length = text->length > TEXT_SMALL ? TEXT_SMALL : text->length;
	asm volatile("" : "+r"(length)); /* the verifier must see the very register that is compared next */
	if (length && length <= TEXT_SMALL && bpf_probe_read_user(call->head, length, (void *)text->data)) {
		call->text_length = 0;
		count(COUNT_TRUNCATED);
	}
	if (kind == SQL_PREPARED)
		call->depth = go_stack_depth(ctx);
	return 0;
}

/* func (db *DB) queryDC(ctx, txctx context.Context, dc *driverConn, releaseConn func(error), query string, args []any) (*Rows, error) */
enum { QUERY_DC = 5, QUERY_TEXT = 7 };

SEC("uprobe")
int query_begin(struct pt_regs *ctx)
{
	struct go_string text = { go_arg(ctx, QUERY_TEXT), go_arg(ctx, QUERY_TEXT + 1) };
	return call_begin(ctx, attachment_of(bpf_get_attach_cookie(ctx)), SQL_STATEMENT, go_arg(ctx, QUERY_DC), &text);
}

/* func (db *DB) execDC(ctx context.Context, dc *driverConn, release func(error), query string, args []any) (res Result, err error) */
enum { EXEC_DC = 3, EXEC_TEXT = 5 };

SEC("uprobe")
int exec_begin(struct pt_regs *ctx)
{
	struct go_string text = { go_arg(ctx, EXEC_TEXT), go_arg(ctx, EXEC_TEXT + 1) };
	return call_begin(ctx, attachment_of(bpf_get_attach_cookie(ctx)), SQL_STATEMENT, go_arg(ctx, EXEC_DC), &text);
}

/* func (db *DB) prepareDC(ctx context.Context, dc *driverConn, release func(error), cg stmtConnGrabber, query string) (*Stmt, error) */
enum { PREPARE_DC = 3, PREPARE_TEXT = 7 };

SEC("uprobe")
int prepare_begin(struct pt_regs *ctx)
{
	struct go_string text = { go_arg(ctx, PREPARE_TEXT), go_arg(ctx, PREPARE_TEXT + 1) };
	return call_begin(ctx, attachment_of(bpf_get_attach_cookie(ctx)), SQL_PREPARE, go_arg(ctx, PREPARE_DC), &text);
}

/*
 * func (s *Stmt) connStmt(ctx context.Context, strategy connReuseStrategy) (dc *driverConn, releaseConn func(error), ds *driverStmt, err error):
 * the first thing that each attempt of Stmt.QueryContext and Stmt.ExecContext does, with the text at hand. What ends the attempt is called from
 * the same frame.
 */
enum { CONN_STMT_S = 0 };

SEC("uprobe")
int prepared_begin(struct pt_regs *ctx)
{
	struct go_string text = {};
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	bpf_probe_read_user(&text, sizeof(text), (void *)(go_arg(ctx, CONN_STMT_S) + a->slots[SLOT_STMT_QUERY]));
	return call_begin(ctx, a, SQL_PREPARED, 0, &text);
}

/* func (db *DB) beginDC(ctx context.Context, dc *driverConn, release func(error), opts *TxOptions) (tx *Tx, err error) */
enum { BEGIN_DC = 3 };

SEC("uprobe")
int transaction_begin(struct pt_regs *ctx)
{
	struct go_string none = {};
	return call_begin(ctx, attachment_of(bpf_get_attach_cookie(ctx)), SQL_BEGIN, go_arg(ctx, BEGIN_DC), &none);
}

/* Commit or rollback, unless the transaction is over already: then the database is not asked. */
static __always_inline int transaction_end_begin(struct pt_regs *ctx, u32 kind, u64 tx)
{
	struct go_string none = {};
	u32 done = 0;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || bpf_probe_read_user(&done, sizeof(done), (void *)(tx + a->slots[SLOT_TX_DONE])) || done)
		return 0;
	u64 connection = go_read_word(tx + a->slots[SLOT_TX_DC]);
	return connection ? call_begin(ctx, a, kind, connection, &none) : 0;
}

/* func (tx *Tx) Commit() error */
enum { COMMIT_TX = 0 };

SEC("uprobe")
int commit_begin(struct pt_regs *ctx)
{
	return transaction_end_begin(ctx, SQL_COMMIT, go_arg(ctx, COMMIT_TX));
}

/* func (tx *Tx) rollback(discardConn bool) error: of Tx.Rollback, and of the goroutine that waits for the context's end */
enum { ROLLBACK_TX = 0, ROLLBACK_DISCARD = 1 };

SEC("uprobe")
int rollback_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	transaction_end_begin(ctx, SQL_ROLLBACK, go_arg(ctx, ROLLBACK_TX));
	if (!(go_arg(ctx, ROLLBACK_DISCARD) & 1) || !a || !go_execution(ctx, a, &key))
		return 0;
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (call && call->kind == SQL_ROLLBACK)
		call->discards = 1;
	return 0;
}

/* ---- end ---- */

static __always_inline u8 driver_of(const struct attachment *a, u64 itab)
{
	for (u32 i = 0; i <= SLOT_ITAB_MSSQL - SLOT_ITAB_PQ; i++)
		if (itab == a->slots[SLOT_ITAB_PQ + i])
			return DRIVER_PQ + i;
	return DRIVER_UNKNOWN;
}
_Static_assert(SLOT_ITAB_MSSQL - SLOT_ITAB_PQ == DRIVER_MSSQL - DRIVER_PQ, "itabs and drivers are in the same order");

/* Which fields hold a driver's idea of where its server is. */
struct config_slots {
	enum slot host, port, database;
};

/* Address, port and database from a configuration struct of Go. Cost: three user reads. */
static __always_inline void copy_server(struct sql_call_event *event, const struct attachment *a, u64 config, struct config_slots slots)
{
	struct go_window window;
	if (!slot_present(a, slots.host) || !go_window_read(&window, config, 128))
		return;
	event->port = slots.port == SLOTS ? 0 : go_window_word(&window, a->slots[slots.port] & ~7ULL) >> (a->slots[slots.port] & 7) * 8;
	event->address_length = go_copy(event->address, go_window_string(&window, a->slots[slots.host]), ADDRESS_MAX);
	event->database_length = go_copy(event->database, go_window_string(&window, a->slots[slots.database]), DATABASE_MAX);
}

__noinline int server_of_mysql(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_MYSQL_CONN_CFG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_MYSQL_CONN_CFG]),
			    (struct config_slots){ SLOT_MYSQL_CONFIG_ADDR, SLOTS, SLOT_MYSQL_CONFIG_DB_NAME });
	return 0;
}

__noinline int server_of_pq(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PQ_CONN_CFG))
		copy_server(event, a, conn + a->slots[SLOT_PQ_CONN_CFG],
			    (struct config_slots){ SLOT_PQ_CONFIG_HOST, SLOT_PQ_CONFIG_PORT, SLOT_PQ_CONFIG_DATABASE });
	return 0;
}

/* conn is pgx's own *Conn */
__noinline int server_of_pgx4(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PGX4_CONN_CONFIG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_PGX4_CONN_CONFIG]) + a->slots[SLOT_PGX4_CONFIG_CONFIG],
			    (struct config_slots){ SLOT_PGX4_CONFIG_HOST, SLOT_PGX4_CONFIG_PORT, SLOT_PGX4_CONFIG_DATABASE });
	return 0;
}

__noinline int server_of_pgx5(struct sql_call_event *event, const struct attachment *a, u64 conn)
{
	if (event && a && slot_present(a, SLOT_PGX5_CONN_CONFIG))
		copy_server(event, a, go_read_word(conn + a->slots[SLOT_PGX5_CONN_CONFIG]) + a->slots[SLOT_PGX5_CONFIG_CONFIG],
			    (struct config_slots){ SLOT_PGX5_CONFIG_HOST, SLOT_PGX5_CONFIG_PORT, SLOT_PGX5_CONFIG_DATABASE });
	return 0;
}

/* Driver and server of a connection. Cost: up to seven user reads. */
static __always_inline void describe_connection(struct sql_call_event *event, const struct attachment *a, u32 kind, u64 connection)
{
	u64 ci[2] = {}; /* driver.Conn: itab, data */
	if (kind == SQL_PGX4) {
		event->driver = DRIVER_PGX4;
		server_of_pgx4(event, a, connection);
		return;
	}
	if (kind == SQL_PGX5) {
		event->driver = DRIVER_PGX5;
		server_of_pgx5(event, a, connection);
		return;
	}
	bpf_probe_read_user(ci, sizeof(ci), (void *)(connection + a->slots[SLOT_DRIVER_CONN_CI]));
	event->driver = driver_of(a, ci[0]);
	switch (event->driver) {
	case DRIVER_MYSQL: server_of_mysql(event, a, ci[1]); break;
	case DRIVER_PQ: server_of_pq(event, a, ci[1]); break;
	case DRIVER_PGX4: server_of_pgx4(event, a, go_read_word(ci[1] + a->slots[SLOT_PGX4_STDLIB_CONN])); break;
	case DRIVER_PGX5: server_of_pgx5(event, a, go_read_word(ci[1] + a->slots[SLOT_PGX5_STDLIB_CONN])); break;
	}
}

struct go_error {
	u64 itab, data;
};

static __always_inline void copy_error_text(struct sql_call_event *event, u8 kind, u64 address)
{
	struct go_string text = {};
	bpf_probe_read_user(&text, sizeof(text), (void *)address);
	event->error = kind;
	event->error_length = go_copy(event->error_text, text, ERROR_TEXT_MAX);
}

static __always_inline void copy_error_number(struct sql_call_event *event, u64 address, u32 size)
{
	event->error = ERROR_NUMBER;
	bpf_probe_read_user(&event->error_number, size, (void *)address);
}

/* Steps into an error that another one wraps. Cost: nothing for other errors, else one user read. */
static __always_inline void unwrap(const struct attachment *a, struct go_error *error)
{
	enum slot field;
	if (error->itab == a->slots[SLOT_ITAB_ERROR_PREPARE5])
		field = SLOT_PREPARE5_ERROR_ERR;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_TIMEOUT])
		field = SLOT_TIMEOUT_ERROR_ERR;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_WRAPPED])
		field = SLOT_WRAPPED_ERROR_ERR;
	else
		return;
	struct go_error inner = {};
	bpf_probe_read_user(&inner, sizeof(inner), (void *)(error->data + a->slots[field]));
	if (inner.itab)
		*error = inner;
}

/* What the error tells. Cost: nothing without one, at most four user reads. */
__noinline int describe_error(struct sql_call_event *event, const struct attachment *a, struct go_error *error)
{
	if (!event || !a || !error || !error->itab)
		return 0;
	event->error = ERROR_OTHER;
	unwrap(a, error);
	unwrap(a, error);
	if (error->itab == a->slots[SLOT_ITAB_ERROR_PQ])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PQ_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_PGCONN4])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PGCONN4_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_PGCONN5])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PGCONN5_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_MYSQL])
		copy_error_number(event, error->data + a->slots[SLOT_MYSQL_ERROR_NUMBER], sizeof(u16));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_SQLITE3])
		copy_error_number(event, error->data + a->slots[SLOT_SQLITE3_ERROR_CODE], sizeof(u32));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_MODERNC])
		copy_error_number(event, error->data + a->slots[SLOT_MODERNC_ERROR_CODE], sizeof(u32));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_STRING])
		copy_error_text(event, ERROR_MESSAGE, error->data);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_DEADLINE])
		event->error = ERROR_DEADLINE;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_NET])
		event->error = ERROR_NETWORK;
	return 0;
}

/*
 * A text longer than what was read at the call's begin, up to max bytes (a constant). The program may have let go of it since: it counts only when
 * its head is still the same. Cost: one user read.
 */
static __always_inline void copy_long_text(struct sql_call_event *event, const struct sql_call *call, u32 max)
{
	u64 length = call->text_length > max ? max : call->text_length;
	asm volatile("" : "+r"(length));
	if (length <= TEXT_SMALL || length > max || bpf_probe_read_user(event->text, length, (void *)call->text))
		length = 0;
	u64 different = 0; /* no branch in the loop: the verifier would follow both ways of each word */
	for (int i = 0; i < TEXT_SMALL / 8; i++)
		different |= ((const u64 *)event->text)[i] ^ ((const u64 *)call->head)[i];
	if (length && !different) {
		event->text_copied = length;
		return;
	}
	__builtin_memcpy(event->text, call->head, TEXT_SMALL);
	event->text_copied = TEXT_SMALL;
	count(COUNT_TRUNCATED);
}
_Static_assert(__builtin_offsetof(struct sql_call_event, text) % 8 == 0, "text is compared by words");

/* Everything but the text. */
static __always_inline void describe_call(struct sql_call_event *event, const struct attachment *a, const struct execution *key,
					  const struct sql_call *call, u64 connection, struct go_error *error)
{
	event_fill(&event->header, SQL_CALL, key->process, key->id, call->start, bpf_ktime_get_ns());
	event_ids(&event->header, &call->ids);
	event->text_length = call->text_length;
	event->error_number = 0;
	event->port = 0;
	event->call = call->kind;
	event->error = ERROR_NONE;
	event->error_length = 0;
	event->address_length = 0;
	event->database_length = 0;
	describe_connection(event, a, call->kind, connection);
	describe_error(event, a, error);
}

/* Ends the call in flight. Cost: a ring record, a map delete, and the user reads of its parts. */
static __noinline int call_end(const struct attachment *a, const struct execution *key, struct sql_call *call, u64 connection,
			       struct go_error *error)
{
	struct sql_call_event *event;
	if (!a || !key || !call || !error)
		return 0;
	if (call->text_length <= TEXT_SMALL) {
		event = event_reserve_bytes(sizeof(*event));
		if (!event)
			goto done;
		__builtin_memcpy(event->text, call->head, TEXT_SMALL);
		event->text_copied = call->text_length;
	} else if (call->text_length <= TEXT_MEDIUM) {
		event = event_reserve_bytes(sizeof(*event) + TEXT_MEDIUM - TEXT_SMALL);
		if (!event)
			goto done;
		copy_long_text(event, call, TEXT_MEDIUM);
	} else {
		event = event_reserve_bytes(sizeof(*event) + TEXT_LARGE - TEXT_SMALL);
		if (!event)
			goto done;
		copy_long_text(event, call, TEXT_LARGE);
	}
	describe_call(event, a, key, call, connection, error);
	event_submit(event);
done:
	bpf_map_delete_elem(&sql_calls, key);
	return 0;
}

/* Ends what is in flight on the goroutine if it is about this connection; a prepared statement, if the same frame called for its connection. */
static __always_inline int database_call_end(const struct pt_regs *ctx, const struct attachment *a, const struct execution *key,
					     struct sql_call *call, u64 connection, struct go_error error)
{
	if (call->kind >= SQL_PGX4 || !connection)
		return 0;
	if (call->connection ? call->connection != connection : call->depth != go_stack_depth(ctx))
		return 0;
	if (call->discards)
		error.itab = 0;
	return call_end(a, key, call, connection, &error);
}

/* A method value with the signature func(error), made of a method of the connection's holder. */
enum { RELEASE_ERR_ITAB = 0, RELEASE_ERR_DATA = 1 };

/* holder_connection: slot of the holder's field with the *driverConn; SLOTS: the holder is the connection. Cost without a call: one user read, one lookup. */
static __always_inline int released(struct pt_regs *ctx, enum slot holder_connection)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &key))
		return 0;
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (!call)
		return 0;
	u64 connection = go_read_word(go_closure(ctx) + sizeof(u64));
	if (holder_connection != SLOTS)
		connection = go_read_word(connection + a->slots[holder_connection]);
	struct go_error error = { go_arg(ctx, RELEASE_ERR_ITAB), go_arg(ctx, RELEASE_ERR_DATA) };
	return database_call_end(ctx, a, &key, call, connection, error);
}

/* func (dc *driverConn) releaseConn(err error) */
SEC("uprobe")
int connection_released(struct pt_regs *ctx)
{
	return released(ctx, SLOTS);
}

/* func (tx *Tx) closemuRUnlockRelease(error) */
SEC("uprobe")
int transaction_released(struct pt_regs *ctx)
{
	return released(ctx, SLOT_TX_DC);
}

/* func (c *Conn) closemuRUnlockCondReleaseConn(err error) */
SEC("uprobe")
int reserved_released(struct pt_regs *ctx)
{
	return released(ctx, SLOT_CONN_DC);
}

/* func (rs *Rows) initContextClose(ctx, txctx context.Context): last thing in a query that succeeded */
enum { ROWS_RS = 0 };

SEC("uprobe")
int rows_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &key))
		return 0;
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (!call) {
		count(COUNT_HALF_SEEN);
		return 0;
	}
	return database_call_end(ctx, a, &key, call, go_read_word(go_arg(ctx, ROWS_RS) + a->slots[SLOT_ROWS_DC]), (struct go_error){});
}

/* beginDC's result is a *Tx; without one, release(err) has told the end already. */
SEC("uprobe")
int transaction_begun(struct pt_regs *ctx)
{
	struct execution key;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = attachment_of(cookie);
	if (!a || !go_result(ctx, cookie) || !go_execution(ctx, a, &key))
		return 0;
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (!call || call->kind != SQL_BEGIN) {
		count(COUNT_HALF_SEEN);
		return 0;
	}
	struct go_error none = {};
	return call_end(a, &key, call, call->connection, &none);
}

/* ---- pgx ---- */

/*
 * func (c *Conn) Query(ctx context.Context, sql string, args ...any) (Rows, error)
 * func (c *Conn) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error)
 */
enum { PGX_C = 0, PGX_TEXT = 3 };

/* Is a pgx call part of a call of database/sql, whose driver pgx is? Cost: one user read when a call is in flight. */
static __always_inline bool inside_database_call(const struct pt_regs *ctx, const struct attachment *a, const struct execution *key)
{
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, key);
	if (!call || call->kind >= SQL_PGX4)
		return false;
	if (!call->connection)
		return go_stack_depth(ctx) > call->depth;
	u8 driver = driver_of(a, go_read_word(call->connection + a->slots[SLOT_DRIVER_CONN_CI]));
	return driver == DRIVER_PGX4 || driver == DRIVER_PGX5;
}

static __always_inline int pgx_begin(struct pt_regs *ctx, u32 kind)
{
	struct execution key;
	struct go_string text = { go_arg(ctx, PGX_TEXT), go_arg(ctx, PGX_TEXT + 1) };
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &key) || inside_database_call(ctx, a, &key))
		return 0;
	return call_begin(ctx, a, kind, go_arg(ctx, PGX_C), &text);
}

SEC("uprobe")
int pgx4_begin(struct pt_regs *ctx)
{
	return pgx_begin(ctx, SQL_PGX4);
}

SEC("uprobe")
int pgx5_begin(struct pt_regs *ctx)
{
	return pgx_begin(ctx, SQL_PGX5);
}

/* data_word: the result word after the one that go_result() gives; it is in its register wherever an error leaves the function. */
static __always_inline int pgx_end(struct pt_regs *ctx, u32 kind, int data_word)
{
	struct execution key;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = attachment_of(cookie);
	if (!a || !go_execution(ctx, a, &key))
		return 0;
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (!call || call->kind != kind) /* half seen, or inside a call of database/sql */
		return 0;
	struct go_error error = { go_result(ctx, cookie), go_word(ctx, data_word) };
	return call_end(a, &key, call, call->connection, &error);
}

SEC("uprobe")
int pgx4_query_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX4, 3); /* (Rows, error) */
}

SEC("uprobe")
int pgx4_exec_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX4, 4); /* (CommandTag, error), a CommandTag is a []byte */
}

SEC("uprobe")
int pgx5_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX5, 3); /* (Rows, error), or (CommandTag, error), a CommandTag is a struct of one string */
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
