/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Differs from WrongObject.cs in every way that the host checks. */
#include <beyla/kernel.h>

enum slot {
	SLOT_UNFILLED,
	SLOTS,
};
#include <beyla/attachment.h>

struct wrong_event {
	struct event_header header;
	u64 moved;
	u32 count;
};
EVENT_STRUCT(wrong_event);

SEC("uprobe")
int other_program(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	return a && slot_present(a, SLOT_UNFILLED);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
