/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Which connection bytes belong to, and who is at its ends. */
#pragma once
#include "socket.h"

/* Who asks on a connection. Known from its first request on, or when it is opened. */
enum { ROLE_UNKNOWN = 0, ROLE_SERVER = 1, ROLE_CLIENT = 2 };

/* Matches ConnectionInfo in Beyla.HttpWire field by field. All zero: not known. */
struct connection {
	u64 cookie;     /* the kernel's id of the socket, never used again; 0: not known */
	u8 local[16];   /* network byte order; IPv4: the first four bytes */
	u8 remote[16];
	u16 local_port; /* host byte order */
	u16 remote_port;
	u16 family;     /* AF_INET, AF_INET6 */
	u8 role;
	u8 unused;
};

/*
 * Reads the addresses of a TCP socket; the cookie stays the caller's business, as not every program type may ask for it. Plain loads: for programs
 * whose argument is a trusted struct sock. Cost: nothing.
 */
static __always_inline void connection_of(const struct sock *sk, struct connection *connection)
{
	const struct sock_common *common = &sk->__sk_common;
	u32 *local = (u32 *)connection->local, *remote = (u32 *)connection->remote;

	connection->family = common->skc_family;
	connection->local_port = common->skc_num;
	connection->remote_port = __builtin_bswap16(common->skc_dport);
	if (connection->family == AF_INET6) {
		for (int i = 0; i < 4; i++) {
			local[i] = common->skc_v6_rcv_saddr.in6_u.u6_addr32[i];
			remote[i] = common->skc_v6_daddr.in6_u.u6_addr32[i];
		}
	} else {
		local[0] = common->skc_rcv_saddr;
		remote[0] = common->skc_daddr;
	}
}

/* Whether it is TCP over IP. */
static __always_inline bool connection_is_tcp(const struct sock *sk)
{
	u16 family = sk->__sk_common.skc_family;
	return (family == AF_INET || family == AF_INET6) && sk->sk_protocol == IPPROTO_TCP;
}
