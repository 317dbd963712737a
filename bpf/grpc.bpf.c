/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * google.golang.org/grpc: one event per RPC, served or called, of all four stream kinds. Two probe hits each; a stream of a client has a third,
 * cheap one.
 *
 * State of a call is kept under the address of grpc's own stream object, because calls end on other goroutines than they begin on. The address
 * is used again only when that object is gone, and then its state is overwritten.
 */

/* Filled by the host from GrpcTracer's tables. */
enum slot {
	SLOT_SERVER_STREAM_BASE,    /* ServerStream.Stream; absent before 1.69, where a server's stream is a Stream */
	SLOT_SERVER_STREAM_POINTS,  /* 1: that is a pointer (1.69 to 1.76) */
	SLOT_STREAM_METHOD,
	SLOT_STREAM_CONTEXT,
	SLOT_STREAM_STATE,
	SLOT_SERVER_PEER,
	SLOT_SERVER_LOCAL,
	SLOT_ITAB_HANDLER_TRANSPORT, /* (*serverHandlerTransport, ServerTransport): grpc behind net/http */
	SLOT_HANDLER_REQUEST,
	SLOT_REQUEST_HOST,
	SLOT_REQUEST_REMOTE_ADDRESS,
	SLOT_ITAB_VALUE_CONTEXT, /* (*context.valueCtx, context.Context) */
	SLOT_TYPE_INCOMING_METADATA, /* metadata.mdIncomingKey */
	SLOT_VALUE_CONTEXT_PARENT,
	SLOT_VALUE_CONTEXT_KEY,
	SLOT_VALUE_CONTEXT_VALUE,

	SLOT_CLIENT_STREAM_HEADER,
	SLOT_CLIENT_STREAM_FINISHED,
	SLOT_CLIENT_STREAM_ATTEMPT,
	SLOT_CALL_HEADER_HOST,
	SLOT_CALL_HEADER_METHOD,
	SLOT_ATTEMPT_STREAM,
	SLOT_ATTEMPT_TRANSPORT,
	SLOT_CLIENT_PEER,
	SLOT_ITAB_STATUS_ERROR, /* (*status.Error, error) */
	SLOT_ITAB_ERROR_STRING, /* (*errors.errorString, error): io.EOF is one */
	SLOT_ITAB_WRAP_ERROR, /* (*fmt.wrapError, error): the last of several attempts, from 1.80 on */
	SLOT_WRAP_ERROR_INNER,
	SLOT_ERROR_STATUS, /* Error.s, a *Status; absent in old releases */
	SLOT_ERROR_PROTO,  /* Error.e, the protobuf message itself, instead */

	SLOT_STATUS_PROTO,
	SLOT_PROTO_CODE,
	SLOT_ITAB_TCP_ADDRESS, /* (*net.TCPAddr, net.Addr) */
	SLOT_TCP_ADDRESS_IP,
	SLOT_TCP_ADDRESS_PORT,
	SLOTS,
};
#include <beyla/propagation.h>

enum { GRPC_SERVER_CALL = 1, GRPC_CLIENT_CALL = 2 }; /* event_header.kind */
enum { METHOD_MAX = 255, HOST_MAX = 127, PEER_MAX = 63 };
enum { CODE_OK = 0, CODE_UNKNOWN = 2 }; /* google.golang.org/grpc/codes */
enum { STREAM_DONE = 3 }; /* internal/transport/transport.go, type streamState */

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

/* ---- status ---- */

/* The code in a *spb.Status; nil means OK, as in (*Status).Code. Cost: one user read. */
static __always_inline u32 proto_code(const struct attachment *a, u64 proto)
{
	s32 code = CODE_OK;
	if (proto && bpf_probe_read_user(&code, sizeof(code), (void *)(proto + a->slots[SLOT_PROTO_CODE])))
		count(COUNT_READ_FAILED);
	return code;
}

/* The word at an address; 0 when it could not be read (counted). Cost: one user read. */
static __always_inline u64 read_word(u64 address)
{
	u64 word = 0;
	if (bpf_probe_read_user(&word, sizeof(word), (void *)address))
		count(COUNT_READ_FAILED);
	return word;
}

/* The code in a *status.Status. Cost: two user reads. */
static __always_inline u32 status_code(const struct attachment *a, u64 status)
{
	return status ? proto_code(a, read_word(status + a->slots[SLOT_STATUS_PROTO])) : CODE_OK;
}

/* The code in a *status.Error. Cost: two or three user reads. */
static __always_inline u32 status_error_code(const struct attachment *a, u64 error)
{
	if (slot_present(a, SLOT_ERROR_STATUS))
		return status_code(a, read_word(error + a->slots[SLOT_ERROR_STATUS]));
	return proto_code(a, read_word(error + a->slots[SLOT_ERROR_PROTO]));
}

/* Whether an *errors.errorString says "EOF": io.EOF, with which streams end well. Cost: one or two user reads. */
static __always_inline bool is_eof(u64 error)
{
	struct go_string text = {};
	char eof[3] = {};
	if (bpf_probe_read_user(&text, sizeof(text), (void *)error) || text.length != sizeof(eof))
		return false;
	return !bpf_probe_read_user(eof, sizeof(eof), (void *)text.data) && eof[0] == 'E' && eof[1] == 'O' && eof[2] == 'F';
}

/* The code that an error stands for (status.Code). Cost: nothing for nil, up to four user reads. */
static __always_inline u32 error_code(const struct attachment *a, u64 itab, u64 data)
{
	u64 inner[2];

	if (!itab)
		return CODE_OK;
	if (itab == a->slots[SLOT_ITAB_WRAP_ERROR] && !bpf_probe_read_user(inner, sizeof(inner), (void *)(data + a->slots[SLOT_WRAP_ERROR_INNER]))) {
		itab = inner[0];
		data = inner[1];
	}
	if (itab == a->slots[SLOT_ITAB_STATUS_ERROR])
		return status_error_code(a, data);
	return itab == a->slots[SLOT_ITAB_ERROR_STRING] && is_eof(data) ? CODE_OK : CODE_UNKNOWN;
}

/* ---- connections ---- */

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

/* ---- server ---- */

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
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &goroutine))
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
	struct go_string text = {};

	if (!slot_present(a, SLOT_HANDLER_REQUEST))
		return;
	u64 request = read_word(transport + a->slots[SLOT_HANDLER_REQUEST]);
	if (slot_present(a, SLOT_REQUEST_REMOTE_ADDRESS) &&
	    !bpf_probe_read_user(&text, sizeof(text), (void *)(request + a->slots[SLOT_REQUEST_REMOTE_ADDRESS])))
		event->peer_length = go_copy(event->peer_text, text, PEER_MAX);
	if (slot_present(a, SLOT_REQUEST_HOST) && !bpf_probe_read_user(&text, sizeof(text), (void *)(request + a->slots[SLOT_REQUEST_HOST])))
		event->host_length = go_copy(event->host, text, HOST_MAX);
}

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
	struct go_string method = {};
	bpf_probe_read_user(&method, sizeof(method), (void *)(server_stream(a, key.address) + a->slots[SLOT_STREAM_METHOD]));
	event->method_length = go_copy(event->method, method, METHOD_MAX);
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

/* ---- client ---- */

/*
 * func (cs *clientStream) newAttemptLocked(isTransparent bool) (*csAttempt, error)
 * Before 1.46 with other parameters. Once for each call, and again for each retry: those belong to the call.
 */
enum { CLIENT_STREAM = 0 };

SEC("uprobe")
int client_call_begin(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, CLIENT_STREAM), .process = a->process };
	if (bpf_map_lookup_elem(&client_calls, &key) || !go_execution(ctx, a, &goroutine))
		return 0;
	struct call now = { .start = bpf_ktime_get_ns(), .goid = goroutine.id };
	trace_parent(ctx, a, &goroutine, &now.ids);
	if (bpf_map_update_elem(&client_calls, &key, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

enum { CLIENT_STREAM_BYTES = 256, CALL_HEADER_BYTES = 64 };

/* Cost: five user reads, a map lookup and a ring record. */
static __noinline int submit_client_call(const struct attachment *a, const struct call *call, u64 stream, u64 code)
{
	struct go_window window;

	if (!a || !call || !go_window_read(&window, stream, CLIENT_STREAM_BYTES))
		return 0;
	u64 header = go_window_word(&window, a->slots[SLOT_CLIENT_STREAM_HEADER]);
	u64 attempt = go_window_word(&window, a->slots[SLOT_CLIENT_STREAM_ATTEMPT]);
	if (!go_window_read(&window, header, CALL_HEADER_BYTES))
		return 0;
	struct rpc_call *event = rpc_reserve(a, call, GRPC_CLIENT_CALL, code);
	if (!event)
		return 0;
	event->method_length = go_copy(event->method, go_window_string(&window, a->slots[SLOT_CALL_HEADER_METHOD]), METHOD_MAX);
	event->host_length = go_copy(event->host, go_window_string(&window, a->slots[SLOT_CALL_HEADER_HOST]), HOST_MAX);
	if (attempt) {
		u64 transport = read_word(attempt + a->slots[SLOT_ATTEMPT_TRANSPORT] + sizeof(u64)); /* data of an interface value */
		if (transport)
			connection_ends(a, transport, false, event);
	}
	event_submit(event);
	return 0;
}

/* func (cs *clientStream) finish(err error): at the end of every call whose stream was made; streams finish a second time when their context ends */
enum { FINISH_ERROR_ITAB = 1, FINISH_ERROR_DATA = 2 };

SEC("uprobe")
int client_call_end(struct pt_regs *ctx)
{
	struct call call;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, CLIENT_STREAM), .process = a->process };
	if (call_take(&client_calls, &key, &call))
		return submit_client_call(a, &call, key.address, error_code(a, go_arg(ctx, FINISH_ERROR_ITAB), go_arg(ctx, FINISH_ERROR_DATA)));
	u8 finished = 0;
	bpf_probe_read_user(&finished, sizeof(finished), (void *)(key.address + a->slots[SLOT_CLIENT_STREAM_FINISHED]));
	if (!finished)
		count(COUNT_HALF_SEEN);
	return 0;
}

/*
 * func (cs *clientStream) retryLocked(attempt *csAttempt, lastErr error) error
 * Only where an attempt has failed. When it gives up before a stream was made (nothing listens there, say), releases from 1.46 on finish nothing.
 */
enum { RETRY_ERROR_ITAB = 2, RETRY_ERROR_DATA = 3, RETRY_RESULT_ITAB = 0 };

/* A retryLocked in progress. */
struct retry {
	u64 stream; /* *clientStream */
	u64 error_itab, error_data; /* what the attempt failed with */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct execution);
	__type(value, struct retry);
} client_retries SEC(".maps");

SEC("uprobe")
int client_retry_begin(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a || !go_execution(ctx, a, &goroutine))
		return 0;
	struct retry now = {
		.stream = go_arg(ctx, CLIENT_STREAM), .error_itab = go_arg(ctx, RETRY_ERROR_ITAB), .error_data = go_arg(ctx, RETRY_ERROR_DATA),
	};
	if (bpf_map_update_elem(&client_retries, &goroutine, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

/*
 * The result asked for is the data word of the error. Its type is known at a return instruction, or when it is the error that the attempt ended
 * with; without it the call stays without an event.
 */
SEC("uprobe")
int client_retry_end(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct call call;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = attachment_of(cookie);
	if (!a || !go_execution(ctx, a, &goroutine))
		return 0;
	struct retry *known = bpf_map_lookup_elem(&client_retries, &goroutine);
	if (!known)
		return 0;
	struct retry retry = *known;
	bpf_map_delete_elem(&client_retries, &goroutine);
	u64 error = go_result(ctx, cookie);
	if (!error)
		return 0;
	u64 attempt = read_word(retry.stream + a->slots[SLOT_CLIENT_STREAM_ATTEMPT]);
	if (attempt && read_word(attempt + a->slots[SLOT_ATTEMPT_STREAM]))
		return 0; /* finish comes */
	u64 itab = error == retry.error_data ? retry.error_itab : go_result_word(ctx, cookie, RETRY_RESULT_ITAB);
	struct object key = { .address = retry.stream, .process = a->process };
	if (!itab || !call_take(&client_calls, &key, &call))
		return 0;
	return submit_client_call(a, &call, retry.stream, error_code(a, itab, error));
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
