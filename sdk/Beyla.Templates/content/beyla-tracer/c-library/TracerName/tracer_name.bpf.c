/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Calls of a library's function: one event for each, when it returns. */
#include <beyla/execution.h>
#include <beyla/target.h>

enum { LOOKUP = 1, NAME_MAX = 64 };

/* Matches LookupEvent in TracerNameTracer.cs field by field (checked at load). */
struct lookup_event {
	struct event_header header;
	s32 result;
	u32 name_length;
	char name[NAME_MAX];
};
EVENT_STRUCT(lookup_event);

/* A call under way. */
struct call {
	u64 start;
	u64 name;
};

/* By thread and process. LRU: a call whose end is never seen costs nothing for long. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, struct execution);
	__type(value, struct call);
} calls SEC(".maps");

/* int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **res) */
SEC("uprobe")
int lookup_begin(struct pt_regs *ctx)
{
	struct target *target = target_current();
	if (!target)
		return 0;
	struct execution key = { .id = target_execution(), .process = target->process };
	struct call call = { .start = bpf_ktime_get_ns(), .name = PT_REGS_PARM1(ctx) };
	if (bpf_map_update_elem(&calls, &key, &call, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

SEC("uretprobe")
int lookup_end(struct pt_regs *ctx)
{
	struct target *target = target_current();
	if (!target)
		return 0;
	struct execution key = { .id = target_execution(), .process = target->process };
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	if (!call) {
		count(COUNT_HALF_SEEN);
		return 0;
	}
	struct lookup_event *event = event_reserve(struct lookup_event);
	if (event) {
		event_fill(&event->header, LOOKUP, target->process, key.id, call->start, bpf_ktime_get_ns());
		event->result = (s32)PT_REGS_RC(ctx);
		/* The length with the closing zero; negative when the name cannot be read. */
		long length = bpf_probe_read_user_str(event->name, NAME_MAX, (void *)call->name);
		event->name_length = length > 0 ? length - 1 : 0;
		event_submit(event);
	}
	bpf_map_delete_elem(&calls, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
