/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What is known of one connection of an HTTP/1 server whose requests are seen at its socket. */
#pragma once
#include <beyla/go_target.h>
#include "../http_wire/connection.h"
#include "../http_wire/syscall.h"
#include "old_mux.h"

enum { STRANGER_MAX = 16 }; /* receives of other goroutines, after which a socket is no server's */

/* Hangs on the socket. A request is known from its response's first bytes on; before that only when it came. */
struct served_socket {
	u64 connection; /* *net/http.conn; 0: not known */
	u64 g;          /* of the goroutine that serves it */
	u64 response;   /* *net/http.response of the request that is followed; 0: none */
	u64 told;       /* of the request that was told last, while the program may still have it in hand */
	u64 start;      /* when the next request came, or the one that is followed, ns; 0: not yet */
	u64 last;       /* when bytes of its response were sent last; 0: never */
	u64 goid;
	struct span_ids ids; /* of the request that is followed */
	u32 process;
	u32 attachment; /* index */
	u8 strangers;   /* receives of other goroutines before the connection was known */
	u8 left;        /* nothing more is to be seen here: hijacked, HTTP/2, no server */
	u8 renews;      /* start is that of a handshake: the next bytes that come are the request */
	u8 body;        /* what the server reads next may be the rest of a request */
	u8 done;        /* the handler has returned */
	u8 captured;    /* headers were copied */
	u8 unused[6];
	struct http_server_request event;
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct served_socket);
} served_sockets SEC(".maps");

/* Headers of the request that is followed, when the user wants any. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct captured_headers);
} served_headers SEC(".maps");

/* What routers note of a request is found by the address of its goroutine's g, as with the probes of http1_server.h. */
static __always_inline struct execution socket_running(const struct served_socket *s)
{
	return (struct execution){ .id = s->g, .process = s->process };
}

static __always_inline struct execution socket_goroutine(const struct served_socket *s)
{
	return (struct execution){ .id = s->goid, .process = s->process };
}

/* The *response that the program has in hand; 0 between two requests. Cost: one user read. */
static __always_inline u64 socket_in_hand(const struct attachment *a, const struct served_socket *s)
{
	return go_read_word(s->connection + a->slots[SLOT_CONN_CURRENT]);
}

/*
 * A request has come: its span is published before the handler runs. A function of its own for the BPF stack, as many here. Cost: trace_begin; with
 * old muxes an update more.
 */
static __noinline int socket_begin(const struct attachment *a, struct served_socket *s)
{
	if (!a || !s)
		return 0;
	struct execution goroutine = socket_goroutine(s);
	struct span_ids ids = {};
	struct trace_source source = {
		.at = s->connection + a->slots[SLOT_CONN_CURRENT],
		.headers = { a->slots[SLOT_RESPONSE_REQUEST], a->slots[SLOT_REQUEST_HEADER] },
	};

	trace_begin_from(&goroutine, &ids, &source);
	if (reads_old_mux) {
		struct execution running = socket_running(s);
		struct server_request now = { .start = s->start, .response = s->connection };
		bpf_map_update_elem(&server_requests, &running, &now, BPF_ANY);
	}
	return 0;
}
