/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The one ring that all tracers write to, and the header that every record starts with. */
#pragma once
#include "counters.h"

/* Matches EventHeader in Beyla.Abstractions field by field (checked at load). */
struct event_header {
	u16 tracer;    /* id of the tracer in this run, see tracer_id */
	u16 kind;      /* the tracer's own event kind */
	u32 flags;     /* EventFlags */
	u32 process;   /* the host's handle of the process */
	u32 thread;    /* kernel thread id, initial PID namespace; for display */
	u64 execution; /* execution key: goroutine id for Go, thread id otherwise */
	u64 start;     /* CLOCK_MONOTONIC, ns */
	u64 end;
	u8 trace_id[16]; /* zero: the host makes one */
	u8 span_id[8];
	u8 parent_id[8];
};

/* Shared by all tracers: the host makes one and puts it in the place of each object's own (same name, same layout). */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

/* Set by the host before load. */
volatile const u16 tracer_id = 0;

/* Fill at which a submit wakes the host at once; below it the host's own timer finds the records. */
volatile const u32 wakeup_bytes = 1024 * 1024;

/*
 * Keeps an event struct in the object's BTF, where the host looks up its layout; BTF holds only the types of maps, variables and functions.
 * Write it after each struct that starts with an event_header.
 */
#define EVENT_STRUCT(tag) const struct tag *const tag##_layout SEC(".rodata")

/* Reserves a record of a constant size; NULL when the ring is full (counted). The memory is not zeroed. */
#define event_reserve(type) ((type *)event_reserve_bytes(sizeof(type)))
static __always_inline void *event_reserve_bytes(u64 size)
{
	void *record = bpf_ringbuf_reserve(&events, size, 0);
	if (!record)
		count(COUNT_RING_FULL);
	return record;
}

/* Fills a header; the ids are left to the host. thread is the current one. Cost: one helper call. */
static __always_inline void event_fill(struct event_header *header, u16 kind, u32 process, u64 execution, u64 start, u64 end)
{
	__builtin_memset(header, 0, sizeof(*header));
	header->tracer = tracer_id;
	header->kind = kind;
	header->process = process;
	header->thread = (u32)bpf_get_current_pid_tgid();
	header->execution = execution;
	header->start = start;
	header->end = end;
}

/* Hands the record to the host. A wake-up inside a probe costs the target about 0.5 us, so there is none below the threshold. */
static __always_inline void event_submit(void *record)
{
	count(COUNT_EVENTS);
	u64 flags = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= wakeup_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
	bpf_ringbuf_submit(record, flags);
}

/*
 * Hands a copy of a record to the host that was put together elsewhere, as much of it as is filled. Counted when the ring is full. size is at most
 * that of the memory. Cost: one copy.
 */
static __always_inline void event_output(void *record, u64 size)
{
	u64 flags = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= wakeup_bytes ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
	count(bpf_ringbuf_output(&events, record, size, flags) ? COUNT_RING_FULL : COUNT_EVENTS);
}
