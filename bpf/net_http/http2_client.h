/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Round trips of HTTP/2 clients that do not pass through net/http's Transport; the others are seen there, whatever the protocol. */
#pragma once
#include "client.h"

/* Round trips outside of net/http's Transport, one per goroutine. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct execution);
	__type(value, struct round_trip);
} direct_round_trips SEC(".maps");

/*
 * Whether net/http's Transport is just sending this request: it uses golang.org/x/net/http2 when told so. It may have copied the Request, but
 * the copy points to the same URL. Cost: one lookup; two user reads in such a round trip.
 */
static __always_inline bool in_round_trip(const struct attachment *a, const struct execution *key, u64 request)
{
	u64 sent = 0, asked = 0;
	struct round_trips *trips = bpf_map_lookup_elem(&client_requests, key);
	if (!trips)
		return false;
	u64 outer = trips->depth == 1 ? trips->outer.request : trips->inner.request;
	return !bpf_probe_read_user(&sent, sizeof(sent), (void *)(outer + a->slots[SLOT_REQUEST_URL])) &&
	       !bpf_probe_read_user(&asked, sizeof(asked), (void *)(request + a->slots[SLOT_REQUEST_URL])) && sent == asked;
}

/*
 * func (t *Transport) RoundTripOpt(req *http.Request, opt RoundTripOpt) (*http.Response, error)
 * func (t *Transport) roundTripViaPool(req *http.Request, opt RoundTripOpt, pool ClientConnPool) (*http.Response, error)
 * func (cc *ClientConn) RoundTrip(req *Request) (*Response, error), of net/http
 */
enum { DIRECT_ROUND_TRIP_REQ = 1 };

SEC("uprobe")
int direct_round_trip_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = go_enter(ctx, bpf_get_attach_cookie(ctx), &key);
	if (!a)
		return 0;

	struct round_trip trip = { .start = bpf_ktime_get_ns(), .request = go_arg(ctx, DIRECT_ROUND_TRIP_REQ) };
	struct round_trip *known = bpf_map_lookup_elem(&direct_round_trips, &key);
	if (known && known->request == trip.request) {
		count(COUNT_REPEATED);
		return 0;
	}
	if (in_round_trip(a, &key, trip.request)) {
		if (known) /* left by a round trip that panicked */
			bpf_map_delete_elem(&direct_round_trips, &key);
		return 0;
	}
	trace_parent(ctx, a, &key, &trip.ids);
	if (bpf_map_update_elem(&direct_round_trips, &key, &trip, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

SEC("uprobe")
int direct_round_trip_end(struct pt_regs *ctx)
{
	struct execution key;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = go_enter(ctx, cookie, &key);
	if (!a)
		return 0;
	struct round_trip *known = bpf_map_lookup_elem(&direct_round_trips, &key);
	if (!known) {
		if (!bpf_map_lookup_elem(&client_requests, &key)) /* else part of that round trip */
			count(COUNT_HALF_SEEN);
		return 0;
	}
	struct round_trip trip = *known;
	bpf_map_delete_elem(&direct_round_trips, &key);
	struct go_error error = { go_result_word(ctx, cookie, 1), go_result_word(ctx, cookie, 2) };
	return submit_round_trip(a, &key, &trip, go_result(ctx, cookie), &error);
}
