/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The requests of a connection: where they begin, what follows them, and those that wait for an answer. */
#pragma once
#include "exchange_state.h"

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

/* What a new entry of parked_requests begins as. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct http_exchange_buffer);
} no_request SEC(".maps");

/*
 * Puts the request in x->record aside; false when there is no room. Made first and filled then: before Linux 6.8 memory that a global function was
 * given is no value for a map. Cost: three map operations and 1 KB of copying.
 */
static __always_inline bool exchange_park(struct exchange *x)
{
	struct parked_key key = { .id = x->id, .number = x->asked };
	u32 zero = 0;
	struct http_exchange_buffer *none = bpf_map_lookup_elem(&no_request, &zero);

	if (!none || bpf_map_update_elem(&parked_requests, &key, none, BPF_ANY))
		return false;
	struct http_exchange_buffer *parked = bpf_map_lookup_elem(&parked_requests, &key);
	if (!parked)
		return false;
	parked->record = x->record;
	for (u32 i = 0; i < REQUEST_HEAD_MAX; i += REQUEST_HEAD_MAX / 4)
		__builtin_memcpy(parked->request + i, x->request_bytes + i, REQUEST_HEAD_MAX / 4);
	return true;
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
	if (exchange_waiting(x) < WAITING_MAX && exchange_park(x))
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
		if (x->record.connection.role == ROLE_UNKNOWN) {
			x->record.connection.role = io->sent ? ROLE_CLIENT : ROLE_SERVER;
			x->ignored = IGNORED_HTTP2;
		}
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

/* The head of the last request is as complete as it gets: begins its record. */
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
