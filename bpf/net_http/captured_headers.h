/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Headers that the user wants to see in spans ([tracers.net-http] capture_headers): the same names in requests and in responses. */
#pragma once
#include <beyla/go_map.h>

enum { CAPTURE_SETS = 2, CAPTURED_MAX = CAPTURE_SETS * GO_KEYS_MAX, CAPTURED_VALUE_MAX = 128 };

/* Set by the host before load: lengths of zero switch everything off, and the verifier removes the code. */
volatile const struct go_keys capture_headers[CAPTURE_SETS] = {};

/* The values of one map of headers, in the order of the names. Matches HeaderValues in CapturedHeaders.cs. */
struct header_values {
	u8 length[CAPTURED_MAX]; /* 0: not there, or empty */
	char text[CAPTURED_MAX][CAPTURED_VALUE_MAX];
};

struct captured_headers {
	struct header_values request;
	struct header_values response;
};

static __always_inline bool captures_headers(void)
{
	return capture_headers[0].lengths != 0;
}

/* Fills the values of a http.Header. Cost: as go_map_find, twice for more than four names, and a user read for each value. */
static __noinline int capture_values(const struct attachment *a, u64 headers, struct header_values *values)
{
	struct go_map_search *search = a && values ? scratch_take(struct go_map_search) : 0;

	if (!search)
		return 0;
	for (int set = 0; set < CAPTURE_SETS; set++) {
		const struct go_keys *wanted = (const struct go_keys *)&capture_headers[set];
		asm volatile("" : "+r"(wanted)); /* without volatile, the compiler would take the zeros above for the values */
		__builtin_memset(search->found, 0, sizeof(search->found));
		if (wanted->lengths)
			go_map_find(a, headers, wanted, search);
		for (int i = 0; i < GO_KEYS_MAX; i++)
			values->length[set * GO_KEYS_MAX + i] = go_copy(values->text[set * GO_KEYS_MAX + i], search->found[i], CAPTURED_VALUE_MAX);
	}
	scratch_return(search);
	return 0;
}
