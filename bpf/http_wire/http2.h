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
	HTTP2_PIECES = 64, /* of one transfer without DATA between; what is longer is left out, which the host notices */
	HTTP2_ROUNDS = 1 << 16, /* two for each frame of a transfer: 32,768 frames */
	HTTP2_FRAME_HEADER = 9,
	HTTP2_PREFACE = 24, /* PRI * HTTP/2.0, and so on: section 3.4 */
	HTTP2_DATA = 0,
	HTTP2_LAST_TYPE = 9, /* CONTINUATION */
	HTTP2_END_STREAM = 1,
};

/* flags of a piece, beside EXCHANGE_TLS and EXCHANGE_HEADERS */
enum { HTTP2_SENT = 2, HTTP2_CLOSED = 4 };

/* Matches Http2PieceEvent in plugins/HttpWire/Pieces field by field (checked at load). In a record captured bytes follow, and maybe others. */
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
	u64 at;        /* of the io: up to here it is walked through. Here, not on the stack: the verifier follows each value of what is there */
	u64 run;       /* of the io: from here on it is yet to be told */
	u64 more;      /* bytes behind that which are left out */
	u32 left;      /* of the frame's payload */
	bool skips;    /* it is of no interest */
	bool lost;     /* the last transfer could not be walked through: where the next frame begins is not known */
	u8 filled;     /* bytes of the next frame's header */
	u8 header[2 * HTTP2_FRAME_HEADER]; /* with room for a read that begins anywhere in it */
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
};

static __always_inline void http2_fill(struct http2_piece *piece, const struct http2_walk *walk, u64 length, u32 captured)
{
	const struct io *io = walk->io;

	event_fill(&piece->header, HTTP2_PIECE, io->process, (u32)bpf_get_current_pid_tgid(), io->time, io->time);
	piece->connection = walk->x->record.connection;
	piece->id = walk->x->id;
	piece->offset = walk->direction->offset + walk->direction->run;
	piece->length = length;
	piece->captured = captured;
	piece->flags = walk->x->flags | (io->sent ? HTTP2_SENT : 0) | (io->headers & (TARGET_W3C | TARGET_B3)) * EXCHANGE_HEADERS;
}

/*
 * Tells size bytes (at most most, a constant), or those of them that lie in one segment; returns how many. Cost: a user read and a record.
 */
static __always_inline u32 http2_tell(struct http2_walk *walk, u32 size, u32 most)
{
	struct http2_piece *piece = event_reserve_bytes(sizeof(struct http2_piece) + most);
	if (!piece)
		return size;
	u32 captured = size ? io_read(walk->io, walk->direction->run, piece->bytes, size, most) : 0;
	u32 told = captured ? captured : size;
	http2_fill(piece, walk, told + (told == size && size < most ? walk->direction->more : 0), captured);
	event_submit(piece);
	return told;
}

/* Tells one piece of what was walked through; 1 when all is told. */
static long http2_tell_round(u32 index, void *context)
{
	struct http2_walk *walk = context;
	struct http2_direction *d = walk->direction;
	u64 size = d->at - d->run;

	if (d->run >= d->at)
		return 1;
	if (size < HTTP2_SMALL)
		d->run += http2_tell(walk, size, HTTP2_SMALL);
	else
		d->run += http2_tell(walk, size < HTTP2_LARGE ? size : HTTP2_LARGE, HTTP2_LARGE);
	return 0;
}

/* Whether the header may be one: a type of RFC 9113 and no more than a transfer holds. Programs send whole frames, so the next transfer begins with one. */
static __always_inline bool http2_is_frame(const struct http2_direction *d)
{
	return d->header[3] <= HTTP2_LAST_TYPE && d->header[0] < 0x10 && !(d->header[5] & 0x80);
}

/* Walks over one frame's header or payload, as far as it is in the io; 1 at the end. Cost: a user read for a header. */
static long http2_round(u32 index, void *context)
{
	struct http2_walk *walk = context;
	struct http2_direction *d = walk->direction;
	u64 rest = walk->io->length - d->at;

	if (d->at >= walk->io->length)
		return 1;
	if (d->left) {
		u64 taken = rest < d->left ? rest : d->left;
		d->left -= taken;
		if (d->skips) {
			d->more = taken;
			if (d->run < d->at)
				bpf_loop(HTTP2_PIECES, http2_tell_round, walk, 0);
			else if (!d->left && d->header[4] & HTTP2_END_STREAM)
				http2_tell(walk, 0, HTTP2_SMALL); /* the body ends here */
			d->more = 0;
			d->run = d->at + taken;
		}
		d->at += taken;
		return 0;
	}
	u32 filled = d->filled;
	if (filled >= HTTP2_FRAME_HEADER)
		return 1;
	u32 read = io_read(walk->io, d->at, d->header + filled, HTTP2_FRAME_HEADER - filled, HTTP2_FRAME_HEADER);
	if (!read)
		return 1;
	d->at += read;
	d->filled = filled + read;
	if (d->filled < HTTP2_FRAME_HEADER)
		return 0;
	d->filled = 0;
	if (d->lost && !http2_is_frame(d)) {
		d->run = d->at;
		return 1;
	}
	d->lost = false;
	d->skips = d->header[3] == HTTP2_DATA;
	d->left = d->header[0] << 16 | d->header[1] << 8 | d->header[2];
	if (*(u32 *)d->header == WORD4('P', 'R', 'I', ' ')) {
		d->skips = false;
		d->left = HTTP2_PREFACE - HTTP2_FRAME_HEADER;
	}
	return 0;
}

/* Bytes went over the connection. A global function: the verifier walks through it once. */
__noinline int http2_io(struct http2 *http2, const struct exchange *x, const struct io *io)
{
	if (!http2 || !x || !io)
		return 0;
	struct http2_direction *direction = io->sent ? &http2->sent : &http2->received;
	struct http2_walk walk = { .direction = direction, .x = x, .io = io };
	http2->followed = true;
	direction->at = direction->run = 0;
	bpf_loop(HTTP2_ROUNDS, http2_round, &walk, 0);
	bpf_loop(HTTP2_PIECES, http2_tell_round, &walk, 0);
	direction->offset += io->length;
	if (direction->at < io->length) {
		direction->lost = true;
		direction->left = direction->filled = 0;
	}
	return 0;
}

/* The connection is closed. io: when, and of which process. */
static __always_inline void http2_close(struct http2 *http2, const struct exchange *x, const struct io *io)
{
	if (!http2->followed)
		return;
	struct http2_piece *piece = event_reserve_bytes(sizeof(struct http2_piece));
	if (!piece)
		return;
	struct http2_walk walk = { .direction = &http2->received, .x = x, .io = io };
	http2->received.run = 0;
	http2_fill(piece, &walk, http2->sent.offset, 0);
	piece->flags |= HTTP2_CLOSED;
	event_submit(piece);
	http2->followed = false;
}
