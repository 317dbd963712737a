/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Which processes kernel hooks and library probes watch: a mark on the leader of each selected process' threads. The host sets it; a child inherits
 * it at fork (process_watcher.bpf.c), so that nothing is missed until the host has seen the child, too. The kernel frees it with the process, and
 * no number of a process is compared: PID namespaces do not matter.
 */
#pragma once
#include "kernel.h"

enum {
	TARGET_INHERITED = 1, /* marked by fork, not yet by the host: process is the parent's handle */
	TARGET_W3C = 4,       /* as ATTACHMENT_W3C */
	TARGET_B3 = 8,        /* as ATTACHMENT_B3 */
};

/* Matches TargetMark in Beyla.Host field by field. */
struct target {
	u32 process; /* the host's handle, for event_header.process */
	u32 pid;     /* in the agent's PID namespace */
	u64 tracers; /* bit tracer_id of each tracer that watches the process */
	u32 flags;   /* TARGET_* */
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct target);
} shared_targets SEC(".maps");
