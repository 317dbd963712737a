/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Does what no tracer should do unasked: signals the process that it looks at. */
enum slot { SLOTS };
#include <beyla/attachment.h>

/* func main() */
SEC("uprobe")
int main_begin(struct pt_regs *ctx)
{
	bpf_send_signal(0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
