/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Round trips of net/http's Transport. */
#pragma once
#include <beyla/scratch.h>
#include <beyla/trace.h>
#include "events.h"

struct round_trip {
	u64 start;   /* ns */
	u64 request; /* *http.Request */
	struct span_ids ids;
};

/* The round trips of a goroutine. One may run inside another: a Proxy function that asks a server, a RoundTripper for another scheme. */
struct round_trips {
	u64 depth;
	struct round_trip outer, inner;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct round_trips);
} client_requests SEC(".maps");

/*
 * Scheme, host and path with one read when they still are parts of the one text that url.Parse saw, else (user info between them, escapes in
 * the path, a URL put together by hand) with three. User info and query are never copied.
 */
static __always_inline void copy_url(struct http_client_request *event, struct go_string scheme, struct go_string host, struct go_string path)
{
	u32 scheme_length = scheme.length, host_length = host.length;
	if (scheme.length <= SCHEME_MAX && host.length <= HOST_MAX && host.data == scheme.data + scheme.length + 3 &&
	    (path.length == 0 || path.data == host.data + host.length)) {
		u32 head = scheme_length + 3 + host_length;
		struct go_string all = { scheme.data, head + path.length };
		u32 copied = go_copy(event->url, all, SCHEME_MAX + 3 + HOST_MAX + PATH_MAX);
		event->scheme_length = copied >= head ? scheme_length : 0;
		event->host_length = copied >= head ? host_length : 0;
		event->path_length = copied >= head ? copied - head : 0;
		return;
	}
	scheme_length = go_copy(event->url, scheme, SCHEME_MAX);
	event->scheme_length = scheme_length;
	host_length = go_copy(event->url + scheme_length + 3, host, HOST_MAX);
	event->host_length = host_length;
	event->path_length = go_copy(event->url + scheme_length + 3 + host_length, path, PATH_MAX);
}

/* What http.Request says of the body that a client sends: 0 means unknown unless there is none. */
static __always_inline s64 sent_size(const struct go_window *request, const struct attachment *a)
{
	s64 size = go_window_word(request, a->slots[SLOT_REQUEST_CONTENT_LENGTH]);
	return size == 0 && go_window_word(request, a->slots[SLOT_REQUEST_BODY]) ? -1 : size;
}

static __always_inline int fill_round_trip_by(
	const struct attachment *a, const struct round_trip *trip, u64 answer, struct http_client_request *event, struct http_objects *objects, struct go_window *window)
{
	if (!a || !trip || !event || !objects)
		return 0;
	event_ids(&event->header, &trip->ids);
	event->response_size = -1;
	event->status = 0;
	event->proto_major = 0;
	event->proto_minor = 0;
	event->flags = HTTP_FAILED;
	if (answer) {
		if (!go_window_read(window, answer, 128))
			return 0;
		event->flags = 0;
		event->response_size = go_window_word(window, a->slots[SLOT_ANSWER_CONTENT_LENGTH]);
		event->status = go_window_word(window, a->slots[SLOT_ANSWER_STATUS]);
		event->proto_major = go_window_word(window, a->slots[SLOT_ANSWER_PROTO_MAJOR]);
		event->proto_minor = go_window_word(window, a->slots[SLOT_ANSWER_PROTO_MINOR]);
		if (captures_headers())
			objects->response_headers = go_window_word(window, a->slots[SLOT_ANSWER_HEADER]);
	}

	if (!go_window_read(window, trip->request, GO_WINDOW_MAX))
		return 0;
	event->request_size = sent_size(window, a);
	event->method_length = go_copy(event->method, go_window_string(window, a->slots[SLOT_REQUEST_METHOD]), METHOD_MAX);
	if (captures_headers())
		objects->request_headers = go_window_word(window, a->slots[SLOT_REQUEST_HEADER]);

	if (!go_window_read(window, go_window_word(window, a->slots[SLOT_REQUEST_URL]), 128))
		return 0;
	struct go_string path = go_window_string(window, a->slots[SLOT_URL_RAW_PATH]);
	if (path.length)
		event->flags |= HTTP_RAW_PATH;
	else
		path = go_window_string(window, a->slots[SLOT_URL_PATH]);
	copy_url(event, go_window_string(window, a->slots[SLOT_URL_SCHEME]), go_window_string(window, a->slots[SLOT_URL_HOST]), path);
	return 1;
}

/* Tells what request and answer (0: none) say; 0 when they could not be read. Cost: five user reads, four without an answer. */
static __noinline int fill_round_trip(
	const struct attachment *a, const struct round_trip *trip, u64 answer, struct http_client_request *event, struct http_objects *objects)
{
	return with_scratch_of(struct go_window, window, fill_round_trip_by(a, trip, answer, event, objects, window));
}

/* Ends a round trip. Cost: see fill_round_trip, http_error_read without an answer, and a ring record. */
static __noinline int submit_round_trip(
	const struct attachment *a, const struct execution *key, const struct round_trip *trip, u64 answer, const struct go_error *error)
{
	struct http_objects objects = {};
	u64 end = bpf_ktime_get_ns();

	if (!a || !key || !trip || !error)
		return 0;
	struct http_client_request *event =
		event_reserve_bytes(captures_headers() ? sizeof(struct http_client_captured) : sizeof(struct http_client_request));
	if (!event)
		return 0;
	event_fill(&event->header, captures_headers() ? HTTP_CLIENT_CAPTURED : HTTP_CLIENT_REQUEST, key->process, key->id, trip->start, end);
	if (!fill_round_trip(a, trip, answer, event, &objects)) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		return 0;
	}
	if (!answer)
		http_error_read(a, error, &event->error);
	if (captures_headers())
		capture(a, &objects, &((struct http_client_captured *)event)->headers);
	event_submit(event);
	return 0;
}

/* func (t *Transport) roundTrip(req *Request) (*Response, error) */
enum { ROUND_TRIP_REQ = 1 };

SEC("uprobe")
int client_request_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;

	struct round_trips first = { .depth = 1, .outer = { bpf_ktime_get_ns(), go_arg(ctx, ROUND_TRIP_REQ) } };
	trace_parent(ctx, a, &key, &first.outer.ids);
	if (!bpf_map_update_elem(&client_requests, &key, &first, BPF_NOEXIST))
		return 0;
	struct round_trips *trips = bpf_map_lookup_elem(&client_requests, &key);
	if (!trips) {
		count(COUNT_MAP_FULL);
	} else if ((trips->depth == 1 ? trips->outer.request : trips->inner.request) == first.outer.request) {
		count(COUNT_REPEATED);
	} else {
		trips->depth++;
		if (trips->depth == 2)
			trips->inner = first.outer;
	}
	return 0;
}

SEC("uprobe")
int client_request_end(struct pt_regs *ctx)
{
	struct execution key;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = go_enter(ctx, cookie, &key);
	if (!a)
		return 0;
	struct round_trips *trips = bpf_map_lookup_elem(&client_requests, &key);
	if (!trips) {
		count(COUNT_HALF_SEEN);
		return 0;
	}
	struct round_trip trip = trips->depth == 1 ? trips->outer : trips->inner;
	u64 depth = trips->depth--;
	if (depth == 1)
		bpf_map_delete_elem(&client_requests, &key);
	if (depth > 2) {
		count(COUNT_NESTED_TOO_DEEP);
		return 0;
	}
	struct go_error error = { go_result_word(ctx, cookie, 1), go_result_word(ctx, cookie, 2) };
	return submit_round_trip(a, &key, &trip, go_result(ctx, cookie), &error);
}
