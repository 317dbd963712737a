/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* For kernel hooks in Go programs: the attachment of the running process, whose probes a cookie would have told. */
#pragma once
#include "attachment.h"
#include "target.h"

/* Handle of a process to index of its entry in `attachments`. Filled by the host. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ATTACHMENTS_MAX);
	__type(key, u32);
	__type(value, u32);
} attachment_indexes SEC(".maps");

/* The index of a process' entry; ATTACHMENTS_MAX when it has none. Cost: one lookup. */
static __always_inline u32 target_attachment_index(const struct target *target)
{
	u32 process = target->process;
	u32 *index = bpf_map_lookup_elem(&attachment_indexes, &process);
	return index ? *index : ATTACHMENTS_MAX;
}

/* The entry at an index, if it still is this process'. Cost: an inlined array lookup. */
static __always_inline struct attachment *target_attachment(u32 index, u32 process)
{
	struct attachment *a = bpf_map_lookup_elem(&attachments, &index);
	return a && a->process == process ? a : 0;
}
