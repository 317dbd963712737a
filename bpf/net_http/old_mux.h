/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The route of net/http's mux as it was before Go 1.22, and still is with GODEBUG=httpmuxgo121=1. It keeps the pattern nowhere: only the result of one
 * function has it, whose RET the kernel single-steps in most programs. So the user must ask for this one more hit.
 */
#pragma once
#include "http1_server.h"
#include "http2_server.h"

/* When the request began that the running goroutine serves, ns; 0: it serves none. Cost: one lookup, two for HTTP/2. */
static __always_inline u64 request_start(const struct execution *running)
{
	struct server_request *http1 = bpf_map_lookup_elem(&server_requests, running);
	if (http1 && http1->response)
		return http1->start;
	struct http2_request *http2 = bpf_map_lookup_elem(&http2_requests, running);
	return http2 && http2->writer ? http2->start : 0;
}

/*
 * func (mux *ServeMux) handler(host, path string) (h Handler, pattern string)
 * From Go 1.22 on a method of *serveMux121. The first mux that a request passes knows most: those inside it see the path without its prefix. Patterns
 * live as long as their mux.
 */
enum { MUX_HANDLER_PATTERN = 2 };

SEC("uprobe")
int old_mux_routes(struct pt_regs *ctx)
{
	struct execution running;
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct attachment *a = go_enter_running(ctx, cookie, &running);
	if (!a)
		return 0;
	struct go_string pattern = go_result_string(ctx, cookie, MUX_HANDLER_PATTERN);
	u64 start = request_start(&running);
	if (!pattern.length || !start)
		return 0;
	struct routed *known = bpf_map_lookup_elem(&routed_requests, &running);
	if (known && known->time >= start)
		return 0;
	struct routed now = { .router = ROUTER_SERVE_MUX, .object = pattern.data, .owner = pattern.length };
	return route_note(ctx, a, &now);
}
