/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Which server span is in flight on an execution. How calls of goroutines find theirs: trace.h. */
#pragma once
#include "event.h"
#include "execution.h"

/* Of event_header.flags. Matches EventFlags. */
enum { EVENT_SAMPLED = 1, EVENT_REMOTE_PARENT = 2 };

/*
 * Where a program itself says what its goroutine works for. A tracer that sees a request before it is parsed publishes the span with its source; the
 * trace that the request came with is read when somebody asks (trace_bind in trace.h), and a span whose work is not in hand any more is over.
 */
struct trace_source {
	u64 at;   /* address of a pointer to the work in hand, which is 0 between two; 0: the program does not say it */
	u64 work; /* that pointer, once it is known that this span is its; 0: not yet */
	u32 headers[2]; /* from the work to its headers: offset of a pointer, and in what it points to that of the headers */
};

/* Which span an execution works for. */
struct trace_context {
	u64 trace_id[2]; /* bytes in the order of the W3C trace context */
	u64 span_id;     /* the server span in flight; 0: none */
	u64 owner;       /* the execution that published it: the own one, or an ancestor */
	u64 parent_id; /* of that span itself */
	u32 flags;     /* EVENT_SAMPLED */
	u32 unused;
	struct trace_source source;
};

/* The ids of one span: what goes into its event_header. Zero ids are made by the host. */
struct span_ids {
	u64 trace_id[2];
	u64 span_id;
	u64 parent_id; /* 0: a root */
	u32 flags;
	u32 unused;
};

/* Maps whose names start with shared_ are one for all tracers: the first that is loaded brings it, the others join by name and layout. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct execution);
	__type(value, struct trace_context);
} shared_trace_contexts SEC(".maps");

/* 64 random bits, never 0. Cost: two helper calls without side effects. */
static __always_inline u64 trace_random(void)
{
	u64 value = (u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	return value ? value : 1;
}

/* What a context begins with: not on the stack, of which there is little where a request begins. */
static const struct trace_context trace_none = {};

/* As trace_begin, for a span whose request is not parsed yet (source; NULL: it is). */
static __always_inline void trace_begin_from(const struct execution *key, struct span_ids *ids, const struct trace_source *source)
{
	if (!(ids->trace_id[0] | ids->trace_id[1])) {
		ids->trace_id[0] = trace_random();
		ids->trace_id[1] = trace_random();
		ids->parent_id = 0;
		ids->flags = EVENT_SAMPLED;
	}
	ids->span_id = trace_random();
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, key);
	if (!context) {
		bpf_map_update_elem(&shared_trace_contexts, key, &trace_none, BPF_ANY);
		context = bpf_map_lookup_elem(&shared_trace_contexts, key);
	}
	if (!context) {
		count(COUNT_MAP_FULL);
		return;
	}
	context->trace_id[0] = ids->trace_id[0];
	context->trace_id[1] = ids->trace_id[1];
	context->span_id = ids->span_id;
	context->owner = key->id;
	context->parent_id = ids->parent_id;
	context->flags = ids->flags;
	if (source)
		context->source = *source;
	else
		context->source.at = context->source.work = 0;
}

/*
 * Begins a server span on an execution and publishes it. ids holds what the caller sent (trace id, parent id, flags) or zeros for a new trace;
 * the rest is filled in. Cost: one map lookup, an update and a lookup more the first time on a goroutine.
 */
static __always_inline void trace_begin(const struct execution *key, struct span_ids *ids)
{
	trace_begin_from(key, ids, 0);
}

/* Ends the server span of an execution that goes on to serve other requests. Cost: one map lookup. */
static __always_inline void trace_end(const struct execution *key)
{
	struct trace_context *known = bpf_map_lookup_elem(&shared_trace_contexts, key);
	if (known)
		known->span_id = 0;
}

/* Ends the server span of a goroutine that ends with it. Cost: one map delete. */
static __always_inline void trace_end_last(const struct execution *key)
{
	bpf_map_delete_elem(&shared_trace_contexts, key);
}

/*
 * Makes a call the child of the server span that is in flight on the very execution that makes it; ids become zero when there is none. For threads
 * that serve one request at a time; trace_parent of trace.h also looks at the goroutines that started this one. Cost: one lookup.
 */
static __always_inline void trace_parent_here(const struct execution *key, struct span_ids *ids)
{
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, key);

	__builtin_memset(ids, 0, sizeof(*ids));
	if (!context || !context->span_id)
		return;
	ids->trace_id[0] = context->trace_id[0];
	ids->trace_id[1] = context->trace_id[1];
	ids->parent_id = context->span_id;
	ids->flags = context->flags;
}

/* Puts the ids of a span into its event. */
static __always_inline void event_ids(struct event_header *header, const struct span_ids *ids)
{
	__builtin_memcpy(header->trace_id, ids->trace_id, sizeof(header->trace_id));
	__builtin_memcpy(header->span_id, &ids->span_id, sizeof(header->span_id));
	__builtin_memcpy(header->parent_id, &ids->parent_id, sizeof(header->parent_id));
	header->flags = ids->flags;
}
