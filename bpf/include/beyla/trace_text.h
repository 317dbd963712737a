/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The ids of a trace as text. */
#pragma once
#include "trace_context.h"

enum { TRACEPARENT_LENGTH = 55 };

/* Value of a lower-case hex digit; 0xff for anything else. */
static const u8 hex_values[256] = {
	[0 ... '0' - 1] = 0xff,
	['0'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	['9' + 1 ... 'a' - 1] = 0xff,
	['a'] = 10, 11, 12, 13, 14, 15,
	['f' + 1 ... 255] = 0xff,
};

/* Reads count bytes (a constant) written as hex digits; 0xff.. in the upper half of the answer says that one was none. */
static __always_inline u32 hex_bytes(const char *text, u8 *to, u32 count)
{
	u32 wrong = 0;
	for (u32 i = 0; i < count; i++) {
		u8 high = hex_values[(u8)text[2 * i]], low = hex_values[(u8)text[2 * i + 1]];
		wrong |= high | low;
		to[i] = high << 4 | low;
	}
	return wrong & 0xf0;
}

/* Sets trace and parent from 32 and 16 hex digits; false when they are none, or zero. */
static __always_inline bool propagation_ids(const char *trace, const char *parent, bool sampled, struct span_ids *ids)
{
	u64 id[3];
	if (hex_bytes(trace, (u8 *)id, 16) | hex_bytes(parent, (u8 *)&id[2], 8))
		return false;
	if (!(id[0] | id[1]) || !id[2])
		return false;
	ids->trace_id[0] = id[0];
	ids->trace_id[1] = id[1];
	ids->parent_id = id[2];
	ids->flags = EVENT_REMOTE_PARENT | (sampled ? EVENT_SAMPLED : 0);
	return true;
}

/* Sets the ids from the text of a traceparent, of which the first TRACEPARENT_LENGTH + 1 bytes are at hand; false when it is none. */
static __always_inline bool traceparent_ids(const char *text, u64 length, struct span_ids *ids)
{
	u8 version = 0, flags = 0;

	if (length < TRACEPARENT_LENGTH || text[2] != '-' || text[35] != '-' || text[52] != '-')
		return false;
	if (hex_bytes(text, &version, 1) | hex_bytes(text + 53, &flags, 1) || version == 0xff)
		return false;
	/* Later versions may add fields, the first one may not. */
	if (length > TRACEPARENT_LENGTH && (version == 0 || text[TRACEPARENT_LENGTH] != '-'))
		return false;
	return propagation_ids(text + 3, text + 36, flags & 1, ids);
}
