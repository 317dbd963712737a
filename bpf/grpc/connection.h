/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Both ends of a connection. */
#pragma once
#include "call.h"

struct connection {
	struct endpoint peer, local;
};

/*
 * The ends of each connection by the address of its http2Server or http2Client, because reading them takes eight user reads. A new transport
 * removes what an earlier one at the same address left.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct object);
	__type(value, struct connection);
} connections SEC(".maps");

/* Reads a net.Addr, an interface value in the target; leaves the endpoint empty when it is not TCP's. Cost: four user reads. */
static __always_inline void read_endpoint(const struct attachment *a, u64 address, struct endpoint *end)
{
	u64 interface[2], port = 0;
	struct go_string ip; /* data and length of a []byte */

	if (bpf_probe_read_user(interface, sizeof(interface), (void *)address) || interface[0] != a->slots[SLOT_ITAB_TCP_ADDRESS])
		return;
	if (bpf_probe_read_user(&ip, sizeof(ip), (void *)(interface[1] + a->slots[SLOT_TCP_ADDRESS_IP])) ||
	    bpf_probe_read_user(&port, sizeof(port), (void *)(interface[1] + a->slots[SLOT_TCP_ADDRESS_PORT])))
		return;
	end->port = port;
	if (ip.length == 16 && !bpf_probe_read_user(end->ip, 16, (void *)ip.data))
		end->length = 16;
	else if (ip.length == 4 && !bpf_probe_read_user(end->ip, 4, (void *)ip.data))
		end->length = 4;
}

/* Both ends of a transport's connection. Cost: one map lookup; for the first call on it eight user reads and an update. */
static __noinline int connection_ends(const struct attachment *a, u64 transport, u64 server, struct rpc_call *event)
{
	if (!a || !event)
		return 0;
	struct object key = { .address = transport, .process = a->process };
	struct connection *known = bpf_map_lookup_elem(&connections, &key);
	if (known) {
		event->peer = known->peer;
		event->local = known->local;
		return 1;
	}
	struct connection read = {};
	if (server) {
		if (slot_present(a, SLOT_SERVER_PEER))
			read_endpoint(a, transport + a->slots[SLOT_SERVER_PEER], &read.peer);
		if (slot_present(a, SLOT_SERVER_LOCAL))
			read_endpoint(a, transport + a->slots[SLOT_SERVER_LOCAL], &read.local);
	} else if (slot_present(a, SLOT_CLIENT_PEER)) {
		read_endpoint(a, transport + a->slots[SLOT_CLIENT_PEER], &read.peer);
	}
	event->peer = read.peer;
	event->local = read.local;
	bpf_map_update_elem(&connections, &key, &read, BPF_ANY);
	return 1;
}

/* func (t *http2Server) HandleStreams(...), func (t *http2Client) reader(...): once per connection, on a goroutine of its own */
enum { TRANSPORT = 0 };

SEC("uprobe")
int connection_begin(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, TRANSPORT), .process = a->process };
	bpf_map_delete_elem(&connections, &key);
	return 0;
}
