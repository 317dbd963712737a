/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Memory for one run of a program. Before Linux 6.13 all functions under way share a stack of 512 bytes (kernel/bpf/verifier.c,
 * check_max_stack_depth), too little for a window of the target's memory in a function that others call. Each CPU has a few pieces, because another
 * task may run a program while this one is preempted; the one who takes a piece marks it, and the next takes another.
 */
#pragma once
#include "counters.h"

enum { SCRATCHES = 4, SCRATCH_BYTES = 512 };

struct scratch {
	u32 busy;
	u32 unused;
	u64 words[SCRATCH_BYTES / sizeof(u64)];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCHES);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/*
 * A piece of memory with whatever the last one left in it; NULL when SCRATCHES programs that were preempted on this CPU hold theirs (counted as
 * truncated: what was to be read is missing). Give it back on every way out. Cost: a map lookup and an atomic instruction.
 */
static __always_inline void *scratch_take_bytes(u64 size)
{
	for (u32 i = 0; i < SCRATCHES && size <= SCRATCH_BYTES; i++) {
		u32 key = i;
		struct scratch *scratch = bpf_map_lookup_elem(&scratches, &key);
		if (scratch && !__sync_lock_test_and_set(&scratch->busy, 1))
			return scratch->words;
	}
	count(COUNT_TRUNCATED);
	return 0;
}
#define scratch_take(type) ((type *)scratch_take_bytes(sizeof(type)))

/* Gives a piece back. Cost: nothing. */
static __always_inline void scratch_return(void *words)
{
	struct scratch *scratch = (void *)((char *)words - __builtin_offsetof(struct scratch, words));
	scratch->busy = 0;
}

/*
 * The value of an expression that uses a piece of memory called name, a char array of size bytes or a type; 0 without one. The piece is given back
 * whichever way the expression takes.
 */
#define with_scratch(pointer, name, size, expression) ({                       \
	pointer name = scratch_take_bytes(size);                               \
	int value_of_##name = name && (expression);                            \
	if (name)                                                              \
		scratch_return(name);                                          \
	value_of_##name;                                                       \
})
#define with_scratch_text(name, size, expression) with_scratch(char *, name, size, expression)
#define with_scratch_of(type, name, expression) with_scratch(type *, name, sizeof(type), expression)
