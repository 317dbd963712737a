/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Bytes that a process has just sent or received, wherever they come from: a socket call, or a call of a TLS library. */
#pragma once
#include <beyla/counters.h>

enum { IO_SEGMENTS = 8 };

struct io_segment { /* as struct iovec, include/uapi/linux/uio.h */
	u64 base;
	u64 length;
};

struct io {
	u64 length;  /* how many bytes went over, over all segments */
	u64 time;    /* when, CLOCK_MONOTONIC ns */
	u32 process; /* the host's handle of the process */
	bool sent;   /* else received */
	bool blocks; /* the call may wait: nobody else is served by this thread meanwhile */
	u16 headers; /* TARGET_W3C, TARGET_B3: which headers continue a trace */
	struct io_segment segments[IO_SEGMENTS]; /* in user memory; all zero: bytes that cannot be read (sendfile, io_uring) */
};

/*
 * Reads bytes from an offset on, at most to the end of a segment; returns how many, 0 at the end, or when they cannot be read (counted).
 * most is a constant, wanted at most that. Cost: one user read.
 */
static __always_inline u32 io_read(const struct io *io, u64 offset, void *to, u32 wanted, u32 most)
{
	u64 address = 0, size = 0, skipped = offset;

	for (int i = 0; i < IO_SEGMENTS; i++) {
		if (skipped < io->segments[i].length) {
			address = io->segments[i].base + skipped;
			size = io->segments[i].length - skipped;
			break;
		}
		skipped -= io->segments[i].length;
	}
	if (offset >= io->length || !address)
		return 0;
	if (size > io->length - offset)
		size = io->length - offset;
	if (size > wanted)
		size = wanted;
	if (size == 0)
		return 0;
	/* The verifier must see the very register that is compared next, and not a comparison of size - 1, of which old ones conclude nothing. */
	asm volatile("" : "+r"(size));
	if (size > most)
		return 0;
	if (bpf_probe_read_user(to, size, (void *)address)) {
		count(COUNT_READ_FAILED);
		return 0;
	}
	return size;
}

/* Leaves out the first bytes: those of the same call that were told before. Cost: nothing worth mentioning. */
static __always_inline void io_skip(struct io *io, u64 bytes)
{
	for (int i = 0; i < IO_SEGMENTS; i++) {
		u64 taken = bytes < io->segments[i].length ? bytes : io->segments[i].length;
		io->segments[i].base += taken;
		io->segments[i].length -= taken;
		bytes -= taken;
	}
}
