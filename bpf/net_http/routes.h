/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * The route of a served request, as the program itself names it. net/http's own mux leaves it in the Request (Go >= 1.22), or nowhere: see old_mux.h.
 * Other routers keep it in objects that the Request does not lead to: one hit while they route tells where, and the text is read at the end of the
 * request.
 *
 * What was routed is kept by the address of the goroutine's g, with the time: a note made after the request began was made by this very
 * goroutine for this request, so nothing has to be deleted.
 */
#pragma once
#include "objects.h"

enum { ROUTE_MAX = 127, ROUTE_PART_MAX = 63, ROUTE_PARTS = 4 };

/* Matches Router in HttpRoute.cs. */
enum router { ROUTER_NONE, ROUTER_SERVE_MUX, ROUTER_GIN, ROUTER_ECHO, ROUTER_CHI, ROUTER_GORILLA };

/* Part of an event. Matches HttpRoute in HttpRoute.cs. */
struct http_route {
	u8 length; /* 0: not known */
	u8 router;
	char text[ROUTE_MAX + 1];
};

struct routed {
	u64 time;   /* ns */
	u64 object; /* where the route is: the router's own context of the request, or its route; of a mux the text itself */
	u64 owner;  /* what tells that the object still is this request's, where the request does not; of a mux the text's length */
	u32 router;
	u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct execution);
	__type(value, struct routed);
} routed_requests SEC(".maps");

/* Notes where the running goroutine's request finds its route. Cost: one map lookup, an update the first time on a goroutine. */
static __always_inline int route_note(const struct pt_regs *ctx, const struct attachment *a, struct routed *now)
{
	struct execution key;

	go_running(ctx, a, &key);
	now->time = bpf_ktime_get_ns();
	struct routed *known = bpf_map_lookup_elem(&routed_requests, &key);
	if (known)
		*known = *now;
	else
		bpf_map_update_elem(&routed_requests, &key, now, BPF_ANY);
	return 0;
}

/* func (engine *Engine) handleHTTPRequest(c *Context): gin's, for each request, with a context from a pool */
enum { GIN_HANDLE_C = 1 };

SEC("uprobe")
int gin_routes(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	struct routed now = { .router = ROUTER_GIN, .object = go_arg(ctx, GIN_HANDLE_C) };
	return a ? route_note(ctx, a, &now) : 0;
}

/* func (r *Router) Find(method, path string, c Context): echo's, for each request, with a *context from a pool */
enum { ECHO_FIND_C_DATA = 6 };

SEC("uprobe")
int echo_routes(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	struct routed now = { .router = ROUTER_ECHO, .object = go_arg(ctx, ECHO_FIND_C_DATA) };
	return a ? route_note(ctx, a, &now) : 0;
}

/* func (n *node) FindRoute(rctx *Context, method methodTyp, path string) (*node, endpoints, http.Handler): chi's, once for each router that is
 * passed, with a context from a pool. The request that the context was made for is its parent's. */
enum { CHI_FIND_ROUTE_RCTX = 1 };

SEC("uprobe")
int chi_routes(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	struct routed now = { .router = ROUTER_CHI, .object = go_arg(ctx, CHI_FIND_ROUTE_RCTX) };
	if (!a || bpf_probe_read_user(&now.owner, sizeof(now.owner), (void *)(now.object + a->slots[SLOT_CHI_PARENT] + sizeof(u64))))
		return 0;
	return route_note(ctx, a, &now);
}

/* func requestWithRoute(r *http.Request, route *Route) *http.Request: gorilla/mux's, for each request with a handler; routes live on */
enum { REQUEST_WITH_ROUTE_ROUTE = 1 };

SEC("uprobe")
int gorilla_routes(struct pt_regs *ctx)
{
	struct attachment *a = attachment_of(bpf_get_attach_cookie(ctx));
	struct routed now = { .router = ROUTER_GORILLA, .object = go_arg(ctx, REQUEST_WITH_ROUTE_ROUTE) };
	return a ? route_note(ctx, a, &now) : 0;
}

/*
 * Whether a router's pooled context still is this request's: it has the request, or a copy made by WithContext, which shares the header map. Ask
 * after the route was read: routers set the request of a context before its route. Cost: one user read, another one for a copy.
 */
static __always_inline bool route_of_request(const struct attachment *a, u64 context_request, const struct http_objects *objects)
{
	u64 seen = go_read_word(context_request);
	if (seen == objects->request)
		return true;
	return objects->request_headers && objects->request_headers == go_read_word(seen + a->slots[SLOT_REQUEST_HEADER]);
}

/* chi's patterns, one for each router that was passed, one after the other; the caller joins them as chi does. */
static __always_inline u32 route_join(struct http_route *route, u64 patterns)
{
	struct go_string list = go_read_string(patterns); /* data and length of the slice */
	struct go_string parts[ROUTE_PARTS] = {};
	u32 at = 0, copied;

	if (list.length == 1)
		return go_copy(route->text, go_read_string(list.data), ROUTE_MAX);
	if (list.length > ROUTE_PARTS) {
		count(COUNT_TRUNCATED);
		return 0;
	}
	for (int i = 0; i < ROUTE_PARTS; i++) {
		if (i >= list.length)
			break;
		if (at > ROUTE_MAX - ROUTE_PART_MAX) {
			count(COUNT_TRUNCATED);
			return 0;
		}
		parts[i] = go_read_string(list.data + i * sizeof(struct go_string));
		copied = go_copy(route->text + at, parts[i], ROUTE_PART_MAX);
		at += copied;
	}
	return at;
}

/* What the router noted at `routed` names. Cost: three to five user reads. */
static __always_inline u32 route_from_router(const struct attachment *a, const struct routed *routed, const struct http_objects *objects, struct http_route *route)
{
	u32 length;

	switch (routed->router) {
	case ROUTER_SERVE_MUX:
		return go_copy(route->text, (struct go_string){ routed->object, routed->owner }, ROUTE_MAX);
	case ROUTER_GIN:
		length = go_copy(route->text, go_read_string(routed->object + a->slots[SLOT_GIN_FULL_PATH]), ROUTE_MAX);
		return route_of_request(a, routed->object + a->slots[SLOT_GIN_REQUEST], objects) ? length : 0;
	case ROUTER_ECHO:
		length = go_copy(route->text, go_read_string(routed->object + a->slots[SLOT_ECHO_PATH]), ROUTE_MAX);
		return route_of_request(a, routed->object + a->slots[SLOT_ECHO_REQUEST], objects) ? length : 0;
	case ROUTER_CHI:
		length = route_join(route, routed->object + a->slots[SLOT_CHI_PATTERNS]);
		return routed->owner == go_read_word(routed->object + a->slots[SLOT_CHI_PARENT] + sizeof(u64)) ? length : 0;
	case ROUTER_GORILLA: {
		u64 path = go_read_word(routed->object + a->slots[SLOT_GORILLA_PATH]);
		return path ? go_copy(route->text, go_read_string(path + a->slots[SLOT_GORILLA_TEMPLATE]), ROUTE_MAX) : 0;
	}
	}
	return 0;
}

/* Set by the host before load: the user wants the routes of old muxes, too ([tracers.net-http] old_mux_routes). */
volatile const u8 reads_old_mux = 0;

static __always_inline bool has_router(const struct attachment *a)
{
	return reads_old_mux || slot_present(a, SLOT_GIN_FULL_PATH) || slot_present(a, SLOT_ECHO_PATH) || slot_present(a, SLOT_CHI_PATTERNS) ||
	       slot_present(a, SLOT_GORILLA_PATH);
}

/* The pattern that net/http's mux left in a http.Request. Cost: none from Go 1.23 on, two user reads in Go 1.22. */
static __always_inline struct go_string route_pattern(const struct attachment *a, const struct go_window *request)
{
	if (slot_present(a, SLOT_REQUEST_PATTERN))
		return go_window_string(request, a->slots[SLOT_REQUEST_PATTERN]);
	if (slot_present(a, SLOT_REQUEST_PAT) && slot_present(a, SLOT_PATTERN_STR)) {
		u64 parsed = go_window_word(request, a->slots[SLOT_REQUEST_PAT]);
		if (parsed)
			return go_read_string(parsed + a->slots[SLOT_PATTERN_STR]);
	}
	return (struct go_string){};
}

/*
 * Fills the route of a request that began at start on the goroutine with this key, see go_running. Routers inside the mux know more than the
 * mux. Cost: none where the program routes in its own way; a user read for the mux of net/http.
 */
static __noinline int route_read(
	const struct attachment *a, const struct execution *running, u64 start, const struct http_objects *objects, struct http_route *route)
{
	if (!a || !running || !objects || !route)
		return 0;
	route->length = 0;
	route->router = ROUTER_NONE;
	if (has_router(a)) {
		struct routed *routed = bpf_map_lookup_elem(&routed_requests, running);
		if (routed && routed->time >= start) {
			route->router = routed->router;
			route->length = route_from_router(a, routed, objects, route);
			if (route->length)
				return 0;
		}
	}
	route->router = ROUTER_SERVE_MUX;
	route->length = go_copy(route->text, objects->pattern, ROUTE_MAX);
	return 0;
}
