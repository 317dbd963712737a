/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * One trace through a process: which server span is in flight on a goroutine, and how the calls it makes find it.
 *
 * A server span publishes itself under its goroutine (trace_begin) and withdraws at its end (trace_end). A client call asks for its parent
 * (trace_parent): the span of its own goroutine, or of the goroutine that started it, up to TRACE_DEPTH of them. Parents of goroutines are read
 * from runtime.g.parentGoid (Go >= 1.21) when they are needed; in older Go the go-runtime tracer copies the context at the birth of a goroutine.
 * A goroutine that found a span keeps to it: when that span ends, the goroutine's later calls have no parent, whatever its ancestor does by
 * then. What cannot be known is absent. One thing is not known where parents are read late: a goroutine that makes its first call when the request
 * that started it is over, while its starter serves the next one on the same connection, is given to the next one. Groups that hand on at the birth
 * (ProbeGroup.HandsOn) have no such gap.
 */
#pragma once
#include "go.h"
#include "propagation.h"
#include "trace_context.h"

enum { TRACE_DEPTH = 8 };

/* A goroutine that started another one. */
struct goroutine {
	u64 g;      /* where its runtime.g is; 0: not found */
	u64 parent; /* goid of the goroutine that started it; 0: none, or not known */
};

/* What a walk over runtime.allgs has found, or not: neither changes, ids are never used again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct execution);
	__type(value, struct goroutine);
} shared_goroutines SEC(".maps");

/*
 * Where the starter of the goroutine in a runtime.g (the key's id is its address) was found last. The runtime takes the g of a goroutine that has
 * ended for the next one, last in, first out (runtime/proc.go, gfget), so what serves requests meets the same pairs again and again. A hint only.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct execution);
	__type(value, u64);
} shared_goroutine_places SEC(".maps");

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

enum { GOROUTINE_CHUNK = 4, GOROUTINES_MAX = 2048 };

/* runtime.allgs, chunk by chunk from its end, in search of a goroutine. Old, parked ones stand at its beginning. */
struct goroutine_search {
	u64 goid;    /* wanted */
	u64 goids;   /* offset of runtime.g.goid */
	u64 parents; /* offset of runtime.g.parentGoid */
	u64 array;
	u64 length;
	u64 chunk[GOROUTINE_CHUNK];
	struct goroutine found;
};

/*
 * Whether g holds the goroutine that is searched; then found is filled. The parent is read before the id: while the id is the wanted one, g has not
 * gone to another goroutine. Cost: two user reads.
 */
static __always_inline bool goroutine_at(struct goroutine_search *search, u64 g)
{
	u64 goid = 0, parent = 0;
	if (bpf_probe_read_user(&parent, sizeof(parent), (void *)(g + search->parents)) ||
	    bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + search->goids)) || goid != search->goid)
		return false;
	search->found.g = g;
	search->found.parent = parent;
	return true;
}

/* A goroutine further; no loop within the loop, which the verifier would walk through once for each way that leads to it. */
static long goroutine_search_step(u32 index, void *context)
{
	struct goroutine_search *search = context;
	u32 place = index % GOROUTINE_CHUNK;
	u64 goid = 0;

	if (index >= search->length)
		return 1;
	if (place == 0) {
		u64 left = search->length - index;
		u64 count = left < GOROUTINE_CHUNK ? left : GOROUTINE_CHUNK;
		if (bpf_probe_read_user(search->chunk, count * sizeof(u64), (void *)(search->array + (left - count) * sizeof(u64))))
			return 1;
	}
	u64 g = search->chunk[place];
	return !bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + search->goids)) && goid == search->goid && goroutine_at(search, g);
}

/* The way from a goroutine to the span of one of its ancestors, step by step. */
struct ancestor_search {
	struct goroutine_search starter; /* searched in runtime.allgs */
	struct execution self;           /* for whom */
	struct execution ancestor;
	struct goroutine child; /* the last one that was found, with the id of its starter */
	u64 allgs;              /* address of runtime.allgs, else SLOT_ABSENT */
	u64 found;
};

/*
 * Finds the goroutine search->ancestor, which started search->child. Cost: one lookup for what was searched before; two lookups and two user
 * reads where the hint is right; else a walk over at most GOROUTINES_MAX goroutines at five user reads for four of them, and two updates.
 */
static __always_inline struct goroutine goroutine_find(struct ancestor_search *search)
{
	struct execution place = { .id = search->child.g, .process = search->self.process };
	struct goroutine_search *starter = &search->starter;
	u64 slice[2] = {};

	struct goroutine *known = bpf_map_lookup_elem(&shared_goroutines, &search->ancestor);
	if (known)
		return *known;
	starter->goid = search->ancestor.id;
	starter->found = (struct goroutine){};
	u64 *hint = bpf_map_lookup_elem(&shared_goroutine_places, &place);
	if ((hint && goroutine_at(starter, *hint)) || search->allgs == SLOT_ABSENT || bpf_probe_read_user(slice, sizeof(slice), (void *)search->allgs))
		return starter->found;
	starter->array = slice[0];
	starter->length = slice[1];
	bpf_loop(GOROUTINES_MAX, goroutine_search_step, starter, 0);
	bpf_map_update_elem(&shared_goroutines, &search->ancestor, &starter->found, BPF_ANY);
	if (starter->found.g)
		bpf_map_update_elem(&shared_goroutine_places, &place, &starter->found.g, BPF_ANY);
	return starter->found;
}

/* One ancestor further; 1 at the end of the way. */
static long ancestor_step(u32 index, void *context)
{
	struct ancestor_search *search = context;

	search->ancestor.id = search->child.parent;
	if (!search->ancestor.id)
		return 1;
	struct trace_context *published = bpf_map_lookup_elem(&shared_trace_contexts, &search->ancestor);
	if (published) {
		search->found = trace_hand_on(&search->ancestor, published, &search->self);
		return 1;
	}
	search->child = goroutine_find(search);
	return 0;
}

/*
 * The part of trace_parent for goroutines that have no context of their own. g is the running one. A global function: the verifier walks through
 * it once a program, not once for each way that leads to it.
 */
__noinline int trace_inherit(const struct attachment *a, u64 g, const struct execution *key)
{
	struct ancestor_search search = {};

	if (!a || !key || a->parent_goid == SLOT_ABSENT ||
	    bpf_probe_read_user(&search.child.parent, sizeof(search.child.parent), (void *)(g + a->parent_goid)))
		return 0;
	search.child.g = g;
	search.starter.goids = a->goid;
	search.starter.parents = a->parent_goid;
	search.allgs = a->allgs;
	search.self.id = key->id;
	search.self.process = key->process;
	search.ancestor.process = key->process;
	bpf_loop(TRACE_DEPTH, ancestor_step, &search, 0);
	return search.found;
}

/*
 * Whether a span with a source is in flight: its work is what the program has in hand. The first who asks says so and takes the ids that the request
 * came with; several may do it at once, they all find the same. work: the pointer at the source. Cost: nothing later on; the first time a user read
 * and those of propagation_from_headers.
 */
__noinline int trace_bind(const struct attachment *a, struct trace_context *context, u64 work)
{
	if (!a || !context || !work)
		return 0;
	if (context->source.work)
		return context->source.work == work;
	if (a->flags & (ATTACHMENT_W3C | ATTACHMENT_B3)) {
		struct span_ids ids = {};
		u64 holder = go_read_word(work + context->source.headers[0]);
		if (holder && propagation_from_headers(a, go_read_word(holder + context->source.headers[1]), &ids)) {
			context->trace_id[0] = ids.trace_id[0];
			context->trace_id[1] = ids.trace_id[1];
			context->parent_id = ids.parent_id;
			context->flags = ids.flags;
		}
	}
	barrier(); /* who sees the work sees the ids */
	context->source.work = work;
	return 1;
}

/* Whether the span of a context is over though nobody has said so yet, see trace_bind. Cost: one user read where the context has a source. */
static __always_inline bool trace_is_over(const struct attachment *a, struct trace_context *context)
{
	return context->source.at && !trace_bind(a, context, go_read_word(context->source.at));
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
	if (!context || trace_is_over(a, context))
		return;
	ids->trace_id[0] = context->trace_id[0];
	ids->trace_id[1] = context->trace_id[1];
	ids->parent_id = context->span_id;
	ids->flags = context->flags;
}
