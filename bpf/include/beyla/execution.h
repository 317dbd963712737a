/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Who runs: what does one thing after another, and so may have a span in flight. */
#pragma once
#include "kernel.h"

/* The execution key with the process: what state of a call is stored under. */
struct execution {
	u64 id;      /* goroutine id, or thread id */
	u32 process; /* the host's handle */
	u32 unused;  /* zero: keys are compared byte by byte */
};
