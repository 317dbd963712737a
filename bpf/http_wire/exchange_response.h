/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The responses of a connection, in the order of its requests. */
#pragma once
#include "exchange_state.h"

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
