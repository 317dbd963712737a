/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * HTTP of any process, by what it sends and receives on its TCP sockets: one event per exchange of HTTP/1, on either side; HTTP/2 as its frames. The kernel tells of each
 * transfer when it is over; the bytes are still in the process' memory, and its registers say where. Connections need not have been seen from their
 * beginning: what is known of one hangs on its socket.
 */
#include "http_wire/wire_counters.h"
#define TRACER_COUNTERS HTTP_WIRE_COUNTERS

#include "http_filter/connection_state.h"
#include "http_filter/descriptors.h"
#include "http_filter/kprobes.h"

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct connection_state);
} connections SEC(".maps");

/* Finds or makes the state of a socket. Cost: one storage lookup; the first time on a connection its addresses, too. */
static __always_inline struct connection_state *connection_state(struct sock *sk)
{
	struct connection_state *state = bpf_sk_storage_get(&connections, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!state) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	if (!state->exchange.id) {
		connection_of(sk, &state->exchange.record.connection);
		state->exchange.id = state->exchange.record.connection.cookie = bpf_get_socket_cookie(sk);
	}
	return state;
}

static __always_inline int socket_io(struct sock *sk, int result, int flags, bool sent)
{
	struct target *target = target_current();
	if (!target || !connection_is_tcp(sk) || flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	if (result <= 0) {
		struct connection_state *known = result == 0 && !sent ? bpf_sk_storage_get(&connections, sk, 0, 0) : 0;
		return known && known->exchange.record.connection.role == ROLE_CLIENT ? connection_end(known) : 0;
	}
	struct connection_state *state = connection_state(sk);
	struct io io = { .length = result, .sent = sent, .blocks = !(flags & MSG_DONTWAIT) };
	return state ? connection_io(state, target, &io, 0) : 0;
}

/* TP_PROTO(struct sock *sk, int ret, int flags): since Linux 6.3; at the end of each receive, also of those that fail */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(socket_received, struct sock *sk, int ret, int flags)
{
	return socket_io(sk, ret, flags, false);
}

/* TP_PROTO(struct sock *sk, int ret, int flags) */
SEC("tp_btf/sock_send_length")
int BPF_PROG(socket_sent, struct sock *sk, int ret, int flags)
{
	return socket_io(sk, ret, flags, true);
}

/* ---- kernels without those: the functions themselves; their arguments changed over the years, so they are taken by number ---- */

/* One call of tcp_sendmsg or its like is over. */
static __always_inline int socket_sent_by(void *ctx, struct sock *sk)
{
	u64 result = 0;
	return bpf_get_func_ret(ctx, &result) ? 0 : socket_io(sk, (int)result, 0, true);
}

/* int tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size) */
SEC("fexit/tcp_sendmsg")
int BPF_PROG(message_sent, struct sock *sk)
{
	return socket_sent_by(ctx, sk);
}

/* int tcp_sendpage(struct sock *sk, struct page *page, int offset, size_t size, int flags): sendfile before Linux 6.5 */
SEC("fexit/tcp_sendpage")
int BPF_PROG(page_sent, struct sock *sk)
{
	return socket_sent_by(ctx, sk);
}

/*
 * int tcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len); before Linux 5.19 with an argument more, nonblock, in
 * front of flags
 */
SEC("fexit/tcp_recvmsg")
int BPF_PROG(message_received, struct sock *sk)
{
	u64 result = 0, flags = 0;
	u64 before = bpf_get_func_arg_cnt(ctx) > 5 ? 4 : 3;
	return bpf_get_func_ret(ctx, &result) || bpf_get_func_arg(ctx, before, &flags) ? 0 : socket_io(sk, (int)result, (int)flags, false);
}

/* ---- the end of connections ---- */

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate): in whatever process runs */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_closed, struct sock *sk, int oldstate, int newstate)
{
	if (!connection_ends(oldstate, newstate))
		return 0;
	struct connection_state *state = bpf_sk_storage_get(&connections, sk, 0, 0);
	return state ? connection_end(state) : 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
