/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
#include <beyla/target.h>

enum { TCP_LISTEN = 10 };

static __always_inline int tell(int state)
{
	struct target *target = state == TCP_LISTEN ? target_current() : 0;
	struct event_header *event = target ? event_reserve(struct event_header) : 0;
	if (!event)
		return 0;
	u64 now = bpf_ktime_get_ns();
	event_fill(event, 1, target->process, target_execution(), now, now);
	event_submit(event);
	return 0;
}

/* A front that no kernel has. */
SEC("tp_btf/beyla_no_such_tracepoint")
int BPF_PROG(listens_nowhere, const void *sk, int old_state, int new_state)
{
	return tell(new_state);
}

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate) */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(listens, const void *sk, int old_state, int new_state)
{
	return tell(new_state);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
