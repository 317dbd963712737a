/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Ciphertext that a program itself moves between sockets and the library (memory BIOs: node, .NET, Python's asyncio). A connection is looked at only
 * until it has a session: its sockets' state says so.
 */
#pragma once
#include "sockets.h"
#include "thread.h"

/* Enough to know a piece of ciphertext by: of a hello message it takes in most of the 32 random bytes (RFC 8446, section 4.1.2). */
enum { FINGERPRINT = 32 };

struct fingerprint {
	u32 pid; /* initial namespace */
	u8 bytes[FINGERPRINT];
};

/* Where ciphertext of connections without a session came from. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct fingerprint);
	__type(value, struct connection);
} received_ciphertext SEC(".maps");

/* Whether a record of TLS 1.0 to 1.3 begins here (RFC 8446, section 5.1): change_cipher_spec, alert, handshake, application_data. */
static __always_inline bool is_tls_record(const u8 *bytes)
{
	return bytes[0] >= 20 && bytes[0] <= 23 && bytes[1] == 3 && bytes[2] <= 4;
}

/* The state of a socket that may still need a session; NULL: it does not. Cost: one storage lookup, and a map lookup while it waits. */
static __always_inline struct socket_state *socket_without_session(struct sock *sk, u64 cookie, enum hook hook)
{
	struct socket_state *state = socket_state(sk, cookie, hook);
	if (!state || state->phase == SOCKET_DONE)
		return 0;
	if (state->phase == SOCKET_TLS && bpf_map_lookup_elem(&joined_connections, &cookie)) {
		state->phase = SOCKET_DONE;
		return 0;
	}
	return state;
}

/* Looks at the first bytes of a transfer; how many there are of a TLS record, 0: it is none, which settles a new socket. Cost: one user read. */
static __always_inline u32 socket_ciphertext(struct socket_state *state, const struct io *io, u8 *bytes)
{
	u32 length = io_read(io, 0, bytes, FINGERPRINT, FINGERPRINT);
	if (length >= 3 && is_tls_record(bytes)) {
		state->phase = SOCKET_TLS;
		return length;
	}
	if (length >= 3 && state->phase == SOCKET_NEW)
		state->phase = SOCKET_DONE;
	return 0;
}

/* The program received ciphertext: remembers of which connection, by thread and by its bytes. */
static __always_inline void ciphertext_received(struct sock *sk, u64 cookie, enum hook hook, const struct io *io)
{
	struct fingerprint print = { .pid = bpf_get_current_pid_tgid() >> 32 };
	struct socket_state *state = socket_without_session(sk, cookie, hook);
	if (!state)
		return;
	u32 length = socket_ciphertext(state, io, print.bytes);
	struct thread *thread = length ? thread_current() : 0;
	if (!thread)
		return;
	socket_connection(sk, cookie, hook, &thread->received);
	thread->handed = false;
	if (length == FINGERPRINT)
		bpf_map_update_elem(&received_ciphertext, &print, &thread->received, BPF_ANY);
}

/* The thread, which has ciphertext of a session without a connection to send, sends some. */
static __always_inline void ciphertext_sent(
	struct thread *thread, struct sock *sk, u64 cookie, enum hook hook, const struct io *io, const struct target *target)
{
	u8 bytes[FINGERPRINT];
	struct connection connection;
	struct socket_state *state = socket_without_session(sk, cookie, hook);

	if (!state || !socket_ciphertext(state, io, bytes))
		return;
	struct session *session = session_known(thread->sending);
	if (session && !session->joined) {
		socket_connection(sk, cookie, hook, &connection);
		session_join(session, thread->sending, &connection, JOINED_BY_ORDER, target);
		state->phase = SOCKET_DONE;
	}
	thread->sending = 0;
}
