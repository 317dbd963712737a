/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * google.golang.org/grpc: one event per RPC, served or called, of all four stream kinds. Two probe hits each; a stream of a client has a third,
 * cheap one.
 *
 * State of a call is kept under the address of grpc's own stream object, because calls end on other goroutines than they begin on. The address
 * is used again only when that object is gone, and then its state is overwritten.
 */

/* Filled by the host from GrpcTracer's tables. */
enum slot {
	SLOT_SERVER_STREAM_BASE,    /* ServerStream.Stream; absent before 1.69, where a server's stream is a Stream */
	SLOT_SERVER_STREAM_POINTS,  /* 1: that is a pointer (1.69 to 1.76) */
	SLOT_STREAM_METHOD,
	SLOT_STREAM_CONTEXT,
	SLOT_STREAM_STATE,
	SLOT_SERVER_PEER,
	SLOT_SERVER_LOCAL,
	SLOT_ITAB_HANDLER_TRANSPORT, /* (*serverHandlerTransport, ServerTransport): grpc behind net/http */
	SLOT_HANDLER_REQUEST,
	SLOT_REQUEST_HOST,
	SLOT_REQUEST_REMOTE_ADDRESS,
	SLOT_ITAB_VALUE_CONTEXT, /* (*context.valueCtx, context.Context) */
	SLOT_TYPE_INCOMING_METADATA, /* metadata.mdIncomingKey */
	SLOT_VALUE_CONTEXT_PARENT,
	SLOT_VALUE_CONTEXT_KEY,
	SLOT_VALUE_CONTEXT_VALUE,

	SLOT_CLIENT_STREAM_HEADER,
	SLOT_CLIENT_STREAM_FINISHED,
	SLOT_CLIENT_STREAM_ATTEMPT,
	SLOT_CALL_HEADER_HOST,
	SLOT_CALL_HEADER_METHOD,
	SLOT_ATTEMPT_STREAM,
	SLOT_ATTEMPT_TRANSPORT,
	SLOT_CLIENT_PEER,
	SLOT_ITAB_STATUS_ERROR, /* (*status.Error, error) */
	SLOT_ITAB_ERROR_STRING, /* (*errors.errorString, error): io.EOF is one */
	SLOT_ITAB_WRAP_ERROR, /* (*fmt.wrapError, error): the last of several attempts, from 1.80 on */
	SLOT_WRAP_ERROR_INNER,
	SLOT_ERROR_STATUS, /* Error.s, a *Status; absent in old releases */
	SLOT_ERROR_PROTO,  /* Error.e, the protobuf message itself, instead */

	SLOT_STATUS_PROTO,
	SLOT_PROTO_CODE,
	SLOT_ITAB_TCP_ADDRESS, /* (*net.TCPAddr, net.Addr) */
	SLOT_TCP_ADDRESS_IP,
	SLOT_TCP_ADDRESS_PORT,
	SLOTS,
};

#include "grpc/server.h"
#include "grpc/client.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";
