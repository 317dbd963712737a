/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Something that compiles and that every verifier rejects. */
#include <beyla/counters.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("raw_tp/sys_enter")
int good(void *ctx)
{
	count(COUNT_EVENTS);
	return 0;
}

SEC("raw_tp/sys_enter")
int reads_from_nowhere(u64 *ctx)
{
	u64 *p = (u64 *)ctx[1];
	return *p;
}
