/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Where both HTTP/1 and HTTP/2 requests begin. */
#pragma once
#include "http1_server.h"
#include "http2_server.h"

/* func (sh serverHandler) ServeHTTP(rw ResponseWriter, req *Request), sh is struct{ srv *Server } */
enum { SERVE_HTTP_RW_ITAB = 1, SERVE_HTTP_RW_DATA = 2, SERVE_HTTP_REQ = 3 };

SEC("uprobe")
int server_request_begin(struct pt_regs *ctx)
{
	struct execution key;
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	if (!a)
		return 0;
	u64 itab = go_arg(ctx, SERVE_HTTP_RW_ITAB), request = go_arg(ctx, SERVE_HTTP_REQ);
	u64 headers = request + a->slots[SLOT_REQUEST_HEADER];
	if (itab == a->slots[SLOT_ITAB_HTTP2_RESPONSE])
		return http2_request_begin(ctx, a, go_arg(ctx, SERVE_HTTP_RW_DATA), request, headers);
	if (itab != a->slots[SLOT_ITAB_RESPONSE]) /* golang.org/x/net/http2 */
		return 0;
	go_running(ctx, a, &key);

	u64 response = go_arg(ctx, SERVE_HTTP_RW_DATA);
	struct server_request *known = bpf_map_lookup_elem(&server_requests, &key);
	if (known && known->response == response) {
		count(COUNT_REPEATED);
		return 0;
	}
	if (!known) {
		known = add_connection(&key, go_goid(ctx, a));
		if (!known)
			return 0;
	}
	known->start = bpf_ktime_get_ns();
	known->response = response;

	struct span_ids ids = {};
	struct execution serving = { .id = known->goid, .process = a->process };
	begin_server_span(a, &serving, headers, &ids);
	known->ids = ids;
	return 0;
}
