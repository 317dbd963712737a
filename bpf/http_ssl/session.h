/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * TLS sessions: what a library calls SSL or gnutls_session_t, known by its address, with the connection it belongs to. Nothing of the library's
 * own structs is read.
 */
#pragma once

enum {
	SESSION_JOINED = 1, /* connection is known */
	SESSION_NESTED = 2, /* the library itself does the socket calls, so this is certain; else the program does, with memory BIOs */
	SESSION_HANDED = 4, /* found by the ciphertext that the program handed to the library: certain, too */
	SESSION_RETRY = 8,  /* the socket was full: the library's next write is the last one again */
};

/* Addresses are those of one process; a pid (initial namespace) is never used again while its sessions are in use. */
struct session_key {
	u64 session;
	u32 pid;
	u32 unused;
};

struct session {
	struct exchange exchange;
	struct connection connection;
	u32 flags; /* SESSION_* */
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct session_key);
	__type(value, struct session);
} sessions SEC(".maps");

/* Too large for the stack; never written. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct session);
} new_session SEC(".maps");

static __always_inline struct session_key session_key_of(u64 session)
{
	return (struct session_key){ .session = session, .pid = bpf_get_current_pid_tgid() >> 32 };
}

/* The session, made if it is new; NULL when there is no room (counted). Cost: a map lookup; an update of 1 us the first time. */
static __always_inline struct session *session_of(u64 address)
{
	struct session_key key = session_key_of(address);
	struct session *known = bpf_map_lookup_elem(&sessions, &key);
	if (known)
		return known;
	u32 zero = 0;
	struct session *empty = bpf_map_lookup_elem(&new_session, &zero);
	if (!empty)
		return 0;
	bpf_map_update_elem(&sessions, &key, empty, BPF_NOEXIST);
	known = bpf_map_lookup_elem(&sessions, &key);
	if (!known)
		count(COUNT_MAP_FULL);
	return known;
}
