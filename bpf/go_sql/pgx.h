/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Calls of pgx's own interface, v4 and v5. */
#pragma once
#include "call.h"

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
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a || inside_database_call(ctx, a, &key))
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
	struct attachment *a = go_enter(ctx, cookie, &key);
	if (!a)
		return 0;
	key.unused = state_of(kind);
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

/*
 * func (c *Conn) SendBatch(ctx context.Context, b *Batch) BatchResults
 * Sends, and waits for nothing but what it must prepare. Programs read the answers from the BatchResults and have to close them.
 */
enum { SEND_BATCH_C = 0, SEND_BATCH_B = 3 };

/* queued: slot of the batch's slice of pointers to statements; sql: of a statement's text. Cost: two user reads, and those of call_begin. */
static __always_inline int batch_begin(struct pt_regs *ctx, u32 kind, enum slot queued, enum slot sql)
{
	struct execution key;
	struct go_string text = {};
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;
	struct go_string statements = go_read_string(go_arg(ctx, SEND_BATCH_B) + a->slots[queued]); /* data and length of the slice */
	if (!statements.length)
		return 0; /* nothing is sent */
	if (statements.length == 1)
		text = go_read_string(go_read_word(statements.data) + a->slots[sql]);
	call_begin(ctx, a, kind, go_arg(ctx, SEND_BATCH_C), &text);
	key.unused = state_of(kind);
	struct sql_call *call = bpf_map_lookup_elem(&sql_calls, &key);
	if (call)
		call->batch_size = statements.length;
	return 0;
}

SEC("uprobe")
int pgx4_batch_begin(struct pt_regs *ctx)
{
	return batch_begin(ctx, SQL_PGX4_BATCH, SLOT_PGX4_BATCH_QUEUED, SLOT_PGX4_QUEUED_SQL);
}

SEC("uprobe")
int pgx5_batch_begin(struct pt_regs *ctx)
{
	return batch_begin(ctx, SQL_PGX5_BATCH, SLOT_PGX5_BATCH_QUEUED, SLOT_PGX5_QUEUED_SQL);
}

/*
 * func (br *batchResults) Close() error, and of pgx v5's *pipelineBatchResults
 * Programs may close twice: nothing is in flight then.
 */
SEC("uprobe")
int pgx4_batch_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX4_BATCH, 1);
}

SEC("uprobe")
int pgx5_batch_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX5_BATCH, 1);
}

/* func (c *Conn) CopyFrom(ctx context.Context, tableName Identifier, columnNames []string, rowSrc CopyFromSource) (int64, error), Identifier is []string */
enum { COPY_FROM_C = 0, COPY_FROM_TABLE = 3 };

/* Cost: one user read, and those of call_begin. */
static __always_inline int copy_begin(struct pt_regs *ctx, u32 kind)
{
	struct go_string table = {}; /* the last part of its name: schemas stand before it */
	u64 parts = go_arg(ctx, COPY_FROM_TABLE + 1);
	if (parts)
		table = go_read_string(go_arg(ctx, COPY_FROM_TABLE) + (parts - 1) * sizeof(table));
	return call_begin(ctx, attachment_of(bpf_get_attach_cookie(ctx)), kind, go_arg(ctx, COPY_FROM_C), &table);
}

SEC("uprobe")
int pgx4_copy_begin(struct pt_regs *ctx)
{
	return copy_begin(ctx, SQL_PGX4_COPY);
}

SEC("uprobe")
int pgx5_copy_begin(struct pt_regs *ctx)
{
	return copy_begin(ctx, SQL_PGX5_COPY);
}

SEC("uprobe")
int pgx4_copy_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX4_COPY, 2);
}

SEC("uprobe")
int pgx5_copy_end(struct pt_regs *ctx)
{
	return pgx_end(ctx, SQL_PGX5_COPY, 2);
}
