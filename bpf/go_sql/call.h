/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* A call in flight on a goroutine, from its begin to its event. */
#pragma once
#include <beyla/trace.h>
#include "connection.h"
#include "error.h"

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
	u64 batch_size;
	char head[TEXT_SMALL]; /* the text's first bytes, read when it was certainly alive */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct execution);
	__type(value, struct sql_call);
} sql_calls SEC(".maps");

static const struct sql_call no_call;

/* A batch is in flight while its program reads answers, which may make it call another connection: its state stands beside that of such a call. */
static __always_inline u32 state_of(u32 kind)
{
	return kind == SQL_PGX4_BATCH || kind == SQL_PGX5_BATCH;
}

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
	key.unused = state_of(kind);
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
	event->batch_size = call->batch_size;
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
