/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * One trace through a process: which server span is in flight on a goroutine, and how the calls it makes find it.
 *
 * A server span publishes itself under its goroutine (trace_begin) and withdraws at its end (trace_end). A client call asks for its parent
 * (trace_parent): the span of its own goroutine, or of the goroutine that started it, up to TRACE_DEPTH of them. Parents of goroutines are read
 * from runtime.g.parentGoid (Go >= 1.21) when they are needed; in older Go the go-runtime tracer copies the context at the birth of a goroutine.
 * A goroutine that found a span keeps to it: when that span ends, the goroutine's later calls have no parent, whatever its ancestor does by
 * then. What cannot be known is absent, never guessed.
 */
#pragma once
#include "go.h"

enum { TRACE_DEPTH = 8 };

/* Of event_header.flags. Matches EventFlags. */
enum { EVENT_SAMPLED = 1, EVENT_REMOTE_PARENT = 2 };

/* Which span an execution works for. */
struct trace_context {
	u64 trace_id[2]; /* bytes in the order of the W3C trace context */
	u64 span_id;     /* the server span in flight; 0: none */
	u64 owner;       /* the execution that published it: the own one, or an ancestor */
	u32 flags;     /* EVENT_SAMPLED */
	u32 unused;
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

/* goid of the goroutine that started a goroutine: never changes, ids are never used again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct execution);
	__type(value, u64);
} shared_goroutine_parents SEC(".maps");

/* 64 random bits, never 0. Cost: two helper calls without side effects. */
static __always_inline u64 trace_random(void)
{
	u64 value = (u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	return value ? value : 1;
}

/*
 * Begins a server span on an execution and publishes it. ids holds what the caller sent (trace id, parent id, flags) or zeros for a new trace;
 * the rest is filled in. Cost: one map lookup, one more update the first time on a goroutine.
 */
static __always_inline void trace_begin(const struct execution *key, struct span_ids *ids)
{
	if (!(ids->trace_id[0] | ids->trace_id[1])) {
		ids->trace_id[0] = trace_random();
		ids->trace_id[1] = trace_random();
		ids->parent_id = 0;
		ids->flags = EVENT_SAMPLED;
	}
	ids->span_id = trace_random();
	struct trace_context now = {
		.trace_id = { ids->trace_id[0], ids->trace_id[1] },
		.span_id = ids->span_id,
		.owner = key->id,
		.flags = ids->flags,
	};
	struct trace_context *known = bpf_map_lookup_elem(&shared_trace_contexts, key);
	if (known)
		*known = now;
	else
		bpf_map_update_elem(&shared_trace_contexts, key, &now, BPF_ANY);
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

/* The span in flight that a context stands for: NULL when that span is over. Cost: nothing for an own context, one lookup for an inherited one. */
static __always_inline struct trace_context *trace_in_flight(const struct execution *key, struct trace_context *context)
{
	if (!context->span_id)
		return 0;
	if (context->owner == key->id)
		return context;
	struct execution owner = { .id = context->owner, .process = key->process };
	struct trace_context *current = bpf_map_lookup_elem(&shared_trace_contexts, &owner);
	return current && current->span_id == context->span_id ? current : 0;
}

/*
 * Makes one goroutine work for the span that another one works for, if that is in flight. The span stays its owner's. Cost: one update, and
 * trace_in_flight.
 */
static __always_inline bool trace_hand_on(const struct execution *from, struct trace_context *context, const struct execution *to)
{
	struct trace_context copy = *context;
	return trace_in_flight(from, context) && !bpf_map_update_elem(&shared_trace_contexts, to, &copy, BPF_ANY);
}

/* runtime.allgs, chunk by chunk, in search of a goroutine. */
struct goroutine_search {
	u64 goid;   /* wanted */
	u64 parent; /* found */
	u64 goids;  /* offset of runtime.g.goid */
	u64 parents; /* offset of runtime.g.parentGoid */
	u64 array;
	u64 length;
};

enum { GOROUTINE_CHUNK = 8, GOROUTINE_CHUNKS = 256 };

static long goroutine_search_chunk(u32 index, void *context)
{
	struct goroutine_search *search = context;
	u64 chunk[GOROUTINE_CHUNK];
	u64 first = (u64)index * GOROUTINE_CHUNK;

	if (first >= search->length || bpf_probe_read_user(chunk, sizeof(chunk), (void *)(search->array + first * sizeof(u64))))
		return 1;
	for (int i = 0; i < GOROUTINE_CHUNK; i++) {
		u64 goid = 0;
		if (first + i >= search->length)
			return 1;
		if (bpf_probe_read_user(&goid, sizeof(goid), (void *)(chunk[i] + search->goids)) || goid != search->goid)
			continue;
		bpf_probe_read_user(&search->parent, sizeof(search->parent), (void *)(chunk[i] + search->parents));
		return 1;
	}
	return 0;
}

/*
 * The goroutine that started another one, by id; 0 when it is not known. Cost: one lookup for what was asked before; else a walk over at most
 * GOROUTINE_CHUNK * GOROUTINE_CHUNKS goroutines at one user read each.
 */
static __always_inline u64 goroutine_parent(const struct attachment *a, const struct execution *key)
{
	u64 *known = bpf_map_lookup_elem(&shared_goroutine_parents, key);
	if (known)
		return *known;
	u64 slice[2] = {};
	if (a->parent_goid == SLOT_ABSENT || a->allgs == SLOT_ABSENT || bpf_probe_read_user(slice, sizeof(slice), (void *)a->allgs))
		return 0;
	struct goroutine_search search = {
		.goid = key->id, .goids = a->goid, .parents = a->parent_goid, .array = slice[0], .length = slice[1],
	};
	bpf_loop(GOROUTINE_CHUNKS, goroutine_search_chunk, &search, 0);
	bpf_map_update_elem(&shared_goroutine_parents, key, &search.parent, BPF_ANY);
	return search.parent;
}

/* The part of trace_parent for goroutines that have no context of their own. */
static __noinline int trace_inherit(const struct attachment *a, u64 g, const struct execution *key)
{
	struct execution ancestor = { .process = key->process };
	u64 goid = 0;

	if (!a || !key || a->parent_goid == SLOT_ABSENT || bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + a->parent_goid)))
		return 0;
	for (int depth = 0; goid && depth < TRACE_DEPTH; depth++) {
		ancestor.id = goid;
		struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, &ancestor);
		if (context)
			return trace_hand_on(&ancestor, context, key);
		goid = goroutine_parent(a, &ancestor);
	}
	return 0;
}

/*
 * Finds the server span that a call belongs to and fills ids with its trace and as parent; ids become zero when there is none. key is the
 * running goroutine's. Call it when the call begins. Cost: one lookup when the own goroutine serves; see trace_inherit otherwise; nothing more
 * than one lookup in a process where nothing that serves is attached.
 */
static __always_inline void trace_parent(const struct pt_regs *ctx, const struct attachment *a, const struct execution *key, struct span_ids *ids)
{
	__builtin_memset(ids, 0, sizeof(*ids));
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, key);
	if (!context && a->flags & ATTACHMENT_SERVES && trace_inherit(a, go_g(ctx), key))
		context = bpf_map_lookup_elem(&shared_trace_contexts, key);
	if (!context)
		return;
	context = trace_in_flight(key, context);
	if (!context)
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
