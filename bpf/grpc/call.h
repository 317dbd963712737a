/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* An RPC in flight, and what is told of it. */
#pragma once
#include <beyla/trace.h>

enum { GRPC_SERVER_CALL = 1, GRPC_CLIENT_CALL = 2 }; /* event_header.kind */
enum { METHOD_MAX = 255, HOST_MAX = 127, PEER_MAX = 63 };

/* One end of a connection. */
struct endpoint {
	u8 ip[16];
	u16 port;
	u8 length; /* of ip: 4, 16; 0: not known, or not TCP */
	u8 unused;
};

/* One RPC. Matches RpcEvent in RpcEvent.cs field by field (checked at load). */
struct rpc_call {
	struct event_header header;
	u32 code; /* of the RPC's status */
	u16 method_length;
	u8 host_length;
	u8 peer_length;
	struct endpoint peer;
	struct endpoint local; /* a server's */
	char method[METHOD_MAX + 1]; /* "/package.Service/Method" */
	char host[HOST_MAX + 1];     /* a client's authority; the Host of a server behind net/http */
	char peer_text[PEER_MAX + 1]; /* "ip:port" of a server behind net/http */
};
EVENT_STRUCT(rpc_call);

/* An object of grpc in a process, by its address. */
struct object {
	u64 address;
	u32 process; /* the host's handle */
	u32 unused;  /* zero */
};

/* An RPC in flight. */
struct call {
	u64 start; /* ns */
	u64 goid;  /* that began it */
	struct span_ids ids;
};

struct calls {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct object);
	__type(value, struct call);
};

struct calls server_calls SEC(".maps"); /* by the stream that handleStream gets */
struct calls client_calls SEC(".maps"); /* by clientStream */

/* Reserves an event with everything but what the two sides read differently; NULL when the ring is full (counted). */
static __always_inline struct rpc_call *rpc_reserve(const struct attachment *a, const struct call *call, u16 kind, u32 code)
{
	struct rpc_call *event = event_reserve(struct rpc_call);
	if (!event)
		return 0;
	event_fill(&event->header, kind, a->process, call->goid, call->start, bpf_ktime_get_ns());
	event_ids(&event->header, &call->ids);
	event->code = code;
	event->method_length = 0;
	event->host_length = 0;
	event->peer_length = 0;
	__builtin_memset(&event->peer, 0, sizeof(event->peer));
	__builtin_memset(&event->local, 0, sizeof(event->local));
	return event;
}

/* Takes the state of a call that ends: true for one of those that try, if there is any. Cost: one map lookup and one delete. */
static __always_inline bool call_take(struct calls *calls, const struct object *key, struct call *call)
{
	struct call *known = bpf_map_lookup_elem(calls, key);
	if (!known)
		return false;
	*call = *known;
	return !bpf_map_delete_elem(calls, key);
}
