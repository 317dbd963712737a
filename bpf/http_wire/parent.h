/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Which server span a client's request belongs to. Certain only where a thread serves one request at a time: where it waits in its socket calls.
 * Such a server's span is published under its thread, and what the thread asks of others meanwhile are the span's children. In an event loop a
 * request may be anybody's: there is no parent.
 */
#pragma once
#include <beyla/shared_targets.h>
#include <beyla/trace_text.h>
#include "record.h"

static __always_inline struct execution parent_key(const struct http_exchange *record)
{
	return (struct execution){ .id = record->header.execution, .process = record->header.process };
}

/* A server has a request, whose traceparent begins at an offset (0: none). Cost: nothing where the thread does not wait; else see trace_begin. */
static __always_inline void parent_publish(struct http_exchange *record, const u8 *head, u32 traceparent, const struct io *io)
{
	struct execution key = parent_key(record);
	struct span_ids ids = {};
	bool known = false;

	if (!io->blocks)
		return;
	if (traceparent && io->headers & TARGET_W3C && traceparent < REQUEST_HEAD_MAX - TRACEPARENT_LENGTH - 2) {
		const char *text = (const char *)head + traceparent;
		text += *text == ' ';
		known = traceparent_ids(text, TRACEPARENT_LENGTH + (text[TRACEPARENT_LENGTH] > ' '), &ids);
	}
	if (!known && io->headers & TARGET_B3)
		return; /* the host reads those; until then the trace is not known */
	trace_begin(&key, &ids);
	event_ids(&record->header, &ids);
	record->flags |= EXCHANGE_PUBLISHED;
}

/* A client asks something. Cost: one lookup. */
static __always_inline void parent_find(struct http_exchange *record)
{
	struct execution key = parent_key(record);
	struct span_ids ids;

	trace_parent_here(&key, &ids);
	if (ids.parent_id)
		event_ids(&record->header, &ids);
}

/* The exchange is over. Cost: nothing, unless it was published: one lookup. */
static __always_inline void parent_withdraw(struct http_exchange *record)
{
	if (!(record->flags & EXCHANGE_PUBLISHED))
		return;
	struct execution key = parent_key(record);
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, &key);
	u64 span = 0;

	__builtin_memcpy(&span, record->header.span_id, sizeof(span));
	if (context && context->span_id == span)
		context->span_id = 0;
}
