/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The trace that a request arrives with: `traceparent` (W3C Trace Context, level 2) and B3 (github.com/openzipkin/b3-propagation), whichever
 * the process' attachment asks for. What does not follow the letter of its specification is ignored; of several, traceparent comes first, then
 * the single b3 header, then X-B3-*.
 */
#pragma once
#include "go_map.h"
#include "trace_text.h"

enum { B3_MAX = 68 };

static const struct go_keys propagation_w3c = {
	.lengths = 1ULL << 11,
	.keys = { { 11, { "traceparent" } } },
};

enum { B3_SINGLE, B3_TRACE_ID, B3_SPAN_ID, B3_SAMPLED };

static const struct go_keys propagation_b3 = {
	.lengths = 1ULL << 2 | 1ULL << 11 | 1ULL << 12,
	.keys = {
		[B3_SINGLE] = { 2, { "b3" } },
		[B3_TRACE_ID] = { 12, { "x-b3-traceid" } },
		[B3_SPAN_ID] = { 11, { "x-b3-spanid" } },
		[B3_SAMPLED] = { 12, { "x-b3-sampled" } },
	},
};

/* Set by the host before load: without b3 among the propagators the verifier drops all that reads it. */
volatile const bool reads_b3 = false;

/* What propagation_from_traceparent does with its piece of memory. */
static __always_inline int propagation_by_traceparent(const struct go_string *value, struct span_ids *ids, char *text)
{
	u64 length = value ? value->length : 0;

	if (!ids || length < TRACEPARENT_LENGTH)
		return 0;
	u32 size = length > TRACEPARENT_LENGTH ? TRACEPARENT_LENGTH + 1 : TRACEPARENT_LENGTH;
	if (bpf_probe_read_user(text, size, (void *)value->data))
		return 0;
	return traceparent_ids(text, length, ids);
}

/* Takes the ids from the text of a traceparent; 1 when it is one. For tracers that have it at hand. Cost: one user read. */
static __noinline int propagation_from_traceparent(const struct go_string *value, struct span_ids *ids)
{
	return with_scratch_text(text, TRACEPARENT_LENGTH + 1, propagation_by_traceparent(value, ids, text));
}

enum { B3_TEXT = 16 + B3_MAX + 4 }; /* zeros in front for short trace ids */

/* What propagation_from_b3 does with its piece of memory. */
static __always_inline int propagation_by_b3(const struct go_string *value, struct span_ids *ids, char *text)
{
	u64 length = value ? value->length : 0;

	if (!ids || length < 16 + 1 + 16 || length > B3_MAX)
		return 0;
	__builtin_memset(text, '0', 16);
	__builtin_memset(text + 16, 0, B3_TEXT - 16);
	/* Of both checks the compiler makes one of a difference, of which old verifiers conclude nothing for length. */
	barrier_var(length);
	if (bpf_probe_read_user(text + 16, length & 127, (void *)value->data))
		return 0;
	const char *start = text + 16;
	if (text[32] == '-') {
		start = text;
		length += 16;
	}
	char state = start[50];
	if (start[32] != '-' || length < 49 || (length > 49 && (start[49] != '-' || (state != '0' && state != '1' && state != 'd'))))
		return 0;
	if (length > 51 && start[51] != '-')
		return 0;
	return propagation_ids(start, start + 33, state != '0', ids);
}

/* {32 or 16 digits}-{16 digits}[-{0|1|d}[-{16 digits}]]; a lone sampling state names no trace. Cost: one user read. */
static __noinline int propagation_from_b3(const struct go_string *value, struct span_ids *ids)
{
	return with_scratch_text(text, B3_TEXT, propagation_by_b3(value, ids, text));
}

/* What propagation_from_b3_multi does with its piece of memory. */
static __always_inline int propagation_by_b3_multi(const struct go_string *values, struct span_ids *ids, char *text)
{
	char state = '1';

	if (!values || !ids || values[1].length != 16 || bpf_probe_read_user(text + 32, 16, (void *)values[1].data))
		return 0;
	__builtin_memset(text, '0', 16);
	if (values[0].length == 16) {
		if (bpf_probe_read_user(text + 16, 16, (void *)values[0].data))
			return 0;
	} else if (values[0].length != 32 || bpf_probe_read_user(text, 32, (void *)values[0].data)) {
		return 0;
	}
	if (values[2].length)
		bpf_probe_read_user(&state, 1, (void *)values[2].data); /* 0, 1, and of old: false, true */
	return propagation_ids(text, text + 32, state != '0' && state != 'f', ids);
}

/* X-B3-TraceId, X-B3-SpanId, X-B3-Sampled: the texts in this order. Cost: two or three user reads. */
static __noinline int propagation_from_b3_multi(const struct go_string *values, struct span_ids *ids)
{
	return with_scratch_text(text, 32 + 16, propagation_by_b3_multi(values, ids, text));
}

/*
 * Takes the ids from request headers or metadata (the pointer that a map[string][]string is): trace, parent and flags for trace_begin; 1 when
 * there are any, else ids is left alone. Cost: as go_map_find, and the read of the value.
 */
__noinline int propagation_from_headers(const struct attachment *a, u64 headers, struct span_ids *ids)
{
	int known = 0;

	if (!a || !ids || !headers)
		return 0;
	struct go_map_search *search = scratch_take(struct go_map_search);
	if (!search)
		return 0;
	if (a->flags & ATTACHMENT_W3C) {
		go_map_find(a, headers, &propagation_w3c, search);
		known = search->found[0].data && propagation_from_traceparent(&search->found[0], ids);
	}
	if (reads_b3 && !known && a->flags & ATTACHMENT_B3) {
		go_map_find(a, headers, &propagation_b3, search);
		known = search->found[B3_SINGLE].data && propagation_from_b3(&search->found[B3_SINGLE], ids);
		if (!known && search->found[B3_TRACE_ID].data && search->found[B3_SPAN_ID].data)
			known = propagation_from_b3_multi(&search->found[B3_TRACE_ID], ids);
	}
	scratch_return(search);
	return known;
}
