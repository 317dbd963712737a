/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Does what no tracer should do unasked: signals the process that it looks at, and has a function of the kernel called. */
enum slot { SLOTS };
#include <beyla/attachment.h>

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

/* Nothing calls it. */
__noinline int unused_lock(void)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return 0;
}

/* func main() */
SEC("uprobe")
int main_begin(struct pt_regs *ctx)
{
	bpf_send_signal(0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
