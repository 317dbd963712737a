/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* TCP connections that a process opens, by a tracepoint of the kernel: one event for each, when it is established or refused. */
#include <beyla/target.h>

enum { CONNECT = 1 };
enum { AF_INET = 2 };                                              /* include/linux/socket.h */
enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2 };                    /* include/net/tcp_states.h */

/* The kernel's sockets (include/net/sock.h), as far as they are looked at; CO-RE finds the fields in the running kernel. */
struct sock_common {
	u32 skc_daddr; /* network byte order */
	u16 skc_dport; /* network byte order */
	u16 skc_family;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
} __attribute__((preserve_access_index));

/* Matches ConnectEvent in TracerNameTracer.cs field by field (checked at load). */
struct connect_event {
	struct event_header header;
	u8 address[4];
	u16 port; /* host byte order */
	u8 established;
	u8 unused;
};
EVENT_STRUCT(connect_event);

/* An attempt under way, by socket: its end comes in whatever process the CPU runs then. */
struct attempt {
	u64 start;
	u64 execution;
	u32 process;
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, u64);
	__type(value, struct attempt);
} attempts SEC(".maps");

static __always_inline void connect_over(struct sock *sk, const struct attempt *attempt, bool established)
{
	struct connect_event *event = event_reserve(struct connect_event);
	if (!event)
		return;
	u32 address = sk->__sk_common.skc_daddr;
	event_fill(&event->header, CONNECT, attempt->process, attempt->execution, attempt->start, bpf_ktime_get_ns());
	__builtin_memcpy(event->address, &address, sizeof(address));
	event->port = __builtin_bswap16(sk->__sk_common.skc_dport);
	event->established = established;
	event->unused = 0;
	event_submit(event);
}

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate); runs in every process. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_changed, struct sock *sk, int old_state, int new_state)
{
	u64 key = (u64)sk;

	if (sk->__sk_common.skc_family != AF_INET)
		return 0;
	if (new_state == TCP_SYN_SENT) { /* in connect(2): the process is the one that asked */
		struct target *target = target_current();
		if (!target)
			return 0;
		struct attempt attempt = { .start = bpf_ktime_get_ns(), .execution = target_execution(), .process = target->process };
		if (bpf_map_update_elem(&attempts, &key, &attempt, BPF_ANY))
			count(COUNT_MAP_FULL);
	} else if (old_state == TCP_SYN_SENT) {
		struct attempt *attempt = bpf_map_lookup_elem(&attempts, &key);
		if (!attempt)
			return 0;
		connect_over(sk, attempt, new_state == TCP_ESTABLISHED);
		bpf_map_delete_elem(&attempts, &key);
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
