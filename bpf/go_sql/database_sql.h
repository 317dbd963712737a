/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Calls of database/sql.
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
#pragma once
#include "call.h"

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
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct go_string text = go_read_string(go_arg(ctx, CONN_STMT_S) + a->slots[SLOT_STMT_QUERY]);
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
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
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
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
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
