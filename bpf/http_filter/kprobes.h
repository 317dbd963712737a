/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * For kernels that have neither socket tracepoints nor trampolines at functions (arm64's before Linux 6.4): kprobes. Their programs may not keep
 * state on a socket, so it is kept by the socket's address until the kernel closes it.
 */
#pragma once
#include "../http_wire/socket_call.h"
#include "connection_state.h"

enum { PROBED_CONNECTIONS_MAX = 16384 };

/* Memory is taken as connections come. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, PROBED_CONNECTIONS_MAX);
	__type(key, u64);
	__type(value, struct connection_state);
} probed_connections SEC(".maps");

/* What a connection begins with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct connection_state);
} no_connection SEC(".maps");

/* Makes the state of a connection, in the place of one whose end was not seen. Cost: a map update, a lookup and what connection_read costs. */
static __always_inline struct connection_state *probed_begin(const struct sock *sk, u64 address)
{
	u32 zero = 0;
	struct connection_state *nothing = bpf_map_lookup_elem(&no_connection, &zero);
	if (!nothing || bpf_map_update_elem(&probed_connections, &address, nothing, BPF_ANY)) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	struct connection_state *state = bpf_map_lookup_elem(&probed_connections, &address);
	if (!state)
		return 0;
	struct connection *connection = &state->exchange.record.connection;
	connection_read(sk, connection);
	state->exchange.id = connection->cookie = trace_random();
	return state;
}

/* Finds or makes the state of a socket. Cost: a map lookup and a kernel read. */
static __always_inline struct connection_state *probed_connection(const struct sock *sk)
{
	u64 address = (u64)sk;
	u32 ports = BPF_CORE_READ(sk, __sk_common.skc_portpair);
	struct connection_state *state = bpf_map_lookup_elem(&probed_connections, &address);
	/* While no process is watched nobody sees sockets being closed, and their memory used again. */
	if (state && ports == (__builtin_bswap16(state->exchange.record.connection.remote_port) | (u32)state->exchange.record.connection.local_port << 16))
		return state;
	/* What is closed already will not be closed again. */
	return BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE ? 0 : probed_begin(sk, address);
}

/* int tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size) */
SEC("kprobe/tcp_sendmsg")
int BPF_KPROBE(send_begins, const struct sock *sk, const struct msghdr *message, u64 size)
{
	return target_current() ? socket_call_begin_send(sk, message, size) : 0;
}

/* int tcp_sendpage(struct sock *sk, struct page *page, int offset, size_t size, int flags): sendfile before Linux 6.5 */
SEC("kprobe/tcp_sendpage")
int BPF_KPROBE(page_begins, const struct sock *sk, const void *page, int offset, u64 size, int flags)
{
	return target_current() ? socket_call_begin(sk, 0, size, !(flags & MSG_DONTWAIT), true) : 0;
}

/* int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len); before Linux 5.19: see socket_call_begin_receive */
SEC("kprobe/tcp_recvmsg")
int BPF_KPROBE(receive_begins, const struct sock *sk, const struct msghdr *message, u64 size, int flags)
{
	return target_current() ? socket_call_begin_receive(sk, message, size, flags) : 0;
}

/* void release_sock(struct sock *sk) */
SEC("kprobe/release_sock")
int BPF_KPROBE(socket_released, const struct sock *sk)
{
	struct target *target = target_current();
	struct socket_call *call = target ? socket_call_of(sk) : 0;
	if (!call)
		return 0;
	struct socket_progress progress = socket_call_progress(call);
	if (!progress.length && !progress.end)
		return 0;
	struct connection_state *state = probed_connection(sk);
	if (!state)
		return 0;
	struct io io = { .length = progress.length, .sent = call->sends, .blocks = call->waits };
	if (progress.length)
		connection_io(state, target, &io, progress.skipped);
	return progress.end && state->exchange.record.connection.role == ROLE_CLIENT ? connection_end(state) : 0;
}

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate): in whatever process runs */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(probed_socket_closed, struct sock *sk, int oldstate, int newstate)
{
	u64 address = (u64)sk;
	struct connection_state *state = bpf_map_lookup_elem(&probed_connections, &address);
	if (!state)
		return 0;
	if (connection_ends(oldstate, newstate))
		connection_end(state);
	return newstate == TCP_CLOSE ? bpf_map_delete_elem(&probed_connections, &address) : 0;
}
