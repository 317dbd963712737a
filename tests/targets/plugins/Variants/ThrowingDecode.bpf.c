/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
#include <beyla/kernel.h>

enum slot {
	SLOTS,
};
#include <beyla/go.h>

/* func (sh serverHandler) ServeHTTP(rw ResponseWriter, req *Request) */
SEC("uprobe")
int request_begin(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	struct event_header *event = a ? event_reserve(struct event_header) : 0;
	if (!event)
		return 0;
	u64 now = bpf_ktime_get_ns();
	event_fill(event, 1, a->process, go_goid(ctx, a), now, now);
	event_submit(event);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
