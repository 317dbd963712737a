/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * HTTP/2 on one connection (RFC 9113): hands on the frames as they went over, all but the contents of DATA frames. What they mean is worked out by
 * the host, which is told where in its direction each piece begins.
 */
#pragma once
#include "exchange.h"

enum { HTTP2_PIECE = 2 }; /* event_header.kind */

enum {
	HTTP2_SMALL = 256, /* bytes of a piece; most header blocks take less */
	HTTP2_LARGE = 2048,
	HTTP2_PIECES = 8,  /* of one transfer without DATA between; what is longer is left out, which the host notices */
	HTTP2_ROUNDS = 128,
	HTTP2_FRAME_HEADER = 9,
	HTTP2_PREFACE = 24, /* PRI * HTTP/2.0, and so on: section 3.4 */
	HTTP2_DATA = 0,
	HTTP2_HEADERS = 1,
};

/* flags of a piece, beside EXCHANGE_TLS and EXCHANGE_HEADERS */
enum { HTTP2_SENT = 2, HTTP2_CLOSED = 4 };

/* Matches Http2PieceEvent in plugins/HttpWire/Exchanges field by field (checked at load). In a record captured bytes follow, and maybe others. */
struct http2_piece {
	struct event_header header; /* start, end: when the bytes went over */
	struct connection connection;
	u64 id;
	u64 offset;   /* in its direction; HTTP2_CLOSED: how many bytes were received in all */
	u64 length;   /* bytes that went over, those left out behind the captured ones included; HTTP2_CLOSED: how many were sent in all */
	u32 captured;
	u32 flags;
	u8 bytes[0];
};
EVENT_STRUCT(http2_piece);

struct http2_direction {
	u64 offset;    /* bytes so far */
	u32 left;      /* of the frame's payload */
	bool skips;    /* it is of no interest */
	u8 filled;     /* bytes of the next frame's header */
	u8 header[HTTP2_FRAME_HEADER + 1];
};

/* All zero at its beginning. */
struct http2 {
	struct http2_direction received;
	struct http2_direction sent;
	bool followed;
};

struct http2_walk {
	struct http2_direction *direction;
	const struct exchange *x;
	const struct io *io;
	u64 at;  /* up to here the io is walked through */
	u64 run; /* from here on it is yet to be told */
};

static __always_inline void http2_fill(struct http2_piece *piece, const struct http2_walk *walk, u64 length, u32 captured)
{
	const struct io *io = walk->io;

	event_fill(&piece->header, HTTP2_PIECE, io->process, (u32)bpf_get_current_pid_tgid(), io->time, io->time);
	piece->connection = walk->x->record.connection;
	piece->id = walk->x->id;
	piece->offset = walk->direction->offset + walk->run;
	piece->length = length;
	piece->captured = captured;
	piece->flags = walk->x->flags | (io->sent ? HTTP2_SENT : 0) | (io->headers & (TARGET_W3C | TARGET_B3)) * EXCHANGE_HEADERS;
}

/* Tells size bytes (at most most, a constant), and that more bytes follow that are left out. Cost: a user read and a record. */
static __always_inline void http2_tell(struct http2_walk *walk, u32 size, u32 most, u64 more)
{
	struct http2_piece *piece = event_reserve_bytes(sizeof(struct http2_piece) + most);
	if (!piece)
		return;
	u32 captured = size ? io_read(walk->io, walk->run, piece->bytes, size, most) : 0;
	http2_fill(piece, walk, size + more, captured);
	event_submit(piece);
}

/* Tells what was walked through since the last time, and how much is left out behind it. */
static __noinline int http2_flush(struct http2_walk *walk, u64 more)
{
	if (!walk)
		return 0;
	for (int i = 0; i < HTTP2_PIECES && walk->run < walk->at; i++) {
		u64 size = walk->at - walk->run;
		if (size <= HTTP2_SMALL)
			http2_tell(walk, size, HTTP2_SMALL, more);
		else if (size <= HTTP2_LARGE)
			http2_tell(walk, size, HTTP2_LARGE, more);
		else
			http2_tell(walk, HTTP2_LARGE, HTTP2_LARGE, 0);
		walk->run += size <= HTTP2_LARGE ? size : HTTP2_LARGE;
	}
	return 0;
}

/* Walks over one frame's header or payload, as far as it is in the io; 1 at the end. Cost: a user read for a header. */
static long http2_round(u32 index, void *context)
{
	struct http2_walk *walk = context;
	struct http2_direction *d = walk->direction;
	u64 rest = walk->io->length - walk->at;

	if (walk->at >= walk->io->length)
		return 1;
	if (d->left) {
		u64 taken = rest < d->left ? rest : d->left;
		d->left -= taken;
		if (d->skips) {
			http2_flush(walk, taken);
			walk->run = walk->at + taken;
		}
		walk->at += taken;
		return 0;
	}
	u32 filled = d->filled;
	if (filled >= HTTP2_FRAME_HEADER)
		return 1;
	u32 read = io_read(walk->io, walk->at, d->header + filled, HTTP2_FRAME_HEADER - filled, 1);
	if (!read)
		return 1;
	return 0;
}
