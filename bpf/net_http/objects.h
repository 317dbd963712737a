/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Where the rest of a request is, for what is read after the event was filled: windows and searches do not fit on one stack. */
#pragma once
#include <beyla/go.h>

struct http_objects {
	u64 request; /* *http.Request; 0: not known */
	u64 request_headers;
	u64 response_headers;
	struct go_string pattern; /* of net/http's mux */
};
