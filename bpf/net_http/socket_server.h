/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The server of HTTP/1, plain and TLS, without a probe in the program: what its sockets receive and send is seen in the kernel, and the request is
 * read from the program's own objects. The goroutine that serves a connection (conn.serve) has it as its argument, and (*conn).curReq is the response
 * in hand, nil between two requests (net/http/server.go).
 *
 * A request begins with the first bytes that this goroutine receives after the one before. It is taken up when its response's first bytes are sent, and
 * told when the goroutine receives again, or the connection ends: then the last bytes have been sent.
 */
#pragma once
#include "socket_request.h"

/* Finds the connection that the running goroutine serves, if it is a server's; false when it is not. Cost: two to six user reads, once per connection. */
static __noinline int socket_learn(struct served_socket *s, const struct target *target, u64 g)
{
	if (!s || !target)
		return 0;
	if (s->process != target->process) {
		s->process = target->process;
		s->attachment = target_attachment_index(target);
	}
	struct attachment *a = target_attachment(s->attachment, s->process);
	if (!a || !slot_present(a, SLOT_SERVE_ARGUMENT))
		return 0;
	if (go_read_word(g + a->slots[SLOT_G_START_PC]) != a->slots[SLOT_SERVE_START]) {
		/* A server's socket is read by others, too, but only while a request is in hand, or before the server has it. */
		if (++s->strangers >= STRANGER_MAX)
			s->left = true;
		return 0;
	}
	u64 connection = go_goroutine_argument(g, a->slots[SLOT_SERVE_ARGUMENT]);
	if (!connection)
		return 0;
	s->connection = connection;
	s->g = g;
	s->goid = go_goid_of(g, a);
	s->event.peer_length = go_copy(s->event.peer, go_read_string(connection + a->slots[SLOT_CONN_REMOTE_ADDRESS]), PEER_MAX);
	/* A request that is in hand already began unseen. */
	u64 response = socket_in_hand(a, s);
	if (response && go_read_word(response + a->slots[SLOT_RESPONSE_CONN]) != connection)
		socket_refute(s, a);
	if (!s->start) {
		s->told = response;
		s->body = response != 0;
	}
	return !s->left;
}

/* The goroutine of the connection has received, or tried to. Cost: nothing inside a request; see socket_tell and socket_begin. */
static __noinline int socket_received(struct sock *sk, struct served_socket *s, const struct attachment *a, int result)
{
	if (!sk || !s || !a)
		return 0;
	if (s->response) {
		if (!s->done || (result > 0 && s->body)) {
			u64 response = socket_in_hand(a, s);
			if (response == s->response && !s->done)
				return 0; /* its body */
			socket_complete(a, s);
			socket_tell(sk, s, 0);
			if (response) {
				if (response != s->told)
					s->start = s->last; /* a request that came with the one before, and its body */
				return 0;
			}
		} else {
			socket_tell(sk, s, 0);
		}
	} else if (s->told && s->body && result > 0 && socket_in_hand(a, s) == s->told) {
		return 0; /* the rest of a body that the handler did not want */
	}
	if (result > 0 && (!s->start || s->renews)) {
		s->start = bpf_ktime_get_ns();
		s->renews = false;
		s->told = 0;
		socket_begin(a, s);
	}
	return 0;
}

/* Which response a connection has in hand, and whether the handler has taken the connection. Cost: one user read, two where they lie far apart. */
struct socket_connection {
	u64 response;
	u64 hijacked;
};

static __noinline int socket_read_connection(const struct attachment *a, const struct served_socket *s, struct socket_connection *connection)
{
	if (!a || !s || !connection)
		return 0;
	u64 window[8], current = a->slots[SLOT_CONN_CURRENT], hijacked = a->slots[SLOT_CONN_HIJACKED] - current;

	if (hijacked < sizeof(window) && !bpf_probe_read_user(window, sizeof(window), (void *)(s->connection + current))) {
		connection->response = window[0];
		connection->hijacked = ((u8 *)window)[hijacked & (sizeof(window) - 1)];
		return 1;
	}
	u8 byte = 0;
	if (bpf_probe_read_user(&connection->response, sizeof(u64), (void *)(s->connection + current)) ||
	    bpf_probe_read_user(&byte, sizeof(byte), (void *)(s->connection + a->slots[SLOT_CONN_HIJACKED])))
		return 0;
	connection->hijacked = byte;
	return 1;
}

/* Nothing more is to be seen on this connection. Cost: one map delete. */
static __always_inline void socket_leave(struct served_socket *s)
{
	struct execution goroutine = socket_goroutine(s);

	s->left = true;
	trace_end_last(&goroutine);
}

/* Whether the bytes that are sent are a response of HTTP/1. Cost: one user read. */
static __always_inline bool socket_answers(void)
{
	const struct pt_regs *regs = user_registers();
	u32 start = 0;

	if (SYSCALL_NUMBER(regs) != SYS_WRITE || bpf_probe_read_user(&start, sizeof(start), (void *)SYSCALL_SECOND(regs)))
		return false;
	return start == 0x50545448; /* HTTP */
}

/* Some goroutine has sent on the connection. Cost: one user read, and those of socket_look. */
static __noinline int socket_sent(struct sock *sk, struct served_socket *s, struct attachment *a, int result, u64 g)
{
	struct socket_connection now;

	if (!sk || !s || !a || result == -EAGAIN || !socket_read_connection(a, s, &now))
		return 0;
	if (s->response && s->response != now.response) {
		socket_complete(a, s);
		socket_tell(sk, s, 0);
	}
	if (!now.response) {
		/* A handshake, an error before the handler; another goroutine: HTTP/2. */
		s->start = bpf_ktime_get_ns();
		s->renews = true;
		if (g != s->g)
			socket_leave(s);
		else if (!a->confirmed && socket_answers())
			socket_refute(s, a);
		return 0;
	}
	if (now.response == s->told)
		return 0;
	bool looked = socket_follow(sk, s, a, now.response, now.hijacked != 0);
	if (looked && (result > 0 || !s->last))
		s->last = bpf_ktime_get_ns();
	if (now.hijacked) {
		if (looked)
			socket_tell(sk, s, HTTP_HIJACKED);
		socket_leave(s);
	} else if (looked && s->done && !connection_is_tcp(sk)) {
		socket_tell(sk, s, 0); /* of others nobody tells the end */
	}
	return 0;
}

/* The connection ends. own: on its goroutine. Cost: as socket_sent, where a request is in hand. */
static __noinline int socket_ended(struct sock *sk, struct served_socket *s, struct attachment *a, bool own)
{
	struct socket_connection now;

	if (!sk || !s || !a)
		return 0;
	if (!s->start && !s->response) {
		socket_leave(s);
		return 0;
	}
	if (!socket_read_connection(a, s, &now)) {
		/* The process has ended. */
		if (s->response && s->done)
			socket_tell(sk, s, 0);
		socket_leave(s);
		return 0;
	}
	if (s->response && s->response != now.response) {
		socket_complete(a, s);
		socket_tell(sk, s, 0);
	}
	if (now.response && now.response != s->told && socket_follow(sk, s, a, now.response, true))
		socket_tell(sk, s, now.hijacked ? HTTP_HIJACKED : own && !s->done ? HTTP_PANICKED : 0);
	socket_leave(s);
	return 0;
}

/* ---- the hooks ---- */

/* TP_PROTO(struct sock *sk, int ret, int flags): since Linux 6.3; at the end of each receive, also of those that fail */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(server_socket_received, struct sock *sk, int ret, int flags)
{
	struct target *target = target_current();
	if (!target || flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	struct served_socket *s = bpf_sk_storage_get(&served_sockets, sk, 0, ret > 0 ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
	if (!s || s->left)
		return 0;
	u64 g = go_g(user_registers());
	if (!s->connection && (ret <= 0 || !socket_learn(s, target, g))) {
		/* Who looks whose connection it is (cmux) hands it to the server with what it read; a server's own look ahead is a single byte. */
		if (ret > 1 && !s->start)
			s->start = bpf_ktime_get_ns();
		return 0;
	}
	if (g != s->g)
		return 0; /* the one byte ahead that a server reads while a handler runs, a handler's helper */
	struct attachment *a = target_attachment(s->attachment, target->process);
	return a ? socket_received(sk, s, a, ret) : 0;
}

/* TP_PROTO(struct sock *sk, int ret, int flags) */
SEC("tp_btf/sock_send_length")
int BPF_PROG(server_socket_sent, struct sock *sk, int ret, int flags)
{
	struct target *target = target_current();
	struct served_socket *s = target ? bpf_sk_storage_get(&served_sockets, sk, 0, 0) : 0;
	if (!s || s->left)
		return 0;
	u64 g = go_g(user_registers());
	if (!s->connection && (ret <= 0 || !socket_learn(s, target, g)))
		return 0;
	struct attachment *a = target_attachment(s->attachment, target->process);
	return a ? socket_sent(sk, s, a, ret, g) : 0;
}

/* The socket is done with; only its own process can tell what became of the request. */
static __always_inline int socket_gone(struct sock *sk)
{
	struct served_socket *s = bpf_sk_storage_get(&served_sockets, sk, 0, 0);
	if (!s || s->left || !s->connection)
		return 0;
	struct target *target = target_current();
	struct attachment *a = target && target->process == s->process ? target_attachment(s->attachment, s->process) : 0;
	return a ? socket_ended(sk, s, a, go_g(user_registers()) == s->g) : 0;
}

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate): in whatever process runs */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(server_socket_closed, struct sock *sk, int oldstate, int newstate)
{
	return connection_ends(oldstate, newstate) ? socket_gone(sk) : 0;
}

/* TP_PROTO(struct sock *sk): of connections that the other side reset, in the close that comes later */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(server_socket_destroyed, struct sock *sk)
{
	return socket_gone(sk);
}
