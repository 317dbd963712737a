/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* RPCs that the process calls. */
#pragma once
#include "connection.h"
#include "status.h"

/*
 * func (cs *clientStream) newAttemptLocked(isTransparent bool) (*csAttempt, error)
 * Before 1.46 with other parameters. Once for each call, and again for each retry: those belong to the call.
 */
enum { CLIENT_STREAM = 0 };

SEC("uprobe")
int client_call_begin(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, CLIENT_STREAM), .process = a->process };
	if (bpf_map_lookup_elem(&client_calls, &key) || !go_execution(ctx, a, &goroutine))
		return 0;
	struct call now = { .start = bpf_ktime_get_ns(), .goid = goroutine.id };
	trace_parent(ctx, a, &goroutine, &now.ids);
	if (bpf_map_update_elem(&client_calls, &key, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

enum { CLIENT_STREAM_BYTES = 256, CALL_HEADER_BYTES = 64 };

/* Cost: five user reads, a map lookup and a ring record. */
static __noinline int submit_client_call(const struct attachment *a, const struct call *call, u64 stream, u64 code)
{
	struct go_window *window = a && call ? scratch_take(struct go_window) : 0;
	struct rpc_call *event = 0;

	if (!window)
		return 0;
	if (!go_window_read(window, stream, CLIENT_STREAM_BYTES))
		goto out;
	u64 header = go_window_word(window, a->slots[SLOT_CLIENT_STREAM_HEADER]);
	u64 attempt = go_window_word(window, a->slots[SLOT_CLIENT_STREAM_ATTEMPT]);
	if (!go_window_read(window, header, CALL_HEADER_BYTES))
		goto out;
	event = rpc_reserve(a, call, GRPC_CLIENT_CALL, code);
	if (!event)
		goto out;
	event->method_length = go_copy(event->method, go_window_string(window, a->slots[SLOT_CALL_HEADER_METHOD]), METHOD_MAX);
	event->host_length = go_copy(event->host, go_window_string(window, a->slots[SLOT_CALL_HEADER_HOST]), HOST_MAX);
	if (attempt) {
		u64 transport = read_word(attempt + a->slots[SLOT_ATTEMPT_TRANSPORT] + sizeof(u64)); /* data of an interface value */
		if (transport)
			connection_ends(a, transport, false, event);
	}
	event_submit(event);
out:
	scratch_return(window);
	return 0;
}

/* func (cs *clientStream) finish(err error): at the end of every call whose stream was made; streams finish a second time when their context ends */
enum { FINISH_ERROR_ITAB = 1, FINISH_ERROR_DATA = 2 };

SEC("uprobe")
int client_call_end(struct pt_regs *ctx)
{
	struct call call;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	struct object key = { .address = go_arg(ctx, CLIENT_STREAM), .process = a->process };
	if (call_take(&client_calls, &key, &call))
		return submit_client_call(a, &call, key.address, error_code(a, go_arg(ctx, FINISH_ERROR_ITAB), go_arg(ctx, FINISH_ERROR_DATA)));
	u8 finished = 0;
	bpf_probe_read_user(&finished, sizeof(finished), (void *)(key.address + a->slots[SLOT_CLIENT_STREAM_FINISHED]));
	if (!finished)
		count(COUNT_HALF_SEEN);
	return 0;
}

/*
 * func (cs *clientStream) retryLocked(attempt *csAttempt, lastErr error) error
 * Only where an attempt has failed. When it gives up before a stream was made (nothing listens there, say), releases from 1.46 on finish nothing.
 */
enum { RETRY_ERROR_ITAB = 2, RETRY_ERROR_DATA = 3, RETRY_RESULT_ITAB = 0 };

/* A retryLocked in progress. */
struct retry {
	u64 stream; /* *clientStream */
	u64 error_itab, error_data; /* what the attempt failed with */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct execution);
	__type(value, struct retry);
} client_retries SEC(".maps");

SEC("uprobe")
int client_retry_begin(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &goroutine);
	if (!a)
		return 0;
	struct retry now = {
		.stream = go_arg(ctx, CLIENT_STREAM), .error_itab = go_arg(ctx, RETRY_ERROR_ITAB), .error_data = go_arg(ctx, RETRY_ERROR_DATA),
	};
	if (bpf_map_update_elem(&client_retries, &goroutine, &now, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

/*
 * The result asked for is the data word of the error. Its type is known at a return instruction, or when it is the error that the attempt ended
 * with; without it the call stays without an event.
 */
SEC("uprobe")
int client_retry_end(struct pt_regs *ctx)
{
	struct execution goroutine;
	struct call call;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = go_enter(ctx, cookie, &goroutine);
	if (!a)
		return 0;
	struct retry *known = bpf_map_lookup_elem(&client_retries, &goroutine);
	if (!known)
		return 0;
	struct retry retry = *known;
	bpf_map_delete_elem(&client_retries, &goroutine);
	u64 error = go_result(ctx, cookie);
	if (!error)
		return 0;
	u64 attempt = read_word(retry.stream + a->slots[SLOT_CLIENT_STREAM_ATTEMPT]);
	if (attempt && read_word(attempt + a->slots[SLOT_ATTEMPT_STREAM]))
		return 0; /* finish comes */
	u64 itab = error == retry.error_data ? retry.error_itab : go_result_word(ctx, cookie, RETRY_RESULT_ITAB);
	struct object key = { .address = retry.stream, .process = a->process };
	if (!itab || !call_take(&client_calls, &key, &call))
		return 0;
	return submit_client_call(a, &call, retry.stream, error_code(a, itab, error));
}
