/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* One HTTP/1 exchange as it is told: the head of the request as it came over the wire, what matters of the response, and when. */
#pragma once
#include <beyla/event.h>
#include "connection.h"
#include "head.h"

enum { HTTP_EXCHANGE = 1 }; /* event_header.kind */

enum {
	EXCHANGE_TLS = 1,          /* the bytes were seen inside of a TLS library */
	EXCHANGE_CUT = 2,          /* the request's head is longer than what is told of it */
	EXCHANGE_UNANSWERED = 4,   /* the connection was closed before a response */
	EXCHANGE_ABORTED = 8,      /* the connection was closed before the end of the response */
	EXCHANGE_END_UNSEEN = 16,  /* the response was over at the latest when the next request came: end is the time of its last bytes that were seen */
	EXCHANGE_UPGRADED = 32,    /* another protocol follows */
	EXCHANGE_PUBLISHED = 64,   /* the span is the parent of what its thread does */
	EXCHANGE_HEADERS = 256,    /* times TARGET_W3C, TARGET_B3: which headers continue a trace */
};

#define SIZE_UNKNOWN (-1LL)

/* Matches HttpExchangeEvent in plugins/HttpWire/Exchanges field by field (checked at load). In a record request_length bytes follow. */
struct http_exchange {
	struct event_header header; /* start: the request's head was there; end: last byte of the response */
	struct connection connection;
	s64 request_size;  /* body bytes, SIZE_UNKNOWN: chunked */
	s64 response_size; /* likewise */
	u16 status;        /* 0: none */
	u16 request_length;
	u32 flags; /* EXCHANGE_* */
	u8 request[0]; /* the request's head */
};
EVENT_STRUCT(http_exchange);

/* With all the room that a request's head may take. */
struct http_exchange_buffer {
	struct http_exchange record;
	u8 request[REQUEST_HEAD_MAX];
};
_Static_assert(__builtin_offsetof(struct http_exchange_buffer, request) == __builtin_offsetof(struct http_exchange, request), "no gap");
