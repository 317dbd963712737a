/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * What a thread's call of tcp_sendmsg or tcp_recvmsg moves, told by kprobes at entries alone. A kretprobe is not told of when more calls are under way
 * than the kernel has room for (kernel/kprobes.c, nmissed): a dozen blocked readers are enough. So no return is waited for: what a call has moved
 * shows in its message and in the socket's sequence numbers whenever it gives the socket's lock back (release_sock), at its end or while it waits.
 */
#pragma once
#include "connection.h"
#include "syscall.h"

struct iov_iter { /* include/linux/uio.h */
	u64 count; /* bytes that are left */
} __attribute__((preserve_access_index));

struct msghdr { /* include/linux/socket.h */
	struct iov_iter msg_iter;
	u32 msg_flags;
} __attribute__((preserve_access_index));

struct tcp_sock { /* include/linux/tcp.h */
	u32 copied_seq; /* head of what was not yet received by the program */
	u32 write_seq;  /* tail of what the program has sent */
} __attribute__((preserve_access_index));

struct socket_call {
	u64 sk;       /* 0: none */
	u64 message;  /* struct msghdr; 0: a page is sent */
	u64 left;     /* of the message, when it was last looked at */
	u64 moved;    /* bytes that were told */
	u32 sequence; /* of the socket, when it was last looked at */
	u32 syscall;  /* the call that this one is part of */
	bool sends;
	bool waits; /* it may wait: a blocking socket */
	u8 unused[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct socket_call);
} socket_calls SEC(".maps");

/* Which system call the thread is in. Cost: a helper call. */
static __always_inline u32 syscall_current(void)
{
	const struct pt_regs *regs = user_registers();
	return SYSCALL_NUMBER(regs);
}

static __always_inline u32 socket_sequence(const void *sk, bool sent)
{
	const struct tcp_sock *tcp = sk;
	return sent ? BPF_CORE_READ(tcp, write_seq) : BPF_CORE_READ(tcp, copied_seq);
}

/* A call begins. message: its struct msghdr, 0: none. Cost: a task-storage lookup, two or three kernel reads. */
static __always_inline int socket_call_begin(const void *sk, const void *message, u64 size, bool waits, bool sends)
{
	struct socket_call *call = bpf_task_storage_get(&socket_calls, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	call->sk = (u64)sk;
	call->message = (u64)message;
	call->left = size;
	call->moved = 0;
	call->sequence = socket_sequence(sk, sends);
	call->syscall = syscall_current();
	call->sends = sends;
	call->waits = waits;
	return 0;
}

/* tcp_sendmsg begins. */
static __always_inline int socket_call_begin_send(const void *sk, const struct msghdr *message, u64 size)
{
	return socket_call_begin(sk, message, size, !(BPF_CORE_READ(message, msg_flags) & MSG_DONTWAIT), true);
}

/* tcp_recvmsg begins. flags: before Linux 5.19 that argument was called nonblock, and was MSG_DONTWAIT or 0. */
static __always_inline int socket_call_begin_receive(const void *sk, const struct msghdr *message, u64 size, int flags)
{
	return socket_call_begin(sk, message, size, !(flags & MSG_DONTWAIT), false);
}

/* The call that gives back the lock of its socket; NULL: something else does. Cost: a task-storage lookup. */
static __always_inline struct socket_call *socket_call_of(const void *sk)
{
	struct socket_call *call = bpf_task_storage_get(&socket_calls, bpf_get_current_task_btf(), 0, 0);
	/* A call that is over leaves its traces here: other calls of the thread on the same socket are other system calls. */
	return call && call->sk == (u64)sk && call->syscall == syscall_current() ? call : 0;
}

struct socket_progress {
	u64 skipped; /* bytes of the call that were told before */
	u64 length;  /* bytes since */
	bool end;    /* the other side's last byte was received */
};

/*
 * What a call has moved since the last look. Bytes that were only looked at (MSG_PEEK) do not move the socket's sequence, and what another thread moves
 * on the same socket does not move this one's message. The other side's FIN counts as one byte in the sequence alone. Cost: three kernel reads.
 */
static __always_inline struct socket_progress socket_call_progress(struct socket_call *call)
{
	const struct msghdr *message = (void *)call->message; /* in variables: a member would be relocated with the read */
	const struct sock *sk = (void *)call->sk;
	u32 sequence = socket_sequence(sk, call->sends);
	u32 in_socket = sequence - call->sequence;
	u64 left = message ? BPF_CORE_READ(message, msg_iter.count) : call->left - in_socket;
	u64 in_message = call->left - left;
	struct socket_progress progress = { .skipped = call->moved, .length = in_socket < in_message ? in_socket : in_message };

	if (!call->sends && in_socket == progress.length + 1) {
		u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);
		progress.end = state != TCP_ESTABLISHED && state != TCP_FIN_WAIT1 && state != TCP_FIN_WAIT2;
	}
	call->sequence = sequence;
	call->left = left;
	call->moved += progress.length;
	return progress;
}

/* Reads the ends of a socket, as connection_of. Cost: five kernel reads. */
static __always_inline void connection_read(const struct sock *sk, struct connection *connection)
{
	connection->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	connection->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	connection->remote_port = __builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (connection->family == AF_INET6) {
		BPF_CORE_READ_INTO(&connection->local, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr32);
		BPF_CORE_READ_INTO(&connection->remote, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32);
	} else {
		BPF_CORE_READ_INTO(&connection->local, sk, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO(&connection->remote, sk, __sk_common.skc_daddr);
	}
}
