/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The head of an HTTP/1 message (RFC 9112, sections 2 to 6), line by line: where it ends, and how its body is framed. A head may come in any number
 * of pieces. Cost: about 1 ns a byte and a user read a piece.
 */
#pragma once
#include "io.h"

enum {
	REQUEST_HEAD_MAX = 1024,     /* of a request's head, what is kept and told */
	RESPONSE_WINDOW = 512,       /* of a response's head, what is looked at at once */
	HEAD_PIECE = 128,            /* how much a window takes of a later piece */
	HEAD_SLACK = 64,             /* bytes behind a window that may be looked at, too: what is there does not matter */
	HEAD_STEPS = 1024,           /* more than lines and pieces of any head that is followed to its end */
	HEAD_WORDS = 8,             /* words and lines that one step looks at */
};

#define BODY_UNKNOWN (~0ULL)

/* What is known of a head so far. */
struct head {
	u64 content_length; /* BODY_UNKNOWN: the head has none. After head_end() */
	u32 length_at;      /* where in the window its value begins; 0: not in it */
	u32 filled;         /* bytes in the window */
	u32 at;             /* up to here the window was searched */
	u32 line;           /* where in the window the current line begins */
	u8 lines;           /* whether one was seen */
	u8 cut;           /* the beginning of the current line is not in the window any more */
	u8 complete;      /* the empty line was seen */
	bool chunked;
	u32 traceparent;    /* where in the window its value begins; 0: none. Only where the window is the whole head */
	u32 status;         /* of a response; 0: not seen yet, or what begins here is none */
};

/* A walk over a head's new bytes. */
struct head_walk {
	struct head *head;
	u8 *window;
	const struct io *io;
	u64 first;  /* where in the io the head, or its next piece, begins */
	u64 offset; /* where in the io the next bytes for the window are */
};

static __always_inline void head_reset(struct head *head)
{
	__builtin_memset(head, 0, sizeof(*head));
	head->content_length = BODY_UNKNOWN;
}

static __always_inline u64 word_at(const u8 *text)
{
	return *(const u64 *)text;
}

#define LOWER_CASE 0x2020202020202020ULL

/* Eight letters as a word, little endian, lower case. */
#define WORD(a, b, c, d, e, f, g, h) \
	((u64)(a) | (u64)(b) << 8 | (u64)(c) << 16 | (u64)(d) << 24 | (u64)(e) << 32 | (u64)(f) << 40 | (u64)(g) << 48 | (u64)(h) << 56)

/* The number at the beginning of a text, spaces before it skipped; BODY_UNKNOWN when there is none. */
static __always_inline u64 head_number(const u8 *text)
{
	u64 number = 0;
	bool any = false;
	for (int i = 0; i < 24; i++) {
		u8 digit = text[i] - '0';
		if (digit > 9) {
			if (!any && (text[i] == ' ' || text[i] == '\t'))
				continue;
			break;
		}
		number = number * 10 + digit;
		any = true;
	}
	return any ? number : BODY_UNKNOWN;
}

/* Takes what matters from a line that is in the window: its name begins at line. */
static __always_inline void head_field(struct head *head, const u8 *window, u32 line)
{
	u64 name = word_at(window + line) | LOWER_CASE;

	if (name == WORD('c', 'o', 'n', 't', 'e', 'n', 't', '-')) {
		if ((word_at(window + line + 8) << 8 | LOWER_CASE) == WORD(' ', 'l', 'e', 'n', 'g', 't', 'h', ':'))
			head->length_at = line + 15;
	} else if (name == WORD('t', 'r', 'a', 'n', 's', 'f', 'e', 'r')) {
		if ((word_at(window + line + 8) | LOWER_CASE) == WORD('-', 'e', 'n', 'c', 'o', 'd', 'i', 'n'))
			head->chunked = true;
	} else if (name == WORD('t', 'r', 'a', 'c', 'e', 'p', 'a', 'r')) {
		if ((word_at(window + line + 8) << 32 | LOWER_CASE) == WORD(' ', ' ', ' ', ' ', 'e', 'n', 't', ':'))
			head->traceparent = line + 12;
	}
}

/* A byte 0x80 for each newline in a word; above the first one there may be wrong ones. */
static __always_inline u64 newlines(u64 word)
{
	word ^= 0x0a0a0a0a0a0a0a0aULL;
	return (word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL;
}

/* How many bytes of a word there are up to its first newline and with it. */
static __always_inline u32 newline_end(u64 newlines)
{
	u64 below = (newlines & -newlines) - 1;
	return (below & 0x0101010101010101ULL) * 0x0101010101010101ULL >> 56;
}

/* The status of a response by its first bytes, HTTP/1.1 200; 0: it is none. */
static __always_inline u32 head_status(const u8 *window)
{
	u32 hundreds = window[9] - '0', tens = window[10] - '0', ones = window[11] - '0';
	bool is = (word_at(window) << 8) == WORD(0, 'H', 'T', 'T', 'P', '/', '1', '.') && window[8] == ' ' && hundreds - 1 <= 8 && tens <= 9 && ones <= 9;
	return is ? hundreds * 100 + tens * 10 + ones : 0;
}

/* The line from line to next. */
static __always_inline void head_line(struct head *head, const u8 *window, u32 line, u32 next)
{
	if (head->cut)
		head->cut = 0;
	else if (!head->lines)
		head->status = head_status(window);
	else if (next - line <= 2)
		head->complete = 1;
	else
		head_field(head, window, line);
	head->lines = 1;
	head->line = head->at = next;
}

/* Reads the content length while its text is in the window. most is a power of two. */
static __always_inline void head_length(struct head *head, const u8 *window, u32 most)
{
	u32 at = head->length_at;
	if (at && at < most) {
		barrier_var(at); /* the compiler may check at - 1, of which old verifiers conclude nothing for at itself */
		head->content_length = head_number(window + (at & (most - 1)));
	}
	head->length_at = 0;
}

/*
 * Takes more bytes into the window; 1 when there are none, or no room. slides: a full window may drop the lines that were looked at. most is a
 * constant. Cost: one user read.
 */
static __always_inline long head_refill(struct head_walk *walk, u32 most, bool slides)
{
	struct head *head = walk->head;
	u32 filled = head->filled, read;

	if (walk->offset >= walk->io->length)
		return 1;
	if (filled > most - HEAD_PIECE) {
		if (!slides)
			return 1;
		head_length(head, walk->window, most);
		u64 begun = filled - head->line; /* of the current line: read again, when it is all here */
		head->cut = begun > most / 2 || begun > walk->offset - walk->first;
		if (!head->cut)
			walk->offset -= begun;
		head->line = head->at = filled = 0;
	}
	if (filled == 0)
		read = io_read(walk->io, walk->offset, walk->window, most, most);
	else
		read = io_read(walk->io, walk->offset, walk->window + filled, HEAD_PIECE, HEAD_PIECE);
	head->filled = filled + read;
	walk->offset += read;
	return read == 0;
}

/*
 * One step of a walk: more bytes, or HEAD_WORDS words and lines. 1: the walk is over. The place is loaded anew for each word: to the verifier it then
 * is the same unknown number each time, and the states of the loop do not multiply.
 */
static __always_inline long head_step(struct head_walk *walk, u32 most, bool slides)
{
	struct head *head = walk->head;
	const u8 *window = walk->window;
	volatile u32 *place = &head->at;
	u32 filled = head->filled;

	if (*place >= filled)
		return head_refill(walk, most, slides);
	for (int i = 0; i < HEAD_WORDS; i++) {
		u32 at = *place;
		if (at >= filled || at >= most)
			break;
		u64 found = newlines(word_at(window + at));
		u32 next = found ? at + newline_end(found) : at + sizeof(u64);
		u32 line = head->line;
		if (next > filled)
			next = filled;
		else if (found && line < most) {
			head_line(head, window, line, next);
			if (head->complete)
				return 1;
			continue;
		}
		*place = next;
	}
	return 0;
}

/* After a walk that found the end of the head: where in the io the body begins. */
static __always_inline u64 head_end(const struct head_walk *walk, u32 most)
{
	head_length(walk->head, walk->window, most);
	return walk->offset - (walk->head->filled - walk->head->line);
}
