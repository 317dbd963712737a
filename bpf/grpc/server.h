/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* RPCs that the process serves. */
#pragma once
#include "connection.h"
#include "status.h"

enum { STREAM_DONE = 3 }; /* internal/transport/transport.go, type streamState */

/* The transport.Stream of what handleStream gets. Cost: nothing, one user read for 1.69 to 1.76. */
static __always_inline u64 server_stream(const struct attachment *a, u64 stream)
{
	if (!slot_present(a, SLOT_SERVER_STREAM_BASE))
		return stream;
	u64 base = stream + a->slots[SLOT_SERVER_STREAM_BASE];
	return a->slots[SLOT_SERVER_STREAM_POINTS] == 1 ? read_word(base) : base;
}

enum { CONTEXT_DEPTH = 4 }; /* tags and traces of old releases lie above the metadata */

/* The trace that the request's metadata name. Cost: two user reads, and those of propagation_from_headers. */
static __noinline int incoming_trace(const struct attachment *a, u64 stream, struct span_ids *ids)
{
	u64 context[2], key[2], value[2];

	if (!a || !ids || !(a->flags & (ATTACHMENT_W3C | ATTACHMENT_B3)) || !slot_present(a, SLOT_TYPE_INCOMING_METADATA))
		return 0;
	if (bpf_probe_read_user(context, sizeof(context), (void *)(server_stream(a, stream) + a->slots[SLOT_STREAM_CONTEXT])))
		return 0;
	for (int depth = 0; depth < CONTEXT_DEPTH && context[0] == a->slots[SLOT_ITAB_VALUE_CONTEXT]; depth++) {
		if (bpf_probe_read_user(key, sizeof(key), (void *)(context[1] + a->slots[SLOT_VALUE_CONTEXT_KEY])))
			return 0;
		if (key[0] == a->slots[SLOT_TYPE_INCOMING_METADATA]) {
			if (bpf_probe_read_user(value, sizeof(value), (void *)(context[1] + a->slots[SLOT_VALUE_CONTEXT_VALUE])))
				return 0;
			return propagation_from_headers(a, value[1], ids);
		}
		if (bpf_probe_read_user(context, sizeof(context), (void *)(context[1] + a->slots[SLOT_VALUE_CONTEXT_PARENT])))
			return 0;
	}
	return 0;
}

/*
 * func (s *Server) handleStream(t transport.ServerTransport, stream *transport.Stream, trInfo *traceInfo)
 * From 1.60 without trInfo, from 1.69 with a *transport.ServerStream. On the stream's own goroutine, or on one of a pool.
 */
enum { HANDLE_STREAM_TRANSPORT_ITAB = 1, HANDLE_STREAM_STREAM = 3 };

SEC("uprobe")
int server_call_begin(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &goroutine);
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, HANDLE_STREAM_STREAM), .process = a->process };
	struct call *known = bpf_map_lookup_elem(&server_calls, &key);
	if (known && known->goid == goroutine.id) {
		count(COUNT_REPEATED);
		return 0;
	}
	struct call now = { .start = bpf_ktime_get_ns(), .goid = goroutine.id };
	if (go_arg(ctx, HANDLE_STREAM_TRANSPORT_ITAB) == a->slots[SLOT_ITAB_HANDLER_TRANSPORT])
		trace_parent(ctx, a, &goroutine, &now.ids); /* the HTTP request, when it has a span */
	if (!now.ids.parent_id)
		incoming_trace(a, key.address, &now.ids);
	trace_begin(&goroutine, &now.ids);
	if (bpf_map_update_elem(&server_calls, &key, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

/* What a server behind net/http knows of its client: the texts of the HTTP request. Cost: five user reads. */
static __always_inline void handler_ends(const struct attachment *a, u64 transport, struct rpc_call *event)
{
	if (!slot_present(a, SLOT_HANDLER_REQUEST))
		return;
	u64 request = read_word(transport + a->slots[SLOT_HANDLER_REQUEST]);
	if (slot_present(a, SLOT_REQUEST_REMOTE_ADDRESS))
		event->peer_length = go_copy(event->peer_text, go_read_string(request + a->slots[SLOT_REQUEST_REMOTE_ADDRESS]), PEER_MAX);
	if (slot_present(a, SLOT_REQUEST_HOST))
		event->host_length = go_copy(event->host, go_read_string(request + a->slots[SLOT_REQUEST_HOST]), HOST_MAX);
}

/*
 * An end without a beginning. A stream gets its status a second time when its handler returns after an error of SendMsg or RecvMsg, which has
 * ended it.
 */
static __always_inline void server_call_ended_before(const struct attachment *a, u64 stream)
{
	u32 state = 0;
	bpf_probe_read_user(&state, sizeof(state), (void *)(server_stream(a, stream) + a->slots[SLOT_STREAM_STATE]));
	count(state == STREAM_DONE ? COUNT_REPEATED : COUNT_HALF_SEEN);
}

/*
 * func (t *http2Server) WriteStatus(s *Stream, st *status.Status) error
 * func (ht *serverHandlerTransport) WriteStatus(s *Stream, st *status.Status) error
 * From 1.69 writeStatus, with a *ServerStream. At the end of every call, also when its client is gone.
 */
enum { WRITE_STATUS_TRANSPORT = 0, WRITE_STATUS_STREAM = 1, WRITE_STATUS_STATUS = 2 };

/* Cost: five user reads (handler: nine), a map lookup, two deletes and a ring record. */
static __always_inline int server_call_end(struct pt_regs *ctx, bool handler)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, WRITE_STATUS_STREAM), .process = a->process };
	struct call call;
	if (!call_take(&server_calls, &key, &call)) {
		server_call_ended_before(a, key.address);
		return 0;
	}
	struct execution goroutine = { .id = call.goid, .process = a->process };
	trace_end_last(&goroutine);

	struct rpc_call *event = rpc_reserve(a, &call, GRPC_SERVER_CALL, status_code(a, go_arg(ctx, WRITE_STATUS_STATUS)));
	if (!event)
		return 0;
	event->method_length = go_copy(event->method, go_read_string(server_stream(a, key.address) + a->slots[SLOT_STREAM_METHOD]), METHOD_MAX);
	if (handler)
		handler_ends(a, go_arg(ctx, WRITE_STATUS_TRANSPORT), event);
	else
		connection_ends(a, go_arg(ctx, WRITE_STATUS_TRANSPORT), true, event);
	event_submit(event);
	return 0;
}

SEC("uprobe")
int server_status_written(struct pt_regs *ctx)
{
	return server_call_end(ctx, false);
}

SEC("uprobe")
int handler_status_written(struct pt_regs *ctx)
{
	return server_call_end(ctx, true);
}
