/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Producers for the ring consumer's tests; they run when the test asks (BPF_PROG_RUN), on the test's own thread. */
#include <beyla/event.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct numbered {
	u64 number;
	u64 time; /* CLOCK_MONOTONIC */
	char filler[48];
};

enum { WAKE_BY_FILL = 0, WAKE_ALWAYS = 1, DISCARD_ODD = 2 };

struct order {
	u64 first; /* number of the first record */
	u64 count; /* u64: the verifier's inlined bpf_loop compares the whole register */
	u64 mode;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} released SEC(".maps");

static long submit_one(u32 i, struct order *order)
{
	struct numbered *record = event_reserve(struct numbered);
	if (!record)
		return 0;
	record->number = order->first + i;
	record->time = bpf_ktime_get_ns();
	if (order->mode == DISCARD_ODD && record->number & 1)
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	else if (order->mode == WAKE_ALWAYS)
		bpf_ringbuf_submit(record, BPF_RB_FORCE_WAKEUP);
	else
		event_submit(record);
	return 0;
}

SEC("syscall")
int produce(struct order *order)
{
	struct order copy = *order;
	return bpf_loop(copy.count, submit_one, &copy, 0);
}

/* More than half of the test's ring: it wraps far beyond what the consumer has mapped twice. */
struct large {
	u64 number;
	char filler[150 * 1024];
	u64 number_again;
};

SEC("syscall")
int produce_large(struct order *order)
{
	struct large *record = event_reserve(struct large);
	if (!record)
		return -1;
	record->number = record->number_again = order->first;
	event_submit(record);
	return 0;
}

static long is_released(u32 i, u64 *unused)
{
	u32 key = 0;
	u64 *flag = bpf_map_lookup_elem(&released, &key);
	return flag && *(volatile u64 *)flag;
}

static long spin(u32 i, u64 *unused)
{
	u32 loops = 1 << 22;
	return bpf_loop(loops, is_released, unused, 0) < loops;
}

/* Keeps a record reserved until the test sets `released` (or some seconds have passed), then submits it. */
SEC("syscall")
int hold(void *ctx)
{
	struct numbered *record = event_reserve(struct numbered);
	if (!record)
		return -1;
	record->number = 7;
	u64 unused = 0;
	bpf_loop(100, spin, &unused, 0);
	event_submit(record);
	return 0;
}
