/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* What an error tells: the server's code, where the driver has one, through the wrappers of drivers and of fmt.Errorf. */
#pragma once
#include "call_event.h"

static __always_inline void copy_error_text(struct sql_call_event *event, u8 kind, u64 address)
{
	event->error = kind;
	event->error_length = go_copy(event->error_text, go_read_string(address), ERROR_TEXT_MAX);
}

static __always_inline void copy_error_number(struct sql_call_event *event, u64 address, u32 size)
{
	event->error = ERROR_NUMBER;
	bpf_probe_read_user(&event->error_number, size, (void *)address);
}

/* Steps into an error that another one wraps. Cost: nothing for other errors, else one user read. */
static __always_inline void unwrap(const struct attachment *a, struct go_error *error)
{
	enum slot field;
	if (error->itab == a->slots[SLOT_ITAB_ERROR_PREPARE5])
		field = SLOT_PREPARE5_ERROR_ERR;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_BATCH5])
		field = SLOT_BATCH5_ERROR_ERR;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_TIMEOUT])
		field = SLOT_TIMEOUT_ERROR_ERR;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_WRAPPED])
		field = SLOT_WRAPPED_ERROR_ERR;
	else
		return;
	struct go_error inner = {};
	bpf_probe_read_user(&inner, sizeof(inner), (void *)(error->data + a->slots[field]));
	if (inner.itab)
		*error = inner;
}

/* What the error tells. Cost: nothing without one, at most five user reads. */
__noinline int describe_error(struct sql_call_event *event, const struct attachment *a, struct go_error *error)
{
	if (!event || !a || !error || !error->itab)
		return 0;
	event->error = ERROR_OTHER;
	unwrap(a, error);
	unwrap(a, error);
	unwrap(a, error);
	if (error->itab == a->slots[SLOT_ITAB_ERROR_PQ])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PQ_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_PGCONN4])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PGCONN4_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_PGCONN5])
		copy_error_text(event, ERROR_CODE, error->data + a->slots[SLOT_PGCONN5_ERROR_CODE]);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_MYSQL])
		copy_error_number(event, error->data + a->slots[SLOT_MYSQL_ERROR_NUMBER], sizeof(u16));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_SQLITE3])
		copy_error_number(event, error->data + a->slots[SLOT_SQLITE3_ERROR_CODE], sizeof(u32));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_MODERNC])
		copy_error_number(event, error->data + a->slots[SLOT_MODERNC_ERROR_CODE], sizeof(u32));
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_STRING])
		copy_error_text(event, ERROR_MESSAGE, error->data);
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_DEADLINE])
		event->error = ERROR_DEADLINE;
	else if (error->itab == a->slots[SLOT_ITAB_ERROR_NET])
		event->error = ERROR_NETWORK;
	return 0;
}
