/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Both copies of the server of HTTP/2 (see http2_slots.h): two probe hits per request, on the goroutine that the server starts for each.
 *
 * A request begins where net/http calls the handler (server_request_begin, hit for HTTP/1 anyway) or, where a copy calls handlers directly, at
 * runHandler; there the trace that it came with is read. It ends in the deferred function of runHandler, which runs in every case, before the
 * response's state goes back into its pool.
 */
#pragma once
#include <beyla/scratch.h>
#include "served_request.h"

enum { HTTP2_COPY_STD = 0, HTTP2_COPY_XNET = SLOT_XNET_HTTP2_WRITER_STATE - SLOT_HTTP2_WRITER_STATE };
#define HTTP2_SLOT(a, copy, name) ((a)->slots[SLOT_HTTP2_##name + (copy)])

/* streamState in http2.go: the same numbers in both copies. */
enum { HTTP2_HALF_CLOSED_REMOTE = 3, HTTP2_CLOSED = 4 };

/*
 * The request that a goroutine handles, by the address of its g. A goroutine handles one request and ends, but Go uses its g again: the entry
 * stays and is updated in place, which is much cheaper than an insertion and a deletion per request.
 */
struct http2_request {
	u64 start;   /* ns */
	u64 writer;  /* *responseWriter; 0: none */
	u64 request; /* *http.Request that net/http called the handler with; 0: not known */
	u64 goid;
	struct span_ids ids;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct http2_request);
} http2_requests SEC(".maps");

/* request: *http.Request where it is known. headers: where the headers are. Cost: one user read, two map operations, and those of begin_server_span. */
static __noinline int http2_request_begin(const struct pt_regs *ctx, const struct attachment *a, u64 writer, u64 request, u64 headers)
{
	struct execution key;

	go_running(ctx, a, &key);
	struct http2_request *known = bpf_map_lookup_elem(&http2_requests, &key);
	if (known && known->writer == writer) {
		if (request) /* it began in runHandler */
			known->request = request;
		count(COUNT_REPEATED);
		return 0;
	}
	struct http2_request now = { .start = bpf_ktime_get_ns(), .writer = writer, .request = request, .goid = go_goid(ctx, a) };
	struct execution serving = { .id = now.goid, .process = a->process };
	begin_server_span(a, &serving, headers, &now.ids);
	if (known)
		*known = now;
	else if (bpf_map_update_elem(&http2_requests, &key, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

/* What is read in one function and wanted in the next, besides the event. */
struct http2_outcome {
	u64 request; /* *http.Request, or where the ServerRequest lies from Go 1.27 on */
	u64 request_is_pointer;
	s64 body_bytes; /* of the request, as received */
	u64 stream_state;
	struct http_objects objects;
};

static __always_inline bool http2_fill_outcome_by(
	const struct attachment *a, u64 writer, u64 copy, struct http_server_request *event, struct http2_outcome *outcome, struct go_window *window)
{
	if (!a || !event || !outcome)
		return false;
	u64 state = go_read_word(writer + HTTP2_SLOT(a, copy, WRITER_STATE));
	if (!state || !go_window_read(window, state, GO_WINDOW_MAX))
		return false;
	u64 stream = go_window_word(window, HTTP2_SLOT(a, copy, STATE_STREAM));
	u64 connection = go_window_word(window, HTTP2_SLOT(a, copy, STATE_CONN));
	u64 request = HTTP2_SLOT(a, copy, STATE_REQUEST);
	outcome->request_is_pointer = HTTP2_SLOT(a, copy, STATE_REQUEST_IS_POINTER);
	if (outcome->request_is_pointer) {
		outcome->request = go_window_word(window, request);
	} else {
		outcome->request = state + request;
		outcome->objects.request_headers = go_window_word(window, request + HTTP2_SLOT(a, copy, REQUEST_HEADER));
	}
	outcome->objects.response_headers = go_window_word(window, HTTP2_SLOT(a, copy, STATE_HEADER));

	/* Status and sizes lie side by side, behind the request when that is part of the state. */
	u64 first = HTTP2_SLOT(a, copy, STATE_STATUS), window_at = 0;
	if (first > GO_WINDOW_MAX - 64) {
		window_at = first;
		if (!go_window_read(window, state + first, 64))
			return false;
	}
	event->status = go_window_word(window, first - window_at);
	event->flags = go_window_byte(window, HTTP2_SLOT(a, copy, STATE_SENT_HEADER) - window_at) ? HTTP_WROTE_HEADER : 0;
	event->response_size = go_window_word(window, HTTP2_SLOT(a, copy, STATE_WRITTEN) - window_at);

	if (!go_window_read(window, stream, 128))
		return false;
	outcome->stream_state = (u8)go_window_word(window, HTTP2_SLOT(a, copy, STREAM_STATE));
	outcome->body_bytes = go_window_word(window, HTTP2_SLOT(a, copy, STREAM_BODY_BYTES));
	if (!event->flags && outcome->stream_state == HTTP2_CLOSED)
		event->flags = HTTP_ABORTED;

	/* Not Request.RemoteAddr, where the handler may have put what a proxy claims. */
	event->peer_length = go_copy(event->peer, go_read_string(connection + HTTP2_SLOT(a, copy, CONN_REMOTE_ADDRESS)), PEER_MAX);
	return true;
}

/*
 * Tells what the response's state and the stream say; false when they could not be read. A function of its own for the BPF stack: one window here,
 * one in http2_fill_request. Cost: five user reads, six when the request lies in the state.
 */
static __noinline bool http2_fill_outcome(
	const struct attachment *a, u64 writer, u64 copy, struct http_server_request *event, struct http2_outcome *outcome)
{
	return with_scratch_of(struct go_window, window, http2_fill_outcome_by(a, writer, copy, event, outcome, window));
}

/*
 * Reads the request to a window and returns the slot of its method. From Go 1.27 on the handler gets a http.Request of its own, which alone has the
 * mux's pattern. When the handler was done with it early, its memory may be another object's by now: then the header map is not the same. Cost: one
 * user read, two after such a change.
 */
static __always_inline u64 http2_read_request(
	const struct attachment *a, u64 given, u64 copy, struct http2_outcome *outcome, struct go_window *window)
{
	if (outcome->request_is_pointer) {
		outcome->objects.request = outcome->request;
	} else if (given && go_window_read(window, given, GO_WINDOW_MAX) &&
		   go_window_word(window, a->slots[SLOT_REQUEST_HEADER]) == outcome->objects.request_headers) {
		outcome->objects.request = given;
		return SLOT_REQUEST_METHOD;
	}
	return go_window_read(window, outcome->request, GO_WINDOW_MAX) ? SLOT_HTTP2_REQUEST_METHOD + copy : SLOTS;
}

static __always_inline int http2_fill_request_by(
	const struct attachment *a, const struct http2_request *served, u64 copy, struct http2_outcome *outcome, struct http_server_request *event, struct go_window *window)
{
	if (!a || !served || !outcome || !event)
		return 0;
	event_fill(&event->header, HTTP_SERVER_REQUEST, a->process, served->goid, served->start, bpf_ktime_get_ns());
	event_ids(&event->header, &served->ids);
	event->proto_major = 2;
	event->proto_minor = 0;
	u64 slots = http2_read_request(a, served->request, copy, outcome, window);
	if (!fill_request(a, window, slots, event, &outcome->objects))
		return 0;
	if (event->request_size < 0 && outcome->stream_state == HTTP2_HALF_CLOSED_REMOTE)
		event->request_size = outcome->body_bytes;
	return 1;
}

/* Tells what the request says; 0 when it could not be read. Cost: four user reads. */
static __noinline int http2_fill_request(
	const struct attachment *a, const struct http2_request *served, u64 copy, struct http2_outcome *outcome, struct http_server_request *event)
{
	return with_scratch_of(struct go_window, window, http2_fill_request_by(a, served, copy, outcome, event, window));
}

/* Cost: eleven user reads (twelve from Go 1.27 on), those of submit_server_event, and a ring record. */
static __noinline int http2_request_end(const struct pt_regs *ctx, u64 copy)
{
	struct execution key;
	struct http2_outcome outcome = {};
	struct attachment *a = go_enter_running(ctx, bpf_get_attach_cookie((void *)ctx), &key);

	if (!a)
		return 0;
	struct http2_request *served = bpf_map_lookup_elem(&http2_requests, &key);
	if (!served || !served->writer) {
		count(served ? COUNT_REPEATED : COUNT_HALF_SEEN);
		return 0;
	}
	u64 writer = served->writer;
	served->writer = 0;
	struct execution serving = { .id = served->goid, .process = a->process };
	trace_end_last(&serving);

	struct http_server_request *event = reserve_server_request();
	if (!event)
		return 0;
	if (!http2_fill_outcome(a, writer, copy, event, &outcome) || !http2_fill_request(a, served, copy, &outcome, event)) {
		bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);
		return 0;
	}
	if (go_read_word(go_g(ctx) + a->slots[SLOT_G_PANIC]))
		event->flags |= HTTP_PANICKED;
	submit_server_event(a, &key, served->start, &outcome.objects, event);
	return 0;
}

/*
 * func (sc *serverConn) runHandler(rw *responseWriter, req *http.Request, handler func(http.ResponseWriter, *http.Request))
 * func (sc *serverConn) runHandler(rw *responseWriter, req *ServerRequest, handler func(*ResponseWriter, *ServerRequest)), of Go 1.27's own copy
 */
enum { RUN_HANDLER_RW = 1, RUN_HANDLER_REQ = 2 };

static __always_inline int http2_handler_begin(const struct pt_regs *ctx, u64 copy)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie((void *)ctx));
	return a ? http2_request_begin(ctx, a, go_arg(ctx, RUN_HANDLER_RW), 0, go_arg(ctx, RUN_HANDLER_REQ) + HTTP2_SLOT(a, copy, REQUEST_HEADER)) : 0;
}

SEC("uprobe")
int http2_std_handler_begin(struct pt_regs *ctx)
{
	return http2_handler_begin(ctx, HTTP2_COPY_STD);
}

/* The same for servers whose requests are seen at their sockets: http2_request_begin is not reached from ServeHTTP then. */
SEC("uprobe")
int http2_std_request_begin(struct pt_regs *ctx)
{
	return http2_handler_begin(ctx, HTTP2_COPY_STD);
}

SEC("uprobe")
int http2_xnet_handler_begin(struct pt_regs *ctx)
{
	return http2_handler_begin(ctx, HTTP2_COPY_XNET);
}

/* The deferred func() of runHandler: once per request, also when the handler panics or ends its goroutine. It recovers, so it is never inlined. */
SEC("uprobe")
int http2_std_handler_end(struct pt_regs *ctx)
{
	return http2_request_end(ctx, HTTP2_COPY_STD);
}

SEC("uprobe")
int http2_xnet_handler_end(struct pt_regs *ctx)
{
	return http2_request_end(ctx, HTTP2_COPY_XNET);
}
