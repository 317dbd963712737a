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

enum {
	ATTACHMENT_SERVES = 1,     /* some tracer publishes server spans of this process, see trace.h */
	ATTACHMENT_SWISS_MAPS = 2, /* maps are swiss tables (Go >= 1.24 by default), else buckets */
	ATTACHMENT_W3C = 4,        /* read traceparent (OTEL_PROPAGATORS has tracecontext) */
	ATTACHMENT_B3 = 8,         /* read b3 and X-B3-* (b3, b3multi) */
};

struct attachment {
	u32 process; /* the host's handle, for event_header.process; 0: not in use */
	u32 pid;     /* in the agent's PID namespace */
	u64 goid;    /* offset of runtime.g.goid, for Go */
	u64 parent_goid; /* offset of runtime.g.parentGoid (Go >= 1.21), else SLOT_ABSENT */
	u64 allgs;       /* address of the slice runtime.allgs, else SLOT_ABSENT */
	u32 flags;       /* ATTACHMENT_* */
	u16 confirmed;   /* written by programs whose way of looking may not hold in this binary: it did, */
	u16 unused;
	u32 refuted;     /* and how often it did not */
	u32 reserved;
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
