/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The sockets below TLS sessions, as each kind of hook can know them. */
#pragma once
#include "../http_wire/socket_call.h"

/* What runs: a program that is given a socket to use, or a kprobe, for which it is but an address to read at. */
enum hook { HOOK_TYPED, HOOK_KPROBE };

enum { SOCKET_NEW, SOCKET_TLS, SOCKET_DONE };

struct socket_state {
	u32 phase; /* SOCKET_NEW: nothing seen, SOCKET_TLS: no session yet, SOCKET_DONE: it has one, or needs none */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_state);
} sockets SEC(".maps");

/* For kprobes, by socket_id. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct socket_state);
} probed_sockets SEC(".maps");

/*
 * A number that no other connection has: the kernel's cookie. A kprobe may not ask for it, and makes one of the socket's address and its ports, which
 * another connection would need to have, too. Cost: a helper call, or a kernel read.
 */
static __always_inline u64 socket_id(struct sock *sk, enum hook hook)
{
	return hook == HOOK_TYPED ? bpf_get_socket_cookie(sk) : (u64)sk ^ BPF_CORE_READ(sk, __sk_common.skc_portpair) * 0x9e3779b97f4a7c15ULL;
}

/* The state of a socket, made if it is new; NULL when there is no room. Cost: one storage or map lookup. */
static __always_inline struct socket_state *socket_state(struct sock *sk, u64 id, enum hook hook)
{
	if (hook == HOOK_TYPED)
		return bpf_sk_storage_get(&sockets, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	struct socket_state *state = bpf_map_lookup_elem(&probed_sockets, &id);
	if (state)
		return state;
	struct socket_state none = {};
	bpf_map_update_elem(&probed_sockets, &id, &none, BPF_ANY);
	return bpf_map_lookup_elem(&probed_sockets, &id);
}

static __always_inline void socket_connection(struct sock *sk, u64 id, enum hook hook, struct connection *connection)
{
	__builtin_memset(connection, 0, sizeof(*connection));
	if (hook == HOOK_TYPED)
		connection_of(sk, connection);
	else
		connection_read(sk, connection);
	connection->cookie = id;
}
