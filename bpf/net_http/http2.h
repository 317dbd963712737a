/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * HTTP/2, part of net_http.bpf.c. Servers: both copies (see http2_slots.h), two probe hits per request on the goroutine that the server starts
 * for each. Clients: only what does not pass through net/http's Transport, whose round trips are seen there, whatever the protocol.
 *
 * A request begins where net/http calls the handler (server_request_begin, hit for HTTP/1 anyway) or, where a copy calls handlers directly, at
 * runHandler. It ends in the deferred function of runHandler, which runs in every case, before the response's state goes back into its pool.
 */
#pragma once

enum { HTTP2_COPY_STD = 0, HTTP2_COPY_XNET = SLOT_XNET_HTTP2_WRITER_STATE - SLOT_HTTP2_WRITER_STATE };
#define HTTP2_SLOT(a, copy, name) ((a)->slots[SLOT_HTTP2_##name + (copy)])

/* streamState in http2.go: the same numbers in both copies. */
enum { HTTP2_HALF_CLOSED_REMOTE = 3, HTTP2_CLOSED = 4 };

/* ---- server ---- */

/*
 * The request that a goroutine handles, by the address of its g. A goroutine handles one request and ends, but Go uses its g again: the entry
 * stays and is updated in place, which is much cheaper than an insertion and a deletion per request.
 */
struct http2_request {
	u64 start;  /* ns */
	u64 writer; /* *responseWriter; 0: none */
	u64 goid;
	struct span_ids ids;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct http2_request);
} http2_requests SEC(".maps");

/* Cost: one user read, two map operations, and those of trace_begin. */
static __noinline int http2_request_begin(const struct pt_regs *ctx, const struct attachment *a, u64 writer)
{
	struct execution key;

	go_running(ctx, a, &key);
	struct http2_request *known = bpf_map_lookup_elem(&http2_requests, &key);
	if (known && known->writer == writer) {
		count(COUNT_REPEATED);
		return 0;
	}
	struct http2_request now = { .start = bpf_ktime_get_ns(), .writer = writer, .goid = go_goid(ctx, a) };
	struct execution serving = { .id = now.goid, .process = a->process };
	trace_begin(&serving, &now.ids);
	if (known)
		*known = now;
	else if (bpf_map_update_elem(&http2_requests, &key, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

/* What is read in several places before the record is written. */
struct http2_outcome {
	u64 request;
	s64 response_size;
	s64 body_bytes; /* of the request, as received */
	struct go_string peer;
	u16 status;
	u8 stream_state;
	u8 sent_header;
};

/* A function of its own for the BPF stack: one window here, one in http2_submit. Cost: four user reads, five when the request lies in the state. */
static __noinline bool http2_read_outcome(const struct attachment *a, u64 writer, u64 copy, struct http2_outcome *outcome)
{
	struct go_window window;
	u64 state = 0;

	if (bpf_probe_read_user(&state, sizeof(state), (void *)(writer + HTTP2_SLOT(a, copy, WRITER_STATE))))
		count(COUNT_READ_FAILED);
	if (!state || !go_window_read(&window, state, GO_WINDOW_MAX))
		return false;
	u64 stream = go_window_word(&window, HTTP2_SLOT(a, copy, STATE_STREAM));
	outcome->request = state + HTTP2_SLOT(a, copy, STATE_REQUEST);
	if (HTTP2_SLOT(a, copy, STATE_REQUEST_IS_POINTER))
		outcome->request = go_window_word(&window, HTTP2_SLOT(a, copy, STATE_REQUEST));

	/* Status and sizes lie side by side, behind the request when that is part of the state. */
	u64 first = HTTP2_SLOT(a, copy, STATE_STATUS), window_at = 0;
	if (first > GO_WINDOW_MAX - 64) {
		window_at = first;
		if (!go_window_read(&window, state + first, 64))
			return false;
	}
	outcome->status = go_window_word(&window, first - window_at);
	outcome->sent_header = go_window_byte(&window, HTTP2_SLOT(a, copy, STATE_SENT_HEADER) - window_at);
	outcome->response_size = go_window_word(&window, HTTP2_SLOT(a, copy, STATE_WRITTEN) - window_at);

	if (!go_window_read(&window, stream, GO_WINDOW_MAX))
		return false;
	u64 connection = go_window_word(&window, HTTP2_SLOT(a, copy, STREAM_CONN));
	outcome->stream_state = go_window_word(&window, HTTP2_SLOT(a, copy, STREAM_STATE));
	outcome->body_bytes = go_window_word(&window, HTTP2_SLOT(a, copy, STREAM_BODY_BYTES));
	/* The handler may have put what a proxy claims into Request.RemoteAddr. */
	outcome->peer = (struct go_string){};
	if (bpf_probe_read_user(&outcome->peer, sizeof(outcome->peer), (void *)(connection + HTTP2_SLOT(a, copy, CONN_REMOTE_ADDRESS))))
		count(COUNT_TRUNCATED);
	return true;
}

static __noinline int http2_submit(const struct attachment *a, const struct http2_request *served, const struct http2_outcome *outcome, u64 copy, u64 flags)
{
	struct go_window window;
	u64 end = bpf_ktime_get_ns();

	if (!a || !served || !outcome || !go_window_read(&window, outcome->request, GO_WINDOW_MAX))
		return 0;
	if (go_window_word(&window, HTTP2_SLOT(a, copy, REQUEST_TLS)))
		flags |= HTTP_TLS;
	struct http_server_request *event = event_reserve(struct http_server_request);
	if (!event)
		return 0;
	event_fill(&event->header, HTTP_SERVER_REQUEST, a->process, served->goid, served->start, end);
	event_ids(&event->header, &served->ids);
	s64 declared = go_window_word(&window, HTTP2_SLOT(a, copy, REQUEST_CONTENT_LENGTH));
	event->request_size = declared < 0 && outcome->stream_state == HTTP2_HALF_CLOSED_REMOTE ? outcome->body_bytes : declared;
	event->response_size = outcome->response_size;
	event->status = outcome->status;
	event->flags = flags;
	event->proto_major = 2;
	event->proto_minor = 0;
	copy_request_line(event, go_window_string(&window, HTTP2_SLOT(a, copy, REQUEST_METHOD)), go_window_string(&window, HTTP2_SLOT(a, copy, REQUEST_URI)));
	event->host_length = go_copy(event->host, go_window_string(&window, HTTP2_SLOT(a, copy, REQUEST_HOST)), HOST_MAX);
	event->peer_length = go_copy(event->peer, outcome->peer, PEER_MAX);
	event_submit(event);
	return 0;
}

/* Cost: eleven user reads (twelve from Go 1.27 on) and a ring record. */
static __noinline int http2_request_end(const struct pt_regs *ctx, u64 copy)
{
	struct execution key;
	struct http2_outcome outcome;
	struct attachment *a = attachment_of(bpf_get_attach_cookie((void *)ctx));

	if (!a)
		return 0;
	go_running(ctx, a, &key);
	struct http2_request *served = bpf_map_lookup_elem(&http2_requests, &key);
	if (!served || !served->writer) {
		count(served ? COUNT_REPEATED : COUNT_HALF_SEEN);
		return 0;
	}
	u64 writer = served->writer, panic = 0, flags = 0;
	served->writer = 0;
	struct execution serving = { .id = served->goid, .process = a->process };
	trace_end_last(&serving);

	if (!http2_read_outcome(a, writer, copy, &outcome))
		return 0;
	if (outcome.sent_header)
		flags |= HTTP_WROTE_HEADER;
	else if (outcome.stream_state == HTTP2_CLOSED)
		flags |= HTTP_ABORTED;
	if (!bpf_probe_read_user(&panic, sizeof(panic), (void *)(go_g(ctx) + a->slots[SLOT_G_PANIC])) && panic)
		flags |= HTTP_PANICKED;
	return http2_submit(a, served, &outcome, copy, flags);
}

/* func (sc *serverConn) runHandler(rw *responseWriter, req *http.Request, handler func(http.ResponseWriter, *http.Request)) */
enum { RUN_HANDLER_RW = 1 };

SEC("uprobe")
int http2_handler_begin(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	return a ? http2_request_begin(ctx, a, go_arg(ctx, RUN_HANDLER_RW)) : 0;
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

/* ---- client ---- */

/* Round trips outside of net/http's Transport, one per goroutine. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct round_trip);
} direct_round_trips SEC(".maps");

/*
 * Whether net/http's Transport is just sending this request: it uses golang.org/x/net/http2 when told so. It may have copied the Request, but
 * the copy points to the same URL. Cost: one lookup; two user reads in such a round trip.
 */
static __always_inline bool in_round_trip(const struct attachment *a, const struct execution *key, u64 request)
{
	u64 sent = 0, asked = 0;
	struct round_trips *trips = bpf_map_lookup_elem(&client_requests, key);
	if (!trips)
		return false;
	u64 outer = trips->depth == 1 ? trips->outer.request : trips->inner.request;
	return !bpf_probe_read_user(&sent, sizeof(sent), (void *)(outer + a->slots[SLOT_REQUEST_URL])) &&
	       !bpf_probe_read_user(&asked, sizeof(asked), (void *)(request + a->slots[SLOT_REQUEST_URL])) && sent == asked;
}

/*
 * func (t *Transport) RoundTripOpt(req *http.Request, opt RoundTripOpt) (*http.Response, error)
 * func (t *Transport) roundTripViaPool(req *http.Request, opt RoundTripOpt, pool ClientConnPool) (*http.Response, error)
 * func (cc *ClientConn) RoundTrip(req *Request) (*Response, error), of net/http
 */
enum { DIRECT_ROUND_TRIP_REQ = 1 };

SEC("uprobe")
int direct_round_trip_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &key))
		return 0;

	struct round_trip trip = { .start = bpf_ktime_get_ns(), .request = go_arg(ctx, DIRECT_ROUND_TRIP_REQ) };
	struct round_trip *known = bpf_map_lookup_elem(&direct_round_trips, &key);
	if (known && known->request == trip.request) {
		count(COUNT_REPEATED);
		return 0;
	}
	if (in_round_trip(a, &key, trip.request)) {
		if (known) /* left by a round trip that panicked */
			bpf_map_delete_elem(&direct_round_trips, &key);
		return 0;
	}
	trace_parent(ctx, a, &key, &trip.ids);
	if (bpf_map_update_elem(&direct_round_trips, &key, &trip, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

SEC("uprobe")
int direct_round_trip_end(struct pt_regs *ctx)
{
	struct execution key;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = attachment_of(cookie);
	if (!a || !go_execution(ctx, a, &key))
		return 0;
	struct round_trip *known = bpf_map_lookup_elem(&direct_round_trips, &key);
	if (!known) {
		if (!bpf_map_lookup_elem(&client_requests, &key)) /* else part of that round trip */
			count(COUNT_HALF_SEEN);
		return 0;
	}
	struct round_trip trip = *known;
	bpf_map_delete_elem(&direct_round_trips, &key);
	struct go_error error = { go_result_word(ctx, cookie, 1), go_result_word(ctx, cookie, 2) };
	return submit_round_trip(a, &key, &trip, go_result(ctx, cookie), &error);
}
