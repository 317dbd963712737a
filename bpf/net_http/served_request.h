/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What the servers of HTTP/1 and HTTP/2 have in common: how a request begins, and how its event is filled. */
#pragma once
#include <beyla/trace.h>
#include "events.h"

/* Fields of a request, counted from its method's slot. */
enum { REQUEST_METHOD, REQUEST_URI, REQUEST_HOST, REQUEST_CONTENT_LENGTH, REQUEST_TLS, REQUEST_HEADER, REQUEST_SLOTS };
_Static_assert(SLOT_REQUEST_HEADER - SLOT_REQUEST_METHOD == REQUEST_HEADER, "slots of http.Request");
_Static_assert(SLOT_HTTP2_REQUEST_HEADER - SLOT_HTTP2_REQUEST_METHOD == REQUEST_HEADER, "slots of HTTP/2's request");

/* Method and target with one read when they still are parts of one request line, else (a handler replaced the method) with two. */
static __always_inline void copy_request_line(struct http_server_request *event, struct go_string method, struct go_string target)
{
	u32 length = method.length;
	if (method.length <= METHOD_MAX && target.data == method.data + method.length + 1) {
		struct go_string line = { method.data, method.length + 1 + target.length };
		u32 copied = go_copy(event->line, line, METHOD_MAX + 1 + TARGET_MAX);
		event->method_length = copied > length ? length : 0;
		event->target_length = copied > length ? copied - length - 1 : 0;
		return;
	}
	length = go_copy(event->line, method, METHOD_MAX);
	event->method_length = length;
	event->target_length = go_copy(event->line + length + 1, target, TARGET_MAX);
}

/*
 * Tells what a request says that was read to a window. slots is the slot of its method: http.Request and HTTP/2's own type have the same fields at
 * different offsets. With objects->request set it is a http.Request. Cost: three user reads.
 */
static __noinline int fill_request(
	const struct attachment *a, const struct go_window *window, u64 slots, struct http_server_request *event, struct http_objects *objects)
{
	if (!a || !window || !event || !objects || slots > SLOTS - REQUEST_SLOTS)
		return 0;
	const u64 *at = &a->slots[slots];
	if (go_window_word(window, at[REQUEST_TLS]))
		event->flags |= HTTP_TLS;
	event->request_size = go_window_word(window, at[REQUEST_CONTENT_LENGTH]);
	copy_request_line(event, go_window_string(window, at[REQUEST_METHOD]), go_window_string(window, at[REQUEST_URI]));
	event->host_length = go_copy(event->host, go_window_string(window, at[REQUEST_HOST]), HOST_MAX);
	objects->request_headers = go_window_word(window, at[REQUEST_HEADER]);
	objects->pattern = objects->request ? route_pattern(a, window) : (struct go_string){};
	return 1;
}

/* A record for a served request, with room for headers when any are wanted; NULL when the ring is full (counted). */
static __always_inline struct http_server_request *reserve_server_request(void)
{
	return event_reserve_bytes(captures_headers() ? sizeof(struct http_server_captured) : sizeof(struct http_server_request));
}

/* Adds route and headers to an event that was filled, and submits it. Cost: see route_read and capture. */
static __always_inline void submit_server_event(
	const struct attachment *a, const struct execution *running, u64 start, const struct http_objects *objects, struct http_server_request *event)
{
	route_read(a, running, start, objects, &event->route);
	if (captures_headers()) {
		event->header.kind = HTTP_SERVER_CAPTURED;
		capture(a, objects, &((struct http_server_captured *)event)->headers);
	}
	event_submit(event);
}

/*
 * Begins a server span on an execution, in the trace that the request came with. headers is where the Request has them. Cost: see
 * propagation_from_headers and trace_begin. Not static: the verifier walks the searches of the headers once per program, not once per call.
 */
__noinline int begin_server_span(const struct attachment *a, const struct execution *serving, u64 headers, struct span_ids *ids)
{
	if (!a || !serving || !ids)
		return 0;
	struct execution key = *serving; /* before Linux 6.8 the argument of a global function is no key of a map */
	if (a->flags & (ATTACHMENT_W3C | ATTACHMENT_B3))
		propagation_from_headers(a, go_read_word(headers), ids);
	trace_begin(&key, ids);
	return 0;
}
