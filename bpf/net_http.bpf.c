/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Go's net/http: one event per served request, one per round trip of a client. Two probe hits each. HTTP/2 is in net_http/http2.h.
 *
 * Everything told about a request is read at its end, where response and request are both complete, each struct in one read. The server's
 * path is taken from RequestURI, which is the target as it came over the wire: handlers rewrite URL, not RequestURI. (A handler that replaces
 * Request.Method is seen with the new method.)
 */
#define TRACER_COUNTERS COUNT_NESTED_TOO_DEEP, /* a round trip inside two others on one goroutine: no event */

#include "net_http/http2_slots.h"

/* Filled by the host from NetHttpTracer's tables. */
enum slot {
	SLOT_ITAB_RESPONSE, /* (*net/http.response, net/http.ResponseWriter) */
	SLOT_RESPONSE_CONN,
	SLOT_RESPONSE_REQUEST,
	SLOT_RESPONSE_WROTE_HEADER,
	SLOT_RESPONSE_WRITTEN,
	SLOT_RESPONSE_STATUS,
	SLOT_CONN_HIJACKED,
	SLOT_CONN_REMOTE_ADDRESS,
	SLOT_REQUEST_METHOD, /* from here to SLOT_REQUEST_HEADER as in HTTP2_SLOTS, see fill_request */
	SLOT_REQUEST_URI,
	SLOT_REQUEST_HOST,
	SLOT_REQUEST_CONTENT_LENGTH,
	SLOT_REQUEST_TLS,
	SLOT_REQUEST_HEADER,
	SLOT_REQUEST_URL,
	SLOT_REQUEST_PROTO_MAJOR,
	SLOT_REQUEST_PROTO_MINOR,
	SLOT_REQUEST_BODY,
	SLOT_URL_SCHEME,
	SLOT_URL_HOST,
	SLOT_URL_PATH,
	SLOT_URL_RAW_PATH,
	SLOT_ANSWER_STATUS, /* http.Response: what a client gets, not http.response */
	SLOT_ANSWER_PROTO_MAJOR,
	SLOT_ANSWER_PROTO_MINOR,
	SLOT_ANSWER_CONTENT_LENGTH,
	SLOT_ITAB_HTTP2_RESPONSE, /* net/http's responseWriter for HTTP/2, net/http.ResponseWriter */
	SLOT_G_PANIC, /* runtime.g._panic */
	HTTP2_SLOTS(HTTP2),
	HTTP2_SLOTS(XNET_HTTP2),
	SLOT_ANSWER_HEADER,
	SLOT_RESPONSE_HEADER,
	SLOT_REQUEST_PATTERN, /* Go >= 1.23 */
	SLOT_REQUEST_PAT,     /* Go 1.22 */
	SLOT_PATTERN_STR,
	SLOT_GIN_REQUEST, /* routers, see net_http/routes.h */
	SLOT_GIN_FULL_PATH,
	SLOT_ECHO_REQUEST,
	SLOT_ECHO_PATH,
	SLOT_CHI_PARENT,
	SLOT_CHI_PATTERNS,
	SLOT_GORILLA_PATH,
	SLOT_GORILLA_TEMPLATE,
	SLOT_ITAB_DEADLINE_EXCEEDED, /* errors, see net_http/client_error.h; all as error */
	SLOT_ITAB_HTTP_TIMEOUT,
	SLOT_ITAB_TLS_TIMEOUT,
	SLOT_ITAB_NET_TIMEOUT,
	SLOT_ITAB_POLL_TIMEOUT,
	SLOT_ITAB_DNS_ERROR,
	SLOT_ITAB_ERRNO,
	SLOT_ITAB_ERROR_STRING,
	SLOT_ITAB_OP_ERROR,
	SLOT_ITAB_SYSCALL_ERROR,
	SLOT_ITAB_WRAP_ERROR,
	SLOT_ITAB_NOTHING_WRITTEN,
	SLOT_ITAB_READ_FROM_SERVER,
	SLOT_OP_ERROR_ERR,
	SLOT_SYSCALL_ERROR_ERR,
	SLOT_WRAP_ERROR_ERR,
	SLOTS,
};

/* Fields of a request, counted from its method's slot. */
enum { REQUEST_METHOD, REQUEST_URI, REQUEST_HOST, REQUEST_CONTENT_LENGTH, REQUEST_TLS, REQUEST_HEADER, REQUEST_SLOTS };
_Static_assert(SLOT_REQUEST_HEADER - SLOT_REQUEST_METHOD == REQUEST_HEADER, "slots of http.Request");
_Static_assert(SLOT_HTTP2_REQUEST_HEADER - SLOT_HTTP2_REQUEST_METHOD == REQUEST_HEADER, "slots of HTTP/2's request");

#include <beyla/propagation.h>
#include "net_http/captured_headers.h"
#include "net_http/objects.h"
#include "net_http/client_error.h"
#include "net_http/routes.h"

enum { HTTP_SERVER_REQUEST = 1, HTTP_CLIENT_REQUEST = 2, HTTP_SERVER_CAPTURED = 3, HTTP_CLIENT_CAPTURED = 4 }; /* event_header.kind */

enum {
	HTTP_TLS = 1,
	HTTP_WROTE_HEADER = 2,
	HTTP_PANICKED = 4, /* the handler never returned */
	HTTP_HIJACKED = 8, /* the handler took the connection: what follows is not HTTP/1 */
	HTTP_FAILED = 16,  /* a round trip without an answer */
	HTTP_RAW_PATH = 32, /* the path is percent-encoded already */
	HTTP_ABORTED = 64, /* the stream was closed before an answer went out */
};

enum { METHOD_MAX = 31, TARGET_MAX = 255, HOST_MAX = 127, PEER_MAX = 63, SCHEME_MAX = 15, PATH_MAX = 255 };
enum { LINE_BYTES = 288, URL_BYTES = 408 };
_Static_assert(METHOD_MAX + 1 + TARGET_MAX < LINE_BYTES, "a request line fits");
_Static_assert(SCHEME_MAX + 3 + HOST_MAX + PATH_MAX < URL_BYTES, "a URL fits");

/* One served request. Matches HttpServerEvent in HttpServerEvent.cs field by field (checked at load). */
struct http_server_request {
	struct event_header header;
	s64 request_size;  /* Content-Length, -1: unknown */
	s64 response_size; /* body bytes that the handler wrote */
	u16 status;        /* 0: none written */
	u16 target_length;
	u8 method_length;
	u8 host_length;
	u8 peer_length;
	u8 flags;
	u8 proto_major;
	u8 proto_minor;
	struct http_route route;
	char line[LINE_BYTES]; /* method, one byte, target: as they stand in the request line */
	char host[HOST_MAX + 1];
	char peer[PEER_MAX + 1]; /* "ip:port" */
};
EVENT_STRUCT(http_server_request);

/* The same with headers, when the user wants any. Matches HttpServerCapturedEvent. */
struct http_server_captured {
	struct http_server_request request;
	struct captured_headers headers;
};
EVENT_STRUCT(http_server_captured);

/* One round trip of a client. Matches HttpClientEvent in HttpClientEvent.cs field by field (checked at load). */
struct http_client_request {
	struct event_header header;
	s64 request_size;  /* -1: unknown */
	s64 response_size; /* Content-Length, -1: unknown */
	u16 status;
	u16 path_length;
	u8 method_length; /* 0: GET */
	u8 scheme_length;
	u8 host_length;
	u8 flags;
	u8 proto_major;
	u8 proto_minor;
	struct http_error error; /* of a round trip without an answer */
	char method[METHOD_MAX + 1];
	char url[URL_BYTES]; /* scheme, three bytes, host, path: as they stand in the URL */
};
EVENT_STRUCT(http_client_request);

/* The same with headers. Matches HttpClientCapturedEvent. */
struct http_client_captured {
	struct http_client_request request;
	struct captured_headers headers;
};
EVENT_STRUCT(http_client_captured);

/* Makes of an event without headers one with them. Cost: see capture_values. */
static __always_inline void capture(const struct attachment *a, const struct http_objects *objects, struct captured_headers *headers)
{
	capture_values(a, objects->request_headers, &headers->request);
	capture_values(a, objects->response_headers, &headers->response);
}

/* ---- server ---- */

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

static __always_inline void read_peer(struct server_request *served, u64 address)
{
	struct go_string text = {};
	bpf_probe_read_user(&text, sizeof(text), (void *)address);
	served->peer_length = go_copy(served->peer, text, PEER_MAX);
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

/* Tells what the objects of the request say; 0 when they could not be read. Cost: four user reads, two more for the first request of a connection. */
static __noinline int fill_server_request(
	const struct attachment *a, struct server_request *served, u64 flags, struct http_server_request *event, struct http_objects *objects)
{
	struct go_window window;
	u64 end = bpf_ktime_get_ns();

	if (!a || !served || !event || !objects || !go_window_read(&window, served->response, GO_WINDOW_MAX))
		return 0;
	u64 connection = go_window_word(&window, a->slots[SLOT_RESPONSE_CONN]);
	objects->request = go_window_word(&window, a->slots[SLOT_RESPONSE_REQUEST]);
	if (captures_headers())
		objects->response_headers = go_window_word(&window, a->slots[SLOT_RESPONSE_HEADER]);
	event->response_size = go_window_word(&window, a->slots[SLOT_RESPONSE_WRITTEN]);
	event->status = go_window_word(&window, a->slots[SLOT_RESPONSE_STATUS]);
	if (go_window_byte(&window, a->slots[SLOT_RESPONSE_WROTE_HEADER]))
		flags |= HTTP_WROTE_HEADER;

	if (flags & HTTP_PANICKED && slot_present(a, SLOT_CONN_HIJACKED)) {
		/* A connection that was hijacked on another goroutine ends like one whose handler panicked. */
		u8 hijacked = 0;
		bpf_probe_read_user(&hijacked, sizeof(hijacked), (void *)(connection + a->slots[SLOT_CONN_HIJACKED]));
		if (hijacked)
			flags ^= HTTP_PANICKED | HTTP_HIJACKED;
	}

	if (!served->peer_length)
		read_peer(served, connection + a->slots[SLOT_CONN_REMOTE_ADDRESS]);

	if (!go_window_read(&window, objects->request, GO_WINDOW_MAX))
		return 0;
	event_fill(&event->header, HTTP_SERVER_REQUEST, a->process, served->goid, served->start, end);
	event_ids(&event->header, &served->ids);
	event->flags = flags;
	event->proto_major = go_window_word(&window, a->slots[SLOT_REQUEST_PROTO_MAJOR]);
	event->proto_minor = go_window_word(&window, a->slots[SLOT_REQUEST_PROTO_MINOR]);
	event->peer_length = served->peer_length;
	__builtin_memcpy(event->peer, served->peer, sizeof(event->peer));
	return fill_request(a, &window, SLOT_REQUEST_METHOD, event, objects);
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

static int http2_request_begin(const struct pt_regs *ctx, const struct attachment *a, u64 writer, u64 request, u64 headers);

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

/*
 * Begins a server span on an execution, in the trace that the request came with. headers is where the Request has them. Cost: see
 * propagation_from_headers and trace_begin. Not static: the verifier walks the searches of the headers once per program, not once per call.
 */
__noinline int begin_server_span(const struct attachment *a, const struct execution *serving, u64 headers, struct span_ids *ids)
{
	if (!a || !serving || !ids)
		return 0;
	if (a->flags & (ATTACHMENT_W3C | ATTACHMENT_B3))
		propagation_from_headers(a, go_read_word(headers), ids);
	trace_begin(serving, ids);
	return 0;
}

/* func (sh serverHandler) ServeHTTP(rw ResponseWriter, req *Request), sh is struct{ srv *Server } */
enum { SERVE_HTTP_RW_ITAB = 1, SERVE_HTTP_RW_DATA = 2, SERVE_HTTP_REQ = 3 };

SEC("uprobe")
int server_request_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	u64 itab = go_arg(ctx, SERVE_HTTP_RW_ITAB), request = go_arg(ctx, SERVE_HTTP_REQ);
	u64 headers = request + a->slots[SLOT_REQUEST_HEADER];
	if (itab == a->slots[SLOT_ITAB_HTTP2_RESPONSE])
		return http2_request_begin(ctx, a, go_arg(ctx, SERVE_HTTP_RW_DATA), request, headers);
	if (itab != a->slots[SLOT_ITAB_RESPONSE]) /* golang.org/x/net/http2 */
		return 0;
	go_running(ctx, a, &key);

	u64 response = go_arg(ctx, SERVE_HTTP_RW_DATA);
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (known && known->response == response) {
		count(COUNT_REPEATED);
		return 0;
	}
	if (!known) {
		known = add_connection(&key, go_goid(ctx, a));
		if (!known)
			return 0;
	}
	known->start = bpf_ktime_get_ns();
	known->response = response;

	struct span_ids ids = {};
	struct execution serving = { .id = known->goid, .process = a->process };
	begin_server_span(a, &serving, headers, &ids);
	known->ids = ids;
	return 0;
}

/* func (w *response) finishRequest(): always on the connection's goroutine, once per request whose handler returned, unless hijacked */
enum { FINISH_REQUEST_W = 0 };

SEC("uprobe")
int server_request_end(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	go_running(ctx, a, &key);
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
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	go_running(ctx, a, &key);
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
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	go_running(ctx, a, &key);
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (!known)
		return 0;
	if (known->response)
		submit_server_request(a, &key, known, HTTP_PANICKED);
	bpf_map_delete_elem(&server_requests, &key);
	return 0;
}

/* ---- client ---- */

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

/* Tells what request and answer (0: none) say; 0 when they could not be read. Cost: five user reads, four without an answer. */
static __noinline int fill_round_trip(
	const struct attachment *a, const struct round_trip *trip, u64 answer, struct http_client_request *event, struct http_objects *objects)
{
	struct go_window window;

	if (!a || !trip || !event || !objects)
		return 0;
	event_ids(&event->header, &trip->ids);
	event->response_size = -1;
	event->status = 0;
	event->proto_major = 0;
	event->proto_minor = 0;
	event->flags = HTTP_FAILED;
	if (answer) {
		if (!go_window_read(&window, answer, 128))
			return 0;
		event->flags = 0;
		event->response_size = go_window_word(&window, a->slots[SLOT_ANSWER_CONTENT_LENGTH]);
		event->status = go_window_word(&window, a->slots[SLOT_ANSWER_STATUS]);
		event->proto_major = go_window_word(&window, a->slots[SLOT_ANSWER_PROTO_MAJOR]);
		event->proto_minor = go_window_word(&window, a->slots[SLOT_ANSWER_PROTO_MINOR]);
		if (captures_headers())
			objects->response_headers = go_window_word(&window, a->slots[SLOT_ANSWER_HEADER]);
	}

	if (!go_window_read(&window, trip->request, GO_WINDOW_MAX))
		return 0;
	event->request_size = sent_size(&window, a);
	event->method_length = go_copy(event->method, go_window_string(&window, a->slots[SLOT_REQUEST_METHOD]), METHOD_MAX);
	if (captures_headers())
		objects->request_headers = go_window_word(&window, a->slots[SLOT_REQUEST_HEADER]);

	if (!go_window_read(&window, go_window_word(&window, a->slots[SLOT_REQUEST_URL]), 128))
		return 0;
	struct go_string path = go_window_string(&window, a->slots[SLOT_URL_RAW_PATH]);
	if (path.length)
		event->flags |= HTTP_RAW_PATH;
	else
		path = go_window_string(&window, a->slots[SLOT_URL_PATH]);
	copy_url(event, go_window_string(&window, a->slots[SLOT_URL_SCHEME]), go_window_string(&window, a->slots[SLOT_URL_HOST]), path);
	return 1;
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
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &key))
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
	struct attachment *a = attachment_of(cookie);
	if (!a || !go_execution(ctx, a, &key))
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

#include "net_http/http2.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
