/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * HTTP/1 on one connection, as a state machine that is fed with what goes over it in either direction (exchange_io) and with its end
 * (exchange_close). It tells one http_exchange when a response is over. Where the bytes come from is its caller's business: socket calls, calls of
 * a TLS library.
 *
 * Requests are matched with responses in their order. Of several requests that wait (pipelining), all but the last are parked in a map. Where the
 * order cannot be followed any more, the connection is left alone: nothing is guessed.
 *
 * A tracer that includes this file has HTTP_WIRE_COUNTERS among its TRACER_COUNTERS (wire_counters.h).
 */
#pragma once
#include "chunks.h"
#include "parent.h"

enum { PARKED_MAX = 1024, WAITING_MAX = 64, EXCHANGE_ROUNDS = 2 * WAITING_MAX };

/* REQUEST_PREFIX: a head whose few bytes may turn out to be none. */
enum { REQUEST_NONE = 0, REQUEST_PREFIX = 1, REQUEST_HEAD = 2, REQUEST_BODY = 3 };

/* Why bytes of a connection are not looked at any more. */
enum { EXCHANGE_FOLLOWED = 0, IGNORED_TLS = 1, IGNORED_HTTP2 = 2, IGNORED_UPGRADED = 3, IGNORED_LOST = 4 };

/*
 * The state of one connection. All zero at its beginning; the caller fills record.connection and id (and EXCHANGE_TLS in flags), once or
 * whenever it knows better.
 */
struct exchange {
	struct http_exchange record; /* the last request, */
	u8 request_bytes[REQUEST_HEAD_MAX]; /* and its head */
	u64 id;                      /* parked requests are stored under it: unique among connections */
	u64 request_left;            /* of its body */
	u64 response_left;           /* of the body of the response that is being sent */
	u64 response_body;           /* bytes so far */
	u64 last;                    /* when the last bytes of the response went over, ns */
	u32 asked;                   /* number of the last request */
	u32 answered;                /* number of the last request whose response's head is complete */
	u16 status;                  /* of that response */
	u16 flags;                   /* EXCHANGE_* that every record of the connection gets */
	u8 request_phase;            /* REQUEST_* */
	u8 answering;              /* that response is not over */
	u8 chunked;                /* its body is */
	u8 ignored;                  /* IGNORED_* */
	struct chunks request_chunks;
	struct chunks response_chunks;
	struct head request;         /* window: request_bytes */
	struct head response;        /* window: window */
	u8 window[RESPONSE_WINDOW + HEAD_SLACK];
};

struct parked_key {
	u64 id;
	u64 number;
};

/* Requests that wait while a later one of the same connection is in its struct exchange. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PARKED_MAX);
	__type(key, struct parked_key);
	__type(value, struct http_exchange_buffer);
} parked_requests SEC(".maps");

/* One call of exchange_io. */
struct exchange_walk {
	struct exchange *x;
	const struct io *io;
	u64 offset; /* up to here the io is done with */
};

static __always_inline u32 exchange_waiting(const struct exchange *x)
{
	return x->asked - x->answered;
}

/* Gives up a connection: what follows could be matched wrongly. */
static __always_inline void exchange_ignore(struct exchange *x, u8 why)
{
	x->ignored = why;
	x->answering = false;
	x->answered = x->asked;
	x->request_phase = REQUEST_NONE;
}

/* Counts an io without bytes where a head was looked for. */
static __always_inline void exchange_unreadable(const struct io *io)
{
	if (!io->segments[0].base)
		count(COUNT_UNREADABLE);
}

/* ---- telling ---- */

static __always_inline void exchange_tell(struct exchange *x, struct http_exchange *record, u64 end, u32 flags)
{
	u64 length = record->request_length;

	record->header.end = end;
	record->flags |= flags;
	parent_withdraw(record);
	asm volatile("" : "+r"(length)); /* the verifier must see the very register that is compared next */
	if (length <= REQUEST_HEAD_MAX)
		event_output(record, __builtin_offsetof(struct http_exchange, request) + length);
}

/* Fills what is known of the response and tells the exchange that it belongs to. */
static __always_inline void exchange_tell_answer(struct exchange *x, struct http_exchange *record, u32 flags)
{
	record->status = x->status;
	record->response_size = x->chunked ? SIZE_UNKNOWN : (s64)x->response_body;
	exchange_tell(x, record, x->last, flags);
}

/* The response is over. Cost: one copy into the ring; a lookup and a delete more when its request was parked. */
__noinline int exchange_answered(struct exchange *x, u32 flags)
{
	if (!x)
		return 0;
	x->answering = false;
	if (x->answered == x->asked) {
		exchange_tell_answer(x, &x->record, flags);
		return 0;
	}
	struct parked_key key = { .id = x->id, .number = x->answered };
	struct http_exchange_buffer *parked = bpf_map_lookup_elem(&parked_requests, &key);
	if (!parked) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	exchange_tell_answer(x, &parked->record, flags);
	bpf_map_delete_elem(&parked_requests, &key);
	return 0;
}

/* ---- requests ---- */

enum { LOOKS_LIKE_NOTHING, LOOKS_LIKE_REQUEST, LOOKS_CUT, LOOKS_LIKE_TLS, LOOKS_LIKE_HTTP2, LOOKS_LIKE_RESPONSE };

#define WORD4(a, b, c, d) ((u32)(a) | (u32)(b) << 8 | (u32)(c) << 16 | (u32)(d) << 24)

/* What the first bytes of a message are: methods of RFC 9110, 5789, QUERY, and those of WebDAV and its relatives. */
static __always_inline int exchange_classify(u64 first, u32 length)
{
	if (length < 4) {
		for (u32 i = 0; i < 3; i++) {
			u8 letter = first >> 8 * i;
			if (i < length && letter - 'A' > 25u)
				return LOOKS_LIKE_NOTHING;
		}
		return LOOKS_CUT;
	}
	switch ((u32)first) {
	case WORD4('G', 'E', 'T', ' '):
	case WORD4('P', 'O', 'S', 'T'):
	case WORD4('P', 'U', 'T', ' '):
	case WORD4('H', 'E', 'A', 'D'):
	case WORD4('D', 'E', 'L', 'E'):
	case WORD4('P', 'A', 'T', 'C'):
	case WORD4('O', 'P', 'T', 'I'):
	case WORD4('C', 'O', 'N', 'N'):
	case WORD4('T', 'R', 'A', 'C'):
	case WORD4('Q', 'U', 'E', 'R'):
	case WORD4('P', 'R', 'O', 'P'):
	case WORD4('M', 'K', 'C', 'O'):
	case WORD4('C', 'O', 'P', 'Y'):
	case WORD4('M', 'O', 'V', 'E'):
	case WORD4('L', 'O', 'C', 'K'):
	case WORD4('U', 'N', 'L', 'O'):
	case WORD4('R', 'E', 'P', 'O'):
	case WORD4('S', 'E', 'A', 'R'):
	case WORD4('P', 'U', 'R', 'G'):
		return LOOKS_LIKE_REQUEST;
	case WORD4('P', 'R', 'I', ' '):
		return LOOKS_LIKE_HTTP2; /* RFC 9113, section 3.4 */
	case WORD4('H', 'T', 'T', 'P'):
		return LOOKS_LIKE_RESPONSE;
	}
	/* RFC 8446, section 5.1: handshake or application data, legacy version 3.x */
	return (first & 0xffff) == 0x0316 || (first & 0xffff) == 0x0317 ? LOOKS_LIKE_TLS : LOOKS_LIKE_NOTHING;
}

static long exchange_request_step(u32 index, void *context)
{
	return head_step(context, REQUEST_HEAD_MAX, false);
}

/*
 * Takes the bytes from an offset on into the head of the last request; returns the offset up to which they are taken. Global functions are verified
 * once, not once for each state of the loop that calls them. Cost: see head.h.
 */
__noinline int exchange_request_head(struct exchange *x, const struct io *io, u64 offset, u64 next)
{
	if (!x || !io)
		return 0;
	struct head_walk walk = { .head = &x->request, .window = x->request_bytes, .io = io, .first = offset, .offset = next };
	bpf_loop(HEAD_STEPS, exchange_request_step, &walk, 0);
	return x->request.complete ? head_end(&walk, REQUEST_HEAD_MAX) : walk.offset;
}

/* Makes room for the next request in x->record; false when the order is lost. */
__noinline int exchange_make_room(struct exchange *x)
{
	if (!x)
		return 0;
	bool own_waits = x->asked != x->answered;

	if (!own_waits && !x->answering)
		return true;
	if (!own_waits) {
		/* Whatever is missing of the response was sent out of sight, or comes late: it does not begin like a response. */
		exchange_answered(x, EXCHANGE_END_UNSEEN);
		return true;
	}
	struct parked_key key = { .id = x->id, .number = x->asked };
	if (exchange_waiting(x) < WAITING_MAX && !bpf_map_update_elem(&parked_requests, &key, &x->record, BPF_ANY))
		return true;
	count(COUNT_UNFOLLOWED);
	exchange_ignore(x, IGNORED_LOST);
	return false;
}

/* Looks whether a request begins here, and makes it the last one. Cost: one user read, two when another one is not done with. */
__noinline int exchange_begin(struct exchange *x, const struct io *io, u64 offset)
{
	if (!x || !io)
		return 0;
	u64 first = 0;
	u32 length;
	bool peeked = exchange_waiting(x) || x->answering;

	head_reset(&x->request);
	if (peeked)
		length = io_read(io, offset, &first, sizeof(first), sizeof(first));
	else
		length = x->request.filled = io_read(io, offset, x->request_bytes, REQUEST_HEAD_MAX, REQUEST_HEAD_MAX);
	if (!length) {
		exchange_unreadable(io);
		return false;
	}
	if (!peeked)
		first = word_at(x->request_bytes);
	int looks = exchange_classify(first, length);
	switch (looks) {
	case LOOKS_LIKE_REQUEST:
	case LOOKS_CUT:
		break;
	case LOOKS_LIKE_TLS:
		if (x->record.connection.role == ROLE_UNKNOWN)
			x->ignored = IGNORED_TLS;
		return false;
	case LOOKS_LIKE_HTTP2:
		if (x->record.connection.role == ROLE_UNKNOWN)
			x->ignored = IGNORED_HTTP2;
		return false;
	case LOOKS_LIKE_RESPONSE:
		count(COUNT_HALF_SEEN);
		x->record.connection.role = io->sent ? ROLE_SERVER : ROLE_CLIENT;
		return false;
	default:
		return false;
	}
	if (peeked && !exchange_make_room(x))
		return false;
	x->request_phase = looks == LOOKS_CUT ? REQUEST_PREFIX : REQUEST_HEAD;
	x->asked++;
	if (x->record.connection.role == ROLE_UNKNOWN)
		x->record.connection.role = io->sent ? ROLE_CLIENT : ROLE_SERVER;
	return true;
}

/* The head of the last request is as complete as it gets. offset: where its body begins. */
__noinline int exchange_asked(struct exchange *x, const struct io *io, bool complete)
{
	if (!x || !io)
		return 0;
	struct http_exchange *record = &x->record;

	event_fill(&record->header, HTTP_EXCHANGE, io->process, (u32)bpf_get_current_pid_tgid(), io->time, 0);
	record->flags = x->flags | (io->headers & (TARGET_W3C | TARGET_B3)) * EXCHANGE_HEADERS;
	record->status = 0;
	record->request_length = complete ? x->request.line : x->request.filled;
	record->response_size = SIZE_UNKNOWN;
	x->request_left = !complete || x->request.chunked ? BODY_UNKNOWN : x->request.content_length == BODY_UNKNOWN ? 0 : x->request.content_length;
	record->request_size = x->request_left;
	x->request_chunks = (struct chunks){ .phase = complete && x->request.chunked ? CHUNK_SIZE : CHUNKS_LOST };
	if (!complete)
		record->flags |= EXCHANGE_CUT;
	x->request_phase = x->request_left ? REQUEST_BODY : REQUEST_NONE;
	if (record->connection.role == ROLE_CLIENT)
		parent_find(record);
	else
		parent_publish(record, x->request_bytes, x->request.traceparent, io);
	return 0;
}

/* Takes one request, or one part of one, from the io; 1 when nothing is left of it. */
static long exchange_request_round(u32 index, void *context)
{
	struct exchange_walk *walk = context;
	struct exchange *x = walk->x;
	const struct io *io = walk->io;

	if (walk->offset >= io->length || x->ignored)
		return 1;
	if (x->request_phase == REQUEST_BODY && x->request_chunks.phase == CHUNKS_LOST && x->request_left == BODY_UNKNOWN && !exchange_waiting(x))
		x->request_phase = REQUEST_NONE; /* it is answered: what looks like a request is one */
	if (x->request_phase == REQUEST_BODY) {
		u64 rest = io->length - walk->offset;
		u64 taken = rest < x->request_left ? rest : x->request_left;
		if (x->request_left != BODY_UNKNOWN)
			x->request_left -= taken;
		else if (x->request_chunks.phase != CHUNKS_LOST)
			taken = (u32)chunks_follow(&x->request_chunks, io, walk->offset) - walk->offset;
		walk->offset += taken;
		if (!x->request_left || x->request_chunks.phase == CHUNKS_OVER)
			x->request_phase = REQUEST_NONE;
		return 0;
	}
	u32 begun = 0;
	if (x->request_phase == REQUEST_NONE) {
		if (!exchange_begin(x, io, walk->offset))
			return 1;
		begun = x->request.filled;
	}
	u32 end = exchange_request_head(x, io, walk->offset, walk->offset + begun);
	bool complete = x->request.complete;
	if (x->request_phase == REQUEST_PREFIX) {
		if (x->request.filled < sizeof(u32))
			return 1;
		x->request_phase = REQUEST_HEAD;
		if (exchange_classify(word_at(x->request_bytes), sizeof(u64)) != LOOKS_LIKE_REQUEST) {
			x->request_phase = REQUEST_NONE; /* it only began like one */
			if (!--x->asked)
				x->record.connection.role = ROLE_UNKNOWN;
			return 1;
		}
	}
	if (!complete && x->request.filled <= REQUEST_HEAD_MAX - HEAD_PIECE) {
		return 1; /* the rest of the head is yet to come */
	}
	exchange_asked(x, io, complete);
	walk->offset = end;
	return 0;
}

/* ---- responses ---- */

static long exchange_response_step(u32 index, void *context)
{
	return head_step(context, RESPONSE_WINDOW, true);
}

/* Likewise for a response. */
__noinline int exchange_response_head(struct exchange *x, const struct io *io, u64 offset)
{
	if (!x || !io)
		return 0;
	struct head_walk walk = { .head = &x->response, .window = x->window, .io = io, .first = offset, .offset = offset };
	bpf_loop(HEAD_STEPS, exchange_response_step, &walk, 0);
	return x->response.complete ? head_end(&walk, RESPONSE_WINDOW) : walk.offset;
}

/* More of the body of the response, from an offset on; returns the offset behind it. */
__noinline int exchange_body(struct exchange *x, const struct io *io, u64 offset)
{
	if (!x || !io)
		return 0;
	u64 rest = io->length - offset;
	u64 taken = rest < x->response_left ? rest : x->response_left;

	if (x->chunked)
		taken = (u32)chunks_follow(&x->response_chunks, io, offset) - offset;
	x->response_body += taken;
	x->last = io->time;
	if (x->response_left != BODY_UNKNOWN)
		x->response_left -= taken;
	if (!x->response_left || (x->chunked && x->response_chunks.phase == CHUNKS_OVER)) {
		exchange_answered(x, 0);
	} else if (x->chunked && x->response_chunks.phase == CHUNKS_LOST && exchange_waiting(x)) {
		count(COUNT_UNFOLLOWED);
		exchange_ignore(x, IGNORED_LOST);
	}
	return offset + taken;
}

/* The first eight bytes of the request that is answered; 0: not known. Cost: a lookup when it was parked. */
static __always_inline u64 exchange_answered_method(struct exchange *x)
{
	if (x->answered == x->asked)
		return word_at(x->request_bytes);
	struct parked_key key = { .id = x->id, .number = x->answered };
	struct http_exchange_buffer *parked = bpf_map_lookup_elem(&parked_requests, &key);
	return parked ? word_at(parked->request) : 0;
}

/* A final response's head is complete: begins its body. */
static __always_inline void exchange_answer(struct exchange *x, const struct io *io)
{
	struct head *head = &x->response;
	u32 status = head->status;

	x->answered++;
	x->status = status;
	x->answering = true;
	x->chunked = head->chunked;
	x->response_chunks = (struct chunks){};
	x->response_body = 0;
	x->last = io->time;
	u32 method = exchange_answered_method(x);
	bool tunnel = status == 101 || (method == WORD4('C', 'O', 'N', 'N') && status / 100 == 2);
	if (tunnel || method == WORD4('H', 'E', 'A', 'D') || status == 204 || status == 304) {
		x->response_left = 0;
		x->chunked = false;
	} else {
		x->response_left = x->chunked ? BODY_UNKNOWN : head->content_length;
	}
	if (x->response_left == 0)
		exchange_answered(x, tunnel ? EXCHANGE_UPGRADED : 0);
	if (tunnel)
		exchange_ignore(x, IGNORED_UPGRADED);
}

/* Takes one response, or one part of one, from the io; 1 when nothing is left of it. */
static long exchange_response_round(u32 index, void *context)
{
	struct exchange_walk *walk = context;
	struct exchange *x = walk->x;
	const struct io *io = walk->io;
	struct head *response = &x->response;

	if (walk->offset >= io->length || x->ignored)
		return 1;
	if (x->answering) {
		walk->offset = (u32)exchange_body(x, io, walk->offset);
		return 0;
	}
	if (!exchange_waiting(x))
		return 1;
	if (!response->filled && !response->lines)
		head_reset(response);
	u32 end = exchange_response_head(x, io, walk->offset);
	exchange_unreadable(io);
	u32 status = response->status;
	if (response->lines ? !status : response->filled >= 5 && (word_at(x->window) & 0xffffffffffULL) != WORD('H', 'T', 'T', 'P', '/', 0, 0, 0)) {
		head_reset(response); /* not a response: the rest of another one, or not HTTP at all */
		return 1;
	}
	if (!response->complete)
		return 1; /* the rest of the head is yet to come */
	walk->offset = end;
	if (status >= 200 || status == 101)
		exchange_answer(x, io);
	head_reset(response);
	return 0;
}

/* ---- what callers call ---- */

/* Bytes went over the connection. A global function: the verifier walks through it once, whatever memory the state is in. */
__noinline int exchange_io(struct exchange *x, const struct io *io)
{
	if (!x || !io || x->ignored)
		return 0;
	u8 role = x->record.connection.role;
	struct exchange_walk walk = { .x = x, .io = io };
	/* One round nearly always does; the loops are for the rest. */
	if (role == ROLE_UNKNOWN || (role == ROLE_CLIENT) == io->sent) {
		if (!exchange_request_round(0, &walk) && walk.offset < io->length)
			bpf_loop(EXCHANGE_ROUNDS, exchange_request_round, &walk, 0);
	} else if (!exchange_response_round(0, &walk) && walk.offset < io->length) {
		bpf_loop(EXCHANGE_ROUNDS, exchange_response_round, &walk, 0);
	}
	return 0;
}

/*
 * The connection is closed, or the other side has sent its last byte: tells what was going on. time: ns.
 */
__noinline int exchange_close(struct exchange *x, u64 time)
{
	if (!x || x->ignored)
		return 0;
	bool whole = x->response_left == BODY_UNKNOWN && !x->chunked; /* RFC 9112, section 6.3: the end of the connection is the end of the body */
	if (x->answering)
		exchange_answered(x, whole ? 0 : EXCHANGE_ABORTED);
	if (exchange_waiting(x) && x->request_phase != REQUEST_PREFIX && x->request_phase != REQUEST_HEAD) {
		x->record.status = x->response.status;
		exchange_tell(x, &x->record, time, x->record.status ? EXCHANGE_ABORTED : EXCHANGE_UNANSWERED);
	}
	exchange_ignore(x, EXCHANGE_FOLLOWED);
	return 0;
}
