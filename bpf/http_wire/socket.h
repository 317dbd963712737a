/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The kernel's sockets, as far as they are looked at: include/net/sock.h, include/linux/in6.h. Members of anonymous unions stand for themselves. */
#pragma once
#include <beyla/kernel.h>

struct in6_addr {
	union {
		u32 u6_addr32[4];
	} in6_u;
} __attribute__((preserve_access_index));

struct sock_common {
	u32 skc_daddr;     /* network byte order */
	u32 skc_rcv_saddr; /* network byte order */
	u16 skc_dport;     /* network byte order */
	u16 skc_num;       /* host byte order */
	u32 skc_portpair;  /* both */
	u16 skc_family;
	volatile u8 skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
	u16 sk_protocol;
} __attribute__((preserve_access_index));

enum { AF_INET = 2, AF_INET6 = 10 };  /* include/linux/socket.h */
enum { IPPROTO_TCP = 6 };             /* include/uapi/linux/in.h */
enum { MSG_PEEK = 0x2, MSG_DONTWAIT = 0x40, MSG_ERRQUEUE = 0x2000 };     /* include/linux/socket.h */
enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2, TCP_FIN_WAIT1 = 4, TCP_FIN_WAIT2 = 5, TCP_CLOSE = 7, TCP_CLOSE_WAIT = 8 }; /* include/net/tcp_states.h */

/* Whether a change of a socket's state ends its exchanges. When the other side has closed first, this one may still send, or read what is there. */
static __always_inline bool connection_ends(int from, int to)
{
	return (from == TCP_ESTABLISHED || from == TCP_CLOSE_WAIT) && to != TCP_CLOSE_WAIT;
}
