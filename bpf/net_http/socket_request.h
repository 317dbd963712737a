/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* A request that is seen at its connection's socket: taken up with the first bytes of its response, told when it is over. */
#pragma once
#include "socket_state.h"

/* Ends the request that is followed: the event was filled while its objects were there. Cost: a ring record; a lookup more for wanted headers. */
static __noinline int socket_tell(struct sock *sk, struct served_socket *s, u64 flags)
{
	if (!sk || !s || !s->response)
		return 0;
	u64 end = s->last ? s->last : bpf_ktime_get_ns();
	event_fill(&s->event.header, HTTP_SERVER_REQUEST, s->process, s->goid, s->start, end);
	event_ids(&s->event.header, &s->ids);
	s->event.flags |= flags;
	s->told = s->response;
	s->response = 0;
	s->start = 0;
	s->last = end;
	if (!captures_headers()) {
		event_output(&s->event, sizeof(s->event));
		return 0;
	}
	struct http_server_captured *record = event_reserve(struct http_server_captured);
	if (!record)
		return 0;
	record->request = s->event;
	record->request.header.kind = HTTP_SERVER_CAPTURED;
	struct captured_headers *headers = s->captured ? bpf_sk_storage_get(&served_headers, sk, 0, 0) : 0;
	if (!headers || bpf_probe_read_kernel(&record->headers, sizeof(record->headers), headers)) {
		__builtin_memset(record->headers.request.length, 0, sizeof(record->headers.request.length));
		__builtin_memset(record->headers.response.length, 0, sizeof(record->headers.response.length));
	}
	event_submit(record);
	return 0;
}

/*
 * The response that is followed is not in hand any more, and its handler had not returned when it was looked at: what the kernel sent of a file is
 * counted only then. Its memory may be another object's by now, which the connection tells. Cost: two user reads.
 */
static __always_inline void socket_complete(const struct attachment *a, struct served_socket *s)
{
	if (!s->done && go_read_word(s->response + a->slots[SLOT_RESPONSE_CONN]) == s->connection)
		s->event.response_size = go_read_word(s->response + a->slots[SLOT_RESPONSE_WRITTEN]);
}

/* Copies the wanted headers of the response in the window and its request. Cost: one storage lookup, a user read, and those of capture_values. */
static __noinline int socket_capture(struct sock *sk, struct served_socket *s, const struct attachment *a, const struct go_window *response)
{
	if (!sk || !s || !a || !response)
		return 0;
	struct captured_headers *headers = bpf_sk_storage_get(&served_headers, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!headers)
		return 0;
	u64 request = go_window_word(response, a->slots[SLOT_RESPONSE_REQUEST]);
	capture_values(a, go_read_word(request + a->slots[SLOT_REQUEST_HEADER]), &headers->request);
	capture_values(a, go_window_word(response, a->slots[SLOT_RESPONSE_HEADER]), &headers->response);
	s->captured = true;
	return 0;
}

/* The ids of the request that was just taken up: those that calls found meanwhile. Cost: one lookup, and those of trace_bind. */
static __noinline int socket_identify(struct served_socket *s, const struct attachment *a)
{
	if (!s || !a)
		return 0;
	struct execution goroutine = socket_goroutine(s);
	struct trace_context *context = bpf_map_lookup_elem(&shared_trace_contexts, &goroutine);
	if (!context || (context->source.work && context->source.work != s->response)) {
		/* A request that came in the same segment as the one before: nobody saw it come. */
		socket_begin(a, s);
		context = bpf_map_lookup_elem(&shared_trace_contexts, &goroutine);
	}
	if (!context || !trace_bind(a, context, s->response))
		return 0;
	s->ids.trace_id[0] = context->trace_id[0];
	s->ids.trace_id[1] = context->trace_id[1];
	s->ids.span_id = context->span_id;
	s->ids.parent_id = context->parent_id;
	s->ids.flags = context->flags;
	return 1;
}

/* Fills the event with what does not change any more. Cost: a user read for the request, and those of fill_request and route_read. */
static __noinline int socket_fill(struct served_socket *s, const struct attachment *a, u64 request, struct go_window *window)
{
	if (!s || !a || !window)
		return 0;
	struct http_objects objects = { .request = request };
	struct execution running = socket_running(s);

	if (!go_window_read(window, request, GO_WINDOW_MAX))
		return 0;
	s->event.proto_major = go_window_word(window, a->slots[SLOT_REQUEST_PROTO_MAJOR]);
	s->event.proto_minor = go_window_word(window, a->slots[SLOT_REQUEST_PROTO_MINOR]);
	if (!fill_request(a, window, SLOT_REQUEST_METHOD, &s->event, &objects))
		return 0;
	s->body = s->event.request_size != 0;
	route_read(a, &running, s->start, &objects, &s->event.route);
	return 1;
}

/* The objects of a connection are not what the tables say. */
static __always_inline void socket_refute(struct served_socket *s, struct attachment *a)
{
	s->left = true;
	s->response = 0;
	__sync_fetch_and_add(&a->refuted, 1);
}

static __always_inline int socket_look_by(
	struct sock *sk, struct served_socket *s, struct attachment *a, u64 response, bool final, struct go_window *window)
{
	if (!sk || !s || !a || !go_window_read(window, response, GO_WINDOW_MAX))
		return 0;
	if (go_window_word(window, a->slots[SLOT_RESPONSE_CONN]) != s->connection) {
		socket_refute(s, a);
		return 0;
	}
	bool known = s->response == response;
	if (!known) {
		s->response = response;
		if (!s->start)
			s->start = s->last ? s->last : bpf_ktime_get_ns();
		s->last = 0;
		s->event.flags = 0;
		s->captured = false;
	}
	s->event.response_size = go_window_word(window, a->slots[SLOT_RESPONSE_WRITTEN]);
	s->event.status = go_window_word(window, a->slots[SLOT_RESPONSE_STATUS]);
	s->done = go_window_byte(window, a->slots[SLOT_RESPONSE_HANDLER_DONE]);
	if (go_window_byte(window, a->slots[SLOT_RESPONSE_WROTE_HEADER]))
		s->event.flags |= HTTP_WROTE_HEADER;
	if (captures_headers() && !s->captured && (final || s->event.flags & HTTP_WROTE_HEADER))
		socket_capture(sk, s, a, window);
	if (known)
		return 1;
	a->confirmed = 1;
	if (socket_fill(s, a, go_window_word(window, a->slots[SLOT_RESPONSE_REQUEST]), window))
		return 1;
	s->response = 0;
	return 0;
}

/*
 * Looks at a response that the program has in hand: takes its request up, or sees what became of it. final: there will be no other look.
 * Cost: one user read, the first time those of socket_identify and socket_fill, too.
 */
static __noinline int socket_look(struct sock *sk, struct served_socket *s, struct attachment *a, u64 response, bool final)
{
	return with_scratch_of(struct go_window, window, socket_look_by(sk, s, a, response, final, window));
}

/* The same, with the ids of a request that is taken up. */
static __always_inline bool socket_follow(struct sock *sk, struct served_socket *s, struct attachment *a, u64 response, bool final)
{
	bool known = s->response == response;
	if (!socket_look(sk, s, a, response, final))
		return false;
	if (known || socket_identify(s, a))
		return true;
	s->response = 0;
	return false;
}
