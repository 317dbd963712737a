/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What kind of error a round trip ended with: the error's type by its itab, through the wrappers that net and net/http put around it. */
#pragma once
#include <beyla/go.h>

/* Matches HttpErrorKind in HttpError.cs. */
enum http_error_kind {
	HTTP_ERROR_OTHER,
	HTTP_ERROR_TIMEOUT,
	HTTP_ERROR_NAME,  /* the host's name could not be resolved */
	HTTP_ERROR_ERRNO, /* of the system, in number */
	HTTP_ERROR_TEXT,  /* of errors.New: told apart by what it says */
};

enum { ERROR_TEXT_MAX = 31, ERROR_DEPTH = 6 };

/* Part of an event. Matches HttpError in HttpError.cs. */
struct http_error {
	u8 kind;
	u8 length;
	u16 number;
	char text[ERROR_TEXT_MAX + 1];
};

static __always_inline bool is_error(const struct attachment *a, const struct go_error *error, enum slot itab)
{
	return error->itab == a->slots[itab];
}

/* Only for calls that failed. Cost: one user read for each error inside another, and one for the innermost. */
static __noinline int http_error_read(const struct attachment *a, const struct go_error *outermost, struct http_error *to)
{
	if (!a || !outermost || !to)
		return 0;
	struct go_error error = *outermost;
	to->kind = HTTP_ERROR_OTHER;
	to->length = 0;
	to->number = 0;
	for (int depth = 0; depth < ERROR_DEPTH && error.itab; depth++) {
		u64 inner;
		if (is_error(a, &error, SLOT_ITAB_DEADLINE_EXCEEDED) || is_error(a, &error, SLOT_ITAB_HTTP_TIMEOUT) ||
		    is_error(a, &error, SLOT_ITAB_TLS_TIMEOUT) || is_error(a, &error, SLOT_ITAB_NET_TIMEOUT) || is_error(a, &error, SLOT_ITAB_POLL_TIMEOUT)) {
			to->kind = HTTP_ERROR_TIMEOUT;
			return 0;
		}
		if (is_error(a, &error, SLOT_ITAB_DNS_ERROR)) {
			to->kind = HTTP_ERROR_NAME;
			return 0;
		}
		if (is_error(a, &error, SLOT_ITAB_ERRNO)) {
			u64 number = 0; /* type syscall.Errno uintptr */
			bpf_probe_read_user(&number, sizeof(number), (void *)error.data);
			to->kind = HTTP_ERROR_ERRNO;
			to->number = number;
			return 0;
		}
		if (is_error(a, &error, SLOT_ITAB_ERROR_STRING)) {
			struct go_string text = go_read_string(error.data); /* errors/errors.go, type errorString struct{ s string } */
			if (text.length > ERROR_TEXT_MAX)
				text.length = ERROR_TEXT_MAX; /* its beginning is enough */
			to->kind = HTTP_ERROR_TEXT;
			to->length = go_copy(to->text, text, ERROR_TEXT_MAX);
			return 0;
		}
		if (is_error(a, &error, SLOT_ITAB_OP_ERROR))
			inner = a->slots[SLOT_OP_ERROR_ERR];
		else if (is_error(a, &error, SLOT_ITAB_SYSCALL_ERROR))
			inner = a->slots[SLOT_SYSCALL_ERROR_ERR];
		else if (is_error(a, &error, SLOT_ITAB_WRAP_ERROR))
			inner = a->slots[SLOT_WRAP_ERROR_ERR];
		else if (is_error(a, &error, SLOT_ITAB_NOTHING_WRITTEN) || is_error(a, &error, SLOT_ITAB_READ_FROM_SERVER))
			inner = 0; /* net/http/transport.go: structs of one error */
		else
			return 0;
		if (inner == SLOT_ABSENT || bpf_probe_read_user(&error, sizeof(error), (void *)(error.data + inner)))
			return 0;
	}
	return 0;
}
