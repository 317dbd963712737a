/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What is known of one connection that speaks HTTP/1, and how an exchange is told. */
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

static __always_inline void exchange_tell(struct http_exchange *record, u64 end, u32 flags)
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
	exchange_tell(record, x->last, flags);
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
