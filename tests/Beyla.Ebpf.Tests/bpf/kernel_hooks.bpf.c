/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* One program of each kind of kernel hook. */
#define TRACER_COUNTERS COUNT_BY_TP_BTF, COUNT_BY_RAW_TP,
#include <beyla/counters.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct sock_common {
	volatile unsigned char skc_state;
	u16 skc_num;
} __attribute__((preserve_access_index));
struct sock {
	struct sock_common __sk_common;
} __attribute__((preserve_access_index));
struct socket {
	struct sock *sk;
} __attribute__((preserve_access_index));
struct file;
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
} __attribute__((preserve_access_index));

enum { TCP_LISTEN = 10 };

volatile const u32 wanted = 0; /* process whose system calls are counted */

struct listener {
	u32 pid;
	u32 port;
};

static int count_call(u32 which)
{
	if (bpf_get_current_pid_tgid() >> 32 == wanted)
		count(which);
	return 0;
}

SEC("tp_btf/sys_enter")
int by_tp_btf(void *ctx)
{
	return count_call(COUNT_BY_TP_BTF);
}

SEC("raw_tp/sys_enter")
int by_raw_tp(void *ctx)
{
	return count_call(COUNT_BY_RAW_TP);
}

SEC("tp_btf/no_such_tracepoint")
int by_missing(void *ctx)
{
	return 0;
}

SEC("fentry/tcp_sendmsg")
int by_fentry(void *ctx)
{
	return 0;
}

SEC("kprobe/tcp_sendmsg")
int by_kprobe(struct pt_regs *ctx)
{
	return 0;
}

SEC("iter/task_file")
int listeners(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct task_struct *task = ctx->task;
	if (!file || !task || task->pid != task->tgid)
		return 0;
	struct socket *socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk || socket->sk->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	struct listener found = { .pid = task->tgid, .port = socket->sk->__sk_common.skc_num };
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}
