/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Spans handed on at the birth of a goroutine: for Go before 1.21, where runtime.g does not say who started a goroutine, and for newer Go where
 * reading that later is not exact enough: see trace.h.
 */
enum slot {
	SLOT_G_M,
	SLOT_M_CURG,
	SLOTS,
};
#include <beyla/trace.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/*
 * func newproc1(fn *funcval, callergp *g, callerpc uintptr) *g
 * (Go 1.17: fn *funcval, argp unsafe.Pointer, narg int32, callergp *g, callerpc uintptr; Go 1.23 appends parked bool, waitreason waitReason)
 *
 * Runs on the scheduler's stack: the running g is g0 of the thread, whose m.curg is the goroutine with the go statement (runtime/proc.go).
 * At the return the new g has its id and does not run yet. Cost: three user reads and one lookup; one read and one update more while the
 * starting goroutine works for a span.
 */
SEC("uprobe")
int goroutine_started(struct pt_regs *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = attachment_of(cookie);
	if (!a || !(a->flags & ATTACHMENT_SERVES))
		return 0;

	u64 m = 0, starter = 0;
	struct execution parent = { .process = a->process }, child = { .process = a->process };
	if (bpf_probe_read_user(&m, sizeof(m), (void *)(go_g(ctx) + a->slots[SLOT_G_M])) ||
	    bpf_probe_read_user(&starter, sizeof(starter), (void *)(m + a->slots[SLOT_M_CURG]))) {
		count(COUNT_READ_FAILED);
		return 0;
	}
	if (!starter)
		return 0; /* the runtime itself, before there was a goroutine */
	parent.id = go_goid_of(starter, a);
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, &parent);
	if (!context)
		return 0;
	child.id = go_goid_of(go_result(ctx, cookie), a);
	if (child.id)
		trace_hand_on(&parent, context, &child);
	return 0;
}
