/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* For the programs of kernel hooks and library probes: is the running process one that this tracer watches? */
#pragma once
#include "event.h"
#include "shared_targets.h"

/*
 * The mark of the running process; NULL when this tracer does not watch it. For hooks that run in process context. Cost: one task-storage lookup,
 * which for a process without a mark ends at its first comparison.
 */
static __always_inline struct target *target_current(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct target *target = bpf_task_storage_get(&shared_targets, task->group_leader, 0, 0);
	return target && target->tracers & 1ULL << tracer_id ? target : 0;
}

/* The execution key of a process that is not Go: its thread. */
static __always_inline u64 target_execution(void)
{
	return (u32)bpf_get_current_pid_tgid();
}
