/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The chunks of a body (RFC 9112, section 7.1), followed from its first byte to its last: their sizes are read, what is in them is passed over, so it
 * may also be sent out of sight (sendfile). Lines may be cut anywhere.
 */
#pragma once
#include "io.h"

enum { CHUNK_SIZE = 0, CHUNK_DATA = 1, CHUNK_TRAILER = 2, CHUNKS_OVER = 3, CHUNKS_LOST = 4 };

enum { CHUNK_PIECE = 16, CHUNK_ROUNDS = 512 };

/* Where in the body one is. All zero: at its beginning. */
struct chunks {
	u64 left;  /* CHUNK_SIZE: the number so far; CHUNK_DATA: bytes up to the next size */
	u8 phase;  /* CHUNK_*, CHUNKS_* */
	u8 inside; /* CHUNK_SIZE: behind the number; CHUNK_TRAILER: in a line that is not empty */
};

struct chunks_walk {
	struct chunks *chunks;
	const struct io *io;
	u64 offset;
};

/* The end of a line; cost: nothing. */
static __always_inline void chunks_line(struct chunks *chunks)
{
	if (chunks->phase == CHUNK_SIZE) {
		chunks->phase = chunks->left ? CHUNK_DATA : CHUNK_TRAILER;
		chunks->left += 2; /* the line break behind the data */
	} else if (!chunks->inside) {
		chunks->phase = CHUNKS_OVER;
	}
	chunks->inside = 0;
}

static __always_inline void chunks_letter(struct chunks *chunks, u8 letter)
{
	u8 digit = letter - '0', upper = (letter | 0x20) - 'a';

	if (letter == '\r')
		return;
	if (digit > 9)
		digit = upper < 6 ? upper + 10 : 0xff;
	if (chunks->phase == CHUNK_SIZE && !chunks->inside && digit != 0xff)
		chunks->left = chunks->left << 4 | digit;
	else
		chunks->inside = 1;
}

/* One piece of a line, or the rest of a chunk; 1: the walk is over. */
static long chunks_step(u32 index, void *context)
{
	struct chunks_walk *walk = context;
	struct chunks *chunks = walk->chunks;
	u8 text[CHUNK_PIECE] = {};
	u32 used = 0;

	if (walk->offset >= walk->io->length)
		return 1;
	if (chunks->phase == CHUNK_DATA) {
		u64 rest = walk->io->length - walk->offset;
		u64 taken = rest < chunks->left ? rest : chunks->left;
		walk->offset += taken;
		chunks->left -= taken;
		if (!chunks->left)
			chunks->phase = CHUNK_SIZE;
		return 0;
	}
	u32 length = io_read(walk->io, walk->offset, text, sizeof(text), sizeof(text));
	if (!length) {
		chunks->phase = CHUNKS_LOST;
		return 1;
	}
	for (u32 i = 0; i < CHUNK_PIECE; i++) {
		if (i >= length)
			break;
		used = i + 1;
		if (text[i] == '\n') {
			chunks_line(chunks);
			break;
		}
		chunks_letter(chunks, text[i]);
	}
	walk->offset += used;
	return chunks->phase == CHUNKS_OVER;
}

/* Follows a body from an offset on; returns the offset up to which it goes. Cost: a user read for each chunk. */
__noinline int chunks_follow(struct chunks *chunks, const struct io *io, u64 offset)
{
	if (!chunks || !io)
		return 0;
	struct chunks_walk walk = { .chunks = chunks, .io = io, .offset = offset };
	if (chunks->phase < CHUNKS_OVER)
		bpf_loop(CHUNK_ROUNDS, chunks_step, &walk, 0);
	if (chunks->phase == CHUNKS_OVER)
		return walk.offset;
	if (walk.offset < io->length)
		chunks->phase = CHUNKS_LOST;
	return io->length;
}
