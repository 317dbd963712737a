/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The last resort, for kernels where neither socket tracepoints nor functions can be hooked: the ends of system calls. A connection is a file
 * descriptor of a process. It costs every system call of the machine about 30 ns; the own address of a connection is not known, the peer's only where
 * the program asked for it; io_uring is not seen.
 */
#pragma once
#include "../http_wire/exchange.h"
#include "../http_wire/syscall.h"
#include <beyla/target.h>

enum { DESCRIPTORS_MAX = 1024 };

struct descriptor_key {
	u32 pid; /* initial namespace */
	u32 descriptor;
};

struct descriptor {
	struct exchange exchange;
	u32 is_socket; /* known to be one: else it is only a file with bytes that look like a request */
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, DESCRIPTORS_MAX);
	__type(key, struct descriptor_key);
	__type(value, struct descriptor);
} descriptors SEC(".maps");

/* What a descriptor begins with: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct descriptor);
} no_descriptor SEC(".maps");

/* include/linux/socket.h, include/uapi/linux/in.h, in6.h: as programs hand them over */
struct user_address {
	u16 family;
	u16 port; /* network byte order */
	u8 ipv4_or_flow[4];
	u8 ipv6[16];
};

static __always_inline struct descriptor_key descriptor_key_of(u64 descriptor)
{
	return (struct descriptor_key){ .pid = bpf_get_current_pid_tgid() >> 32, .descriptor = descriptor };
}

/* Makes the state of a descriptor, in the place of one that had the same number. Cost: one map update, one lookup. */
static __always_inline struct descriptor *descriptor_begin(const struct descriptor_key *key)
{
	u32 zero = 0;
	struct descriptor *nothing = bpf_map_lookup_elem(&no_descriptor, &zero);
	if (!nothing || bpf_map_update_elem(&descriptors, key, nothing, BPF_ANY)) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	struct descriptor *state = bpf_map_lookup_elem(&descriptors, key);
	if (state)
		state->exchange.id = trace_random();
	return state;
}

/* accept or connect has made a connection; address: of the other side, 0: the program did not ask. */
static __always_inline int descriptor_connected(u64 descriptor, u64 address, u8 role)
{
	struct descriptor_key key = descriptor_key_of(descriptor);
	struct user_address peer = {};

	/* The shorter one for IPv4 is followed by whatever the program has there. */
	if (address && bpf_probe_read_user(&peer, sizeof(peer), (void *)address))
		bpf_probe_read_user(&peer, 8, (void *)address);
	if (address && peer.family != AF_INET && peer.family != AF_INET6)
		return 0;
	struct descriptor *state = descriptor_begin(&key);
	if (!state)
		return 0;
	struct connection *connection = &state->exchange.record.connection;
	state->is_socket = true;
	connection->role = role;
	connection->family = peer.family;
	connection->remote_port = __builtin_bswap16(peer.port);
	if (peer.family == AF_INET6)
		__builtin_memcpy(connection->remote, peer.ipv6, sizeof(peer.ipv6));
	else
		__builtin_memcpy(connection->remote, peer.ipv4_or_flow, sizeof(peer.ipv4_or_flow));
	return 0;
}

static __always_inline int descriptor_closed(u64 descriptor)
{
	struct descriptor_key key = descriptor_key_of(descriptor);
	struct descriptor *state = bpf_map_lookup_elem(&descriptors, &key);

	if (!state)
		return 0;
	if (state->is_socket || state->exchange.answering)
		exchange_close(&state->exchange, bpf_ktime_get_ns());
	return bpf_map_delete_elem(&descriptors, &key);
}

/* The state of a descriptor that bytes went over. A file is taken for a connection only when they look like a request. */
static __always_inline struct descriptor *descriptor_of(const struct descriptor_key *key, const struct io *io, bool is_socket)
{
	u64 first = 0;
	struct descriptor *state = bpf_map_lookup_elem(&descriptors, key);

	if (state || (!is_socket && exchange_classify(first, io_read(io, 0, &first, sizeof(first), sizeof(first))) != LOOKS_LIKE_REQUEST))
		return state;
	state = descriptor_begin(key);
	if (state)
		state->is_socket = is_socket;
	return state;
}

static __always_inline int descriptor_io(const struct pt_regs *regs, const struct target *target, s64 result, bool sent, bool is_socket)
{
	struct descriptor_key key = descriptor_key_of(SYSCALL_FIRST(regs));
	struct io io = { .length = result, .time = bpf_ktime_get_ns(), .process = target->process, .sent = sent, .headers = target->flags };

	io_of_syscall(&io, regs);
	struct descriptor *state = descriptor_of(&key, &io, is_socket);
	if (!state)
		return 0;
	if (result > 0)
		return exchange_io(&state->exchange, &io);
	if (!sent && state->exchange.record.connection.role == ROLE_CLIENT)
		exchange_close(&state->exchange, io.time);
	return 0;
}

/* TP_PROTO(struct pt_regs *regs, long ret): of every process */
SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_over, struct pt_regs *regs, long ret)
{
	struct target *target = target_current();
	if (!target)
		return 0;
	switch (SYSCALL_NUMBER(regs)) {
	case SYS_READ:
	case SYS_READV:
		return ret < 0 ? 0 : descriptor_io(regs, target, ret, false, false);
	case SYS_RECVFROM:
		return ret < 0 || SYSCALL_FOURTH(regs) & (MSG_PEEK | MSG_ERRQUEUE) ? 0 : descriptor_io(regs, target, ret, false, true);
	case SYS_RECVMSG:
		return ret < 0 || SYSCALL_THIRD(regs) & (MSG_PEEK | MSG_ERRQUEUE) ? 0 : descriptor_io(regs, target, ret, false, true);
	case SYS_WRITE:
	case SYS_WRITEV:
	case SYS_SENDFILE:
		return ret <= 0 ? 0 : descriptor_io(regs, target, ret, true, false);
	case SYS_SENDTO:
	case SYS_SENDMSG:
		return ret <= 0 ? 0 : descriptor_io(regs, target, ret, true, true);
	case SYS_ACCEPT:
	case SYS_ACCEPT4:
		return ret < 0 ? 0 : descriptor_connected(ret, SYSCALL_SECOND(regs), ROLE_SERVER);
	case SYS_CONNECT:
		return ret < 0 && ret != -EINPROGRESS ? 0 : descriptor_connected(SYSCALL_FIRST(regs), SYSCALL_SECOND(regs), ROLE_CLIENT);
	case SYS_CLOSE:
		return descriptor_closed(SYSCALL_FIRST(regs));
	}
	return 0;
}
