/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
#include <beyla/kernel.h>

enum slot {
	SLOTS,
};
#include <beyla/go.h>

/* Reads the target's memory as if it were its own: the verifier must refuse it. */
SEC("uprobe")
int main_begin(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	return a ? *(volatile u64 *)go_g(ctx) : 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
