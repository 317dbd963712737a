/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * What must be known of one copy of Go's HTTP/2 server. Programs may hold two: net/http's own (in Go 1.27 a package of its own) and
 * golang.org/x/net/http2. Each gets these slots in this order, so that one implementation serves both; see HTTP2_SLOT in http2_server.h.
 */
#pragma once

#define HTTP2_SLOTS(copy)                                                                                                                   \
	SLOT_##copy##_WRITER_STATE,             /* responseWriter.rws */                                                                    \
	SLOT_##copy##_STATE_STREAM,             /* responseWriterState.stream */                                                            \
	SLOT_##copy##_STATE_CONN,               /* responseWriterState.conn */                                                              \
	SLOT_##copy##_STATE_REQUEST,            /* responseWriterState.req */                                                               \
	SLOT_##copy##_STATE_REQUEST_IS_POINTER, /* the request lies in the state from Go 1.27 on */                                         \
	SLOT_##copy##_STATE_HEADER,             /* responseWriterState.handlerHeader */                                                     \
	SLOT_##copy##_STATE_STATUS,             /* responseWriterState.status */                                                            \
	SLOT_##copy##_STATE_SENT_HEADER,        /* responseWriterState.sentHeader */                                                        \
	SLOT_##copy##_STATE_WRITTEN,            /* responseWriterState.wroteBytes */                                                        \
	SLOT_##copy##_STREAM_STATE,             /* stream.state */                                                                          \
	SLOT_##copy##_STREAM_BODY_BYTES,        /* stream.bodyBytes */                                                                      \
	SLOT_##copy##_CONN_REMOTE_ADDRESS,      /* serverConn.remoteAddrStr */                                                              \
	SLOT_##copy##_REQUEST_METHOD,           /* http.Request, or ServerRequest from Go 1.27 on; as from SLOT_REQUEST_METHOD on */        \
	SLOT_##copy##_REQUEST_URI,                                                                                                          \
	SLOT_##copy##_REQUEST_HOST,                                                                                                         \
	SLOT_##copy##_REQUEST_CONTENT_LENGTH,                                                                                               \
	SLOT_##copy##_REQUEST_TLS,                                                                                                          \
	SLOT_##copy##_REQUEST_HEADER
