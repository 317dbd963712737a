/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * TLS sessions: what a library calls SSL or gnutls_session_t, known by its address, with what goes over it in plain. Nothing of the library's own
 * structs is read.
 */
#pragma once
#include "../http_wire/http2.h"

/* How the connection of a session was found: flags, 0 for not yet. */
enum {
	JOINED_BY_ORDER = 1,  /* the thread's last ciphertext came from it, or went to it next: sure where one thread does both */
	JOINED_BY_CALL = 2,   /* the library itself called the socket: certain */
	JOINED_BY_BYTES = 4,  /* the ciphertext that the program handed to the library had come from it: certain */
};

/* Addresses are those of one process; pid: initial namespace. */
struct session_key {
	u64 address;
	u32 pid;
	u32 unused;
};

enum { WRITTEN = 32 }; /* bytes of a write to know it again by */

struct session {
	struct exchange exchange;
	struct http2 http2; /* while exchange.ignored says so */
	u32 joined;  /* JOINED_* */
	u8 repeats; /* the socket was full: the next write begins with the last one again */
	u8 settled; /* bytes were read: the handshake is over */
	bool blocks; /* its socket calls may wait, so the thread serves nobody else meanwhile */
	u8 unused;
	u64 told;   /* bytes of the last write: all of them were followed */
	u64 written_length; /* of the last write while the handshake may not be over, and its beginning */
	u64 written[WRITTEN / sizeof(u64)];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct session_key);
	__type(value, struct session);
} sessions SEC(".maps");

/* What a session begins with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct session);
} no_session SEC(".maps");

/* Connections with a session: cookie to the session's address. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u64);
} joined_connections SEC(".maps");

static __always_inline struct session_key session_key_of(u64 address)
{
	return (struct session_key){ .address = address, .pid = bpf_get_current_pid_tgid() >> 32 };
}

/* The session, if it is known. Cost: a map lookup. */
static __always_inline struct session *session_known(u64 address)
{
	struct session_key key = session_key_of(address);
	return bpf_map_lookup_elem(&sessions, &key);
}

/* Makes a session, in the place of one that had the same key; NULL when there is no room (counted). Cost: a map update. */
static __always_inline struct session *session_new(const struct session_key *key)
{
	u32 zero = 0;
	struct session *none = bpf_map_lookup_elem(&no_session, &zero);
	if (!none)
		return 0;
	bpf_map_update_elem(&sessions, key, none, BPF_ANY);
	struct session *session = bpf_map_lookup_elem(&sessions, key);
	if (!session) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	session->exchange.id = (u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	session->exchange.flags = EXCHANGE_TLS;
	return session;
}

/* The session, made if it is new; NULL when there is no room (counted). Cost: a map lookup; an update the first time. */
static __always_inline struct session *session_of(u64 address)
{
	struct session_key key = session_key_of(address);
	struct session *session = bpf_map_lookup_elem(&sessions, &key);
	return session ? session : session_new(&key);
}

/* What goes on in the session is over, because its connection is, or because its address now stands for another session. */
static __always_inline void session_end(struct session *session, const struct target *target)
{
	struct io io = { .time = bpf_ktime_get_ns(), .process = target->process };

	exchange_close(&session->exchange, io.time);
	http2_close(&session->http2, &session->exchange, &io);
}

/*
 * Ties a session to its connection. What is certain corrects what only followed from the order; a certain connection that changes means that the
 * address stands for a new session. The session, or the new one. Cost: nothing when it is known, else a map update or two.
 */
static __always_inline struct session *session_join(
	struct session *session, u64 address, const struct connection *connection, u32 how, const struct target *target)
{
	struct connection *known = &session->exchange.record.connection;

	if (session->joined && known->cookie == connection->cookie) {
		session->joined |= how;
		return session;
	}
	if (session->joined & ~JOINED_BY_ORDER) {
		struct session_key key = session_key_of(address);
		session_end(session, target);
		session = session_new(&key);
		if (!session)
			return 0;
		known = &session->exchange.record.connection;
	}
	u8 role = known->role;
	*known = *connection;
	known->role = role;
	session->joined = how;
	bpf_map_update_elem(&joined_connections, &connection->cookie, &address, BPF_ANY);
	return session;
}
