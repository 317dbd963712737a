/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Status codes, as grpc keeps them and as errors stand for them. */
#pragma once
#include <beyla/go.h>

enum { CODE_OK = 0, CODE_UNKNOWN = 2 }; /* google.golang.org/grpc/codes */

/* The code in a *spb.Status; nil means OK, as in (*Status).Code. Cost: one user read. */
static __always_inline u32 proto_code(const struct attachment *a, u64 proto)
{
	s32 code = CODE_OK;
	if (proto && bpf_probe_read_user(&code, sizeof(code), (void *)(proto + a->slots[SLOT_PROTO_CODE])))
		count(COUNT_READ_FAILED);
	return code;
}

/* The word at an address; 0 when it could not be read (counted). Cost: one user read. */
static __always_inline u64 read_word(u64 address)
{
	u64 word = 0;
	if (bpf_probe_read_user(&word, sizeof(word), (void *)address))
		count(COUNT_READ_FAILED);
	return word;
}

/* The code in a *status.Status. Cost: two user reads. */
static __always_inline u32 status_code(const struct attachment *a, u64 status)
{
	return status ? proto_code(a, read_word(status + a->slots[SLOT_STATUS_PROTO])) : CODE_OK;
}

/* The code in a *status.Error. Cost: two or three user reads. */
static __always_inline u32 status_error_code(const struct attachment *a, u64 error)
{
	if (slot_present(a, SLOT_ERROR_STATUS))
		return status_code(a, read_word(error + a->slots[SLOT_ERROR_STATUS]));
	return proto_code(a, read_word(error + a->slots[SLOT_ERROR_PROTO]));
}

/* Whether an *errors.errorString says "EOF": io.EOF, with which streams end well. Cost: one or two user reads. */
static __always_inline bool is_eof(u64 error)
{
	char eof[3] = {};
	struct go_string text = go_read_string(error);
	return text.length == sizeof(eof) && !bpf_probe_read_user(eof, sizeof(eof), (void *)text.data) && eof[0] == 'E' && eof[1] == 'O' && eof[2] == 'F';
}

/* The code that an error stands for (status.Code). Cost: nothing for nil, up to four user reads. */
static __always_inline u32 error_code(const struct attachment *a, u64 itab, u64 data)
{
	u64 inner[2];

	if (!itab)
		return CODE_OK;
	if (itab == a->slots[SLOT_ITAB_WRAP_ERROR] && !bpf_probe_read_user(inner, sizeof(inner), (void *)(data + a->slots[SLOT_WRAP_ERROR_INNER]))) {
		itab = inner[0];
		data = inner[1];
	}
	if (itab == a->slots[SLOT_ITAB_STATUS_ERROR])
		return status_error_code(a, data);
	return itab == a->slots[SLOT_ITAB_ERROR_STRING] && is_eof(data) ? CODE_OK : CODE_UNKNOWN;
}
