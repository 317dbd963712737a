/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * What a probe knows about the process it runs in. Each attached process has an entry in `attachments`; the cookie of every probe says which:
 *
 *	bits  0..15  index into `attachments`
 *	bits 16..63  the probe site's own data, see site_result() in go.h
 *
 * A tracer includes this file after it has declared its slots:
 *
 *	enum slot { SLOT_REQUEST_URL, ..., SLOTS };
 *	#include <beyla/attachment.h>
 *
 * The host fills slots by these names (object's BTF): field offsets, and itab addresses with the load bias already added.
 */
#pragma once
#include "event.h"

#define SLOT_ABSENT (~0ULL) /* the binary has no such field or itab */
#define ATTACHMENTS_MAX 1024

struct attachment {
	u32 process; /* the host's handle, for event_header.process; 0: not in use */
	u32 pid;     /* in the agent's PID namespace */
	u64 goid;    /* offset of runtime.g.goid, for Go */
	enum slot names[0]; /* no bytes: so that BTF keeps the names */
	u64 slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ATTACHMENTS_MAX);
	__type(key, u32);
	__type(value, struct attachment);
} attachments SEC(".maps");

/* The attachment of the running probe; NULL when it is just being removed (counted). Cost: a helper call and an inlined array lookup. */
static __always_inline struct attachment *attachment_of(u64 cookie)
{
	u32 index = cookie & 0xffff;
	struct attachment *a = bpf_map_lookup_elem(&attachments, &index);
	if (a && a->process)
		return a;
	count(COUNT_NO_ATTACHMENT);
	return 0;
}

static __always_inline bool slot_present(const struct attachment *a, enum slot slot)
{
	return a->slots[slot] != SLOT_ABSENT;
}
