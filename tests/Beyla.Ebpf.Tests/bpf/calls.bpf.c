/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Probes for targets/calls.c. Includes all shared headers, so its BTF is that of a tracer. */
#include <beyla/kernel.h>

enum slot { SLOT_FIRST, SLOT_SECOND, SLOTS };
#include <beyla/go.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum big { BIG_VALUE = 0x100000002ULL, BIG_OTHER = 1 };
enum negative { NEGATIVE = -5, POSITIVE = 5 };

struct call {
	struct event_header header;
	u64 cookie;
	s64 argument;
	struct { u32 inner; };
	u16 pairs[3][4];
	enum big big;
	enum negative sign;
};

EVENT_STRUCT(call);

volatile const u32 marker = 0;
volatile const bool negate = false;

static int report(u64 cookie, u16 kind, s64 argument)
{
	struct call *record = event_reserve(struct call);
	if (!record)
		return 0;
	record->header.tracer = tracer_id;
	record->header.kind = kind;
	record->header.process = bpf_get_current_pid_tgid() >> 32;
	record->header.thread = bpf_get_current_pid_tgid();
	record->header.start = bpf_ktime_get_ns();
	record->cookie = cookie;
	record->argument = negate ? -argument : argument;
	record->inner = marker;
	record->big = BIG_VALUE;
	record->sign = NEGATIVE;
	event_submit(record);
	return 0;
}

/* long workN(long n) */
SEC("uprobe")
int call_begin(struct pt_regs *ctx)
{
	return report(bpf_get_attach_cookie(ctx), 1, PT_REGS_PARM1(ctx));
}

SEC("uretprobe")
int call_end(struct pt_regs *ctx)
{
	return report(bpf_get_attach_cookie(ctx), 2, PT_REGS_RC(ctx));
}
