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
#include "exchange_request.h"
#include "exchange_response.h"

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

struct exchange_end {
	struct exchange *x;
	u64 time;
};

/* Tells the oldest request that waits for its answer; 1 when none does. */
static long exchange_unanswered(u32 index, void *context)
{
	const struct exchange_end *end = context;
	struct exchange *x = end->x;
	u32 status = x->response.status; /* of an answer whose head is not complete */

	if (!exchange_waiting(x))
		return 1;
	x->answered++;
	x->response.status = 0;
	if (x->answered == x->asked) {
		if (x->request_phase == REQUEST_PREFIX || x->request_phase == REQUEST_HEAD)
			return 1; /* nor is its own head complete */
		x->record.status = status;
		exchange_tell(&x->record, end->time, status ? EXCHANGE_ABORTED : EXCHANGE_UNANSWERED);
		return 1;
	}
	struct parked_key key = { .id = x->id, .number = x->answered };
	struct http_exchange_buffer *parked = bpf_map_lookup_elem(&parked_requests, &key);
	if (!parked) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	parked->record.status = status;
	exchange_tell(&parked->record, end->time, status ? EXCHANGE_ABORTED : EXCHANGE_UNANSWERED);
	bpf_map_delete_elem(&parked_requests, &key);
	return 0;
}

/* The connection is closed, or the other side has sent its last byte: tells what was going on. time: ns. */
__noinline int exchange_close(struct exchange *x, u64 time)
{
	if (!x || x->ignored)
		return 0;
	bool whole = x->response_left == BODY_UNKNOWN && !x->chunked; /* RFC 9112, section 6.3: the end of the connection is the end of the body */
	struct exchange_end end = { .x = x, .time = time };
	/* Chunks that could not be followed may well have been complete: nothing is claimed. */
	u16 unseen = x->chunked && x->response_chunks.phase == CHUNKS_LOST ? EXCHANGE_END_UNSEEN : EXCHANGE_ABORTED;
	if (x->answering)
		exchange_answered(x, whole ? 0 : unseen);
	bpf_loop(WAITING_MAX + 1, exchange_unanswered, &end, 0);
	exchange_ignore(x, EXCHANGE_FOLLOWED);
	return 0;
}
