/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The server of HTTP/1.
 *
 * Everything told about a request is read at its end, where response and request are both complete, each struct in one read. The path is taken from
 * RequestURI, which is the target as it came over the wire: handlers rewrite URL, not RequestURI. (A handler that replaces Request.Method is seen with
 * the new method.)
 */
#pragma once
#include <beyla/scratch.h>
#include "served_request.h"

/*
 * The request that a connection's goroutine is serving, by the address of its g. The entry lives as long as the goroutine, that is the
 * connection: updating in place is much cheaper, and goroutine id and peer are read only once. Middleware puts what a proxy claims into
 * Request.RemoteAddr, so the peer is that of the connection.
 */
struct server_request {
	u64 start;       /* ns */
	u64 response;    /* *http.response; 0: between two requests */
	u64 goid;        /* for the event */
	struct span_ids ids;
	u64 peer_length; /* 0: not read yet */
	char peer[PEER_MAX + 1];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct server_request);
} server_requests SEC(".maps");

static __always_inline int fill_server_request_by(
	const struct attachment *a, struct server_request *served, u64 flags, struct http_server_request *event, struct http_objects *objects, struct go_window *window)
{
	u64 end = bpf_ktime_get_ns();

	if (!a || !served || !event || !objects || !go_window_read(window, served->response, GO_WINDOW_MAX))
		return 0;
	u64 connection = go_window_word(window, a->slots[SLOT_RESPONSE_CONN]);
	objects->request = go_window_word(window, a->slots[SLOT_RESPONSE_REQUEST]);
	if (captures_headers())
		objects->response_headers = go_window_word(window, a->slots[SLOT_RESPONSE_HEADER]);
	event->response_size = go_window_word(window, a->slots[SLOT_RESPONSE_WRITTEN]);
	event->status = go_window_word(window, a->slots[SLOT_RESPONSE_STATUS]);
	if (go_window_byte(window, a->slots[SLOT_RESPONSE_WROTE_HEADER]))
		flags |= HTTP_WROTE_HEADER;

	if (flags & HTTP_PANICKED && slot_present(a, SLOT_CONN_HIJACKED)) {
		/* A connection that was hijacked on another goroutine ends like one whose handler panicked. */
		u8 hijacked = 0;
		bpf_probe_read_user(&hijacked, sizeof(hijacked), (void *)(connection + a->slots[SLOT_CONN_HIJACKED]));
		if (hijacked)
			flags ^= HTTP_PANICKED | HTTP_HIJACKED;
	}

	if (!served->peer_length)
		served->peer_length = go_copy(served->peer, go_read_string(connection + a->slots[SLOT_CONN_REMOTE_ADDRESS]), PEER_MAX);

	if (!go_window_read(window, objects->request, GO_WINDOW_MAX))
		return 0;
	event_fill(&event->header, HTTP_SERVER_REQUEST, a->process, served->goid, served->start, end);
	event_ids(&event->header, &served->ids);
	event->flags = flags;
	event->proto_major = go_window_word(window, a->slots[SLOT_REQUEST_PROTO_MAJOR]);
	event->proto_minor = go_window_word(window, a->slots[SLOT_REQUEST_PROTO_MINOR]);
	event->peer_length = served->peer_length;
	__builtin_memcpy(event->peer, served->peer, sizeof(event->peer));
	return fill_request(a, window, SLOT_REQUEST_METHOD, event, objects);
}

/* Tells what the objects of the request say; 0 when they could not be read. Cost: four user reads, two more for the first request of a connection. */
static __noinline int fill_server_request(
	const struct attachment *a, struct server_request *served, u64 flags, struct http_server_request *event, struct http_objects *objects)
{
	return with_scratch_of(struct go_window, window, fill_server_request_by(a, served, flags, event, objects, window));
}

/* Ends the request in flight of the goroutine with this key. Cost: see fill_server_request and submit_server_event, and a ring record. */
static __noinline int submit_server_request(const struct attachment *a, const struct execution *running, struct server_request *served, u64 flags)
{
	struct http_objects objects = {};

	if (!a || !running || !served)
		return 0;
	struct execution serving = { .id = served->goid, .process = a->process };
	trace_end(&serving);
	struct http_server_request *event = reserve_server_request();
	int filled = event && fill_server_request(a, served, flags, event, &objects);
	served->response = 0;
	if (filled)
		submit_server_event(a, running, served->start, &objects, event);
	else if (event)
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
	return 0;
}

/* The entry of a connection's goroutine; NULL when there is no room (counted). Cost: one map update and a lookup, once per connection. */
static __noinline struct server_request *add_connection(const struct execution *key, u64 goid)
{
	struct server_request now = { .goid = goid };
	if (bpf_map_update_elem(&server_requests, key, &now, BPF_ANY)) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	return bpf_map_lookup_elem(&server_requests, key);
}

/* func (w *response) finishRequest(): always on the connection's goroutine, once per request whose handler returned, unless hijacked */
enum { FINISH_REQUEST_W = 0 };

SEC("uprobe")
int server_request_end(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = go_enter_running(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (!known || known->response != go_arg(ctx, FINISH_REQUEST_W)) {
		count(known && !known->response ? COUNT_REPEATED : COUNT_HALF_SEEN);
		return 0;
	}
	return submit_server_request(a, &key, known, 0);
}

/* func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error): on the handler's goroutine, which need not be the connection's */
enum { HIJACK_W = 0 };

SEC("uprobe")
int server_request_hijack(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = go_enter_running(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (!known || known->response != go_arg(ctx, HIJACK_W))
		return 0;
	return submit_server_request(a, &key, known, HTTP_HIJACKED);
}

/* The deferred func() of (*conn).serve: once per connection, also when a handler panics. It recovers, so it is never inlined. */
SEC("uprobe")
int server_connection_end(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = go_enter_running(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (!known)
		return 0;
	if (known->response)
		submit_server_request(a, &key, known, HTTP_PANICKED);
	bpf_map_delete_elem(&server_requests, &key);
	return 0;
}
