/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What a thread is doing: the call of the TLS library that it is in, and the ciphertext that it moves itself. It dies with the thread. */
#pragma once
#include "session.h"

enum call {
	CALL_NONE,
	CALL_HANDSHAKE, /* or another call that moves no plain bytes */
	CALL_READ,      /* returns the number of bytes, or <= 0 */
	CALL_READ_EX,   /* returns 1 and stores the number of bytes */
};

struct thread {
	u64 session;   /* of the call it is in */
	u64 buffer;    /* of a read: where the plain bytes go */
	u64 length_at; /* of a CALL_READ_EX: where their number goes */
	u64 writing;   /* session of its last write */
	u64 sending;   /* session without a connection, whose ciphertext this thread sends next; 0: none */
	struct connection received; /* connection without a session, from which it received ciphertext last; cookie 0: none */
	u8 call;       /* enum call */
	bool nested;   /* the library used a socket in this call */
	bool handed;   /* ciphertext was handed to the library since the last call; received is where that came from, if known */
	u8 unused[5];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
} threads SEC(".maps");

/* The current thread's state; NULL when it has done nothing yet. Cost: one task-storage lookup. */
static __always_inline struct thread *thread_known(void)
{
	return bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, 0);
}

/* The current thread's state; NULL when there is no memory (counted). Cost: as thread_known, and an allocation the first time. */
static __always_inline struct thread *thread_current(void)
{
	struct thread *thread = bpf_task_storage_get(&threads, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!thread)
		count(COUNT_MAP_FULL);
	return thread;
}
