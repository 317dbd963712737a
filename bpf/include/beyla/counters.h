/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Every event that is lost or left out is counted where it happens. The host reads the sums and names them by this enum's BTF.
 * A tracer adds counters of its own, each followed by a comma, before it includes anything:
 *
 *	#define TRACER_COUNTERS COUNT_NESTED_TOO_DEEP, COUNT_UNKNOWN_DRIVER,
 */
#pragma once
#include "kernel.h"

#ifndef TRACER_COUNTERS
#define TRACER_COUNTERS
#endif

/* The names behind COUNT_ become the label "reason": ring-full, map-full ... */
enum counter {
	COUNT_EVENTS = 0,        /* records handed to the ring */
	COUNT_RING_FULL = 1,     /* no room in the events ring: the event is lost */
	COUNT_MAP_FULL = 2,      /* state of a call could not be stored: the event is lost */
	COUNT_READ_FAILED = 3,   /* memory of the target could not be read: the event is lost */
	COUNT_HALF_SEEN = 4,     /* an end whose start was before the attachment: no event */
	COUNT_REPEATED = 5,      /* a probe hit again for the same call (stack growth): ignored */
	COUNT_NO_ATTACHMENT = 6, /* a hit whose attachment is unknown (just detached): ignored */
	COUNT_TRUNCATED = 7,     /* a text was longer than its field, or unreadable: the event is kept, the text cut */
	TRACER_COUNTERS
	COUNTERS = 16,
};

struct counter_value {
	u64 value;
	enum counter names[0]; /* no bytes: so that BTF keeps the names */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, u32);
	__type(value, struct counter_value);
} counters SEC(".maps");

/* Adds one to a counter. Cost: one per-CPU array lookup. */
static __always_inline void count(enum counter which)
{
	u32 key = which;
	struct counter_value *counter = bpf_map_lookup_elem(&counters, &key);
	if (counter)
		counter->value += 1;
}
