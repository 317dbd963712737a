/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What is known of one connection, whichever hooks tell of its bytes. */
#pragma once
#include "../http_wire/http2.h"
#include "../http_wire/syscall.h"
#include <beyla/target.h>

/* All zero at its beginning. */
struct connection_state {
	struct exchange exchange;
	struct http2 http2; /* while exchange.ignored says so */
	u32 process;        /* that used it last */
	u32 unused;
};

/* Bytes of the running system call went over the connection. io: how many, which way; skipped: those of the same call that were told before. */
static __always_inline int connection_io(struct connection_state *state, const struct target *target, struct io *io, u64 skipped)
{
	if (state->exchange.ignored && state->exchange.ignored != IGNORED_HTTP2)
		return 0;
	state->process = target->process;
	io->time = bpf_ktime_get_ns();
	io->process = target->process;
	io->headers = target->flags;
	io_of_syscall(io, user_registers());
	if (skipped)
		io_skip(io, skipped);
	exchange_io(&state->exchange, io);
	return state->exchange.ignored == IGNORED_HTTP2 ? http2_io(&state->http2, &state->exchange, io) : 0;
}

/* Nothing more comes over the connection. */
static __always_inline int connection_end(struct connection_state *state)
{
	struct io end = { .time = bpf_ktime_get_ns(), .process = state->process };

	exchange_close(&state->exchange, end.time);
	http2_close(&state->http2, &state->exchange, &end);
	return 0;
}
