/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What is told of requests. */
#pragma once
#include "captured_headers.h"
#include "client_error.h"
#include "objects.h"
#include "routes.h"

enum { HTTP_SERVER_REQUEST = 1, HTTP_CLIENT_REQUEST = 2, HTTP_SERVER_CAPTURED = 3, HTTP_CLIENT_CAPTURED = 4 }; /* event_header.kind */

enum {
	HTTP_TLS = 1,
	HTTP_WROTE_HEADER = 2,
	HTTP_PANICKED = 4, /* the handler never returned */
	HTTP_HIJACKED = 8, /* the handler took the connection: what follows is not HTTP/1 */
	HTTP_FAILED = 16,  /* a round trip without an answer */
	HTTP_RAW_PATH = 32, /* the path is percent-encoded already */
	HTTP_ABORTED = 64, /* the stream was closed before an answer went out */
};

enum { METHOD_MAX = 31, TARGET_MAX = 255, HOST_MAX = 127, PEER_MAX = 63, SCHEME_MAX = 15, PATH_MAX = 255 };
enum { LINE_BYTES = 288, URL_BYTES = 408 };
_Static_assert(METHOD_MAX + 1 + TARGET_MAX < LINE_BYTES, "a request line fits");
_Static_assert(SCHEME_MAX + 3 + HOST_MAX + PATH_MAX < URL_BYTES, "a URL fits");

/* One served request. Matches HttpServerEvent in HttpServerEvent.cs field by field (checked at load). */
struct http_server_request {
	struct event_header header;
	s64 request_size;  /* Content-Length, -1: unknown */
	s64 response_size; /* body bytes that the handler wrote */
	u16 status;        /* 0: none written */
	u16 target_length;
	u8 method_length;
	u8 host_length;
	u8 peer_length;
	u8 flags;
	u8 proto_major;
	u8 proto_minor;
	struct http_route route;
	char line[LINE_BYTES]; /* method, one byte, target: as they stand in the request line */
	char host[HOST_MAX + 1];
	char peer[PEER_MAX + 1]; /* "ip:port" */
};
EVENT_STRUCT(http_server_request);

/* The same with headers, when the user wants any. Matches HttpServerCapturedEvent. */
struct http_server_captured {
	struct http_server_request request;
	struct captured_headers headers;
};
EVENT_STRUCT(http_server_captured);

/* One round trip of a client. Matches HttpClientEvent in HttpClientEvent.cs field by field (checked at load). */
struct http_client_request {
	struct event_header header;
	s64 request_size;  /* -1: unknown */
	s64 response_size; /* Content-Length, -1: unknown */
	u16 status;
	u16 path_length;
	u8 method_length; /* 0: GET */
	u8 scheme_length;
	u8 host_length;
	u8 flags;
	u8 proto_major;
	u8 proto_minor;
	struct http_error error; /* of a round trip without an answer */
	char method[METHOD_MAX + 1];
	char url[URL_BYTES]; /* scheme, three bytes, host, path: as they stand in the URL */
};
EVENT_STRUCT(http_client_request);

/* The same with headers. Matches HttpClientCapturedEvent. */
struct http_client_captured {
	struct http_client_request request;
	struct captured_headers headers;
};
EVENT_STRUCT(http_client_captured);

/* Makes of an event without headers one with them. Cost: see capture_values. */
static __always_inline void capture(const struct attachment *a, const struct http_objects *objects, struct captured_headers *headers)
{
	capture_values(a, objects->request_headers, &headers->request);
	capture_values(a, objects->response_headers, &headers->response);
}
