/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Go's net/http, HTTP/1 and HTTP/2: one event per served request, one per round trip of a client. Two probe hits each. */
#define TRACER_COUNTERS COUNT_NESTED_TOO_DEEP, /* a round trip inside two others on one goroutine: no event */

#include "net_http/http2_slots.h"

/* Filled by the host from NetHttpTracer's tables. */
enum slot {
	SLOT_ITAB_RESPONSE, /* (*net/http.response, net/http.ResponseWriter) */
	SLOT_RESPONSE_CONN,
	SLOT_RESPONSE_REQUEST,
	SLOT_RESPONSE_WROTE_HEADER,
	SLOT_RESPONSE_WRITTEN,
	SLOT_RESPONSE_STATUS,
	SLOT_CONN_HIJACKED,
	SLOT_CONN_REMOTE_ADDRESS,
	SLOT_REQUEST_METHOD, /* from here to SLOT_REQUEST_HEADER as in HTTP2_SLOTS, see fill_request */
	SLOT_REQUEST_URI,
	SLOT_REQUEST_HOST,
	SLOT_REQUEST_CONTENT_LENGTH,
	SLOT_REQUEST_TLS,
	SLOT_REQUEST_HEADER,
	SLOT_REQUEST_URL,
	SLOT_REQUEST_PROTO_MAJOR,
	SLOT_REQUEST_PROTO_MINOR,
	SLOT_REQUEST_BODY,
	SLOT_URL_SCHEME,
	SLOT_URL_HOST,
	SLOT_URL_PATH,
	SLOT_URL_RAW_PATH,
	SLOT_ANSWER_STATUS, /* http.Response: what a client gets, not http.response */
	SLOT_ANSWER_PROTO_MAJOR,
	SLOT_ANSWER_PROTO_MINOR,
	SLOT_ANSWER_CONTENT_LENGTH,
	SLOT_ITAB_HTTP2_RESPONSE, /* net/http's responseWriter for HTTP/2, net/http.ResponseWriter */
	SLOT_G_PANIC, /* runtime.g._panic */
	HTTP2_SLOTS(HTTP2),
	HTTP2_SLOTS(XNET_HTTP2),
	SLOT_ANSWER_HEADER,
	SLOT_RESPONSE_HEADER,
	SLOT_REQUEST_PATTERN, /* Go >= 1.23 */
	SLOT_REQUEST_PAT,     /* Go 1.22 */
	SLOT_PATTERN_STR,
	SLOT_GIN_REQUEST, /* routers, see net_http/routes.h */
	SLOT_GIN_FULL_PATH,
	SLOT_ECHO_REQUEST,
	SLOT_ECHO_PATH,
	SLOT_CHI_PARENT,
	SLOT_CHI_PATTERNS,
	SLOT_GORILLA_PATH,
	SLOT_GORILLA_TEMPLATE,
	SLOT_ITAB_DEADLINE_EXCEEDED, /* errors, see net_http/client_error.h; all as error */
	SLOT_ITAB_HTTP_TIMEOUT,
	SLOT_ITAB_TLS_TIMEOUT,
	SLOT_ITAB_NET_TIMEOUT,
	SLOT_ITAB_POLL_TIMEOUT,
	SLOT_ITAB_DNS_ERROR,
	SLOT_ITAB_ERRNO,
	SLOT_ITAB_ERROR_STRING,
	SLOT_ITAB_OP_ERROR,
	SLOT_ITAB_SYSCALL_ERROR,
	SLOT_ITAB_WRAP_ERROR,
	SLOT_ITAB_NOTHING_WRITTEN,
	SLOT_ITAB_READ_FROM_SERVER,
	SLOT_OP_ERROR_ERR,
	SLOT_SYSCALL_ERROR_ERR,
	SLOT_WRAP_ERROR_ERR,
	SLOT_SERVE_START, /* the goroutine of a connection, see net_http/socket_server.h */
	SLOT_SERVE_ARGUMENT,
	SLOT_G_START_PC,
	SLOT_CONN_CURRENT, /* of the pointer in conn.curReq */
	SLOT_RESPONSE_HANDLER_DONE,
	SLOTS,
};

#include "net_http/server.h"
#include "net_http/old_mux.h"
#include "net_http/client.h"
#include "net_http/http2_client.h"
#include "net_http/socket_server.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
