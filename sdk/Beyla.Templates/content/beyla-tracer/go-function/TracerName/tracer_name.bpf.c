/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Calls of a Go function: one event for each, when it returns. */

/* Facts of the traced binary that the programs below read from a->slots; the tables in TracerNameTracer.cs fill them by name. None yet. */
enum slot { SLOTS };
#include <beyla/go.h>

enum { WORK = 1, NAME_MAX = 32 };

/* Matches WorkEvent in TracerNameTracer.cs field by field (checked at load). */
struct work_event {
	struct event_header header;
	u64 size;
	u8 done;
	u8 name_length;
	char name[NAME_MAX];
	u8 unused[6];
};
EVENT_STRUCT(work_event);

/* A call under way. */
struct call {
	u64 start;
	u64 size;
	struct go_string name;
};

/* By goroutine and process. LRU: a call whose end is never seen costs nothing for long. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 10240);
	__type(key, struct execution);
	__type(value, struct call);
} calls SEC(".maps");

/* func work(name string, size int) (done bool) */
enum { WORK_NAME = 0, WORK_NAME_LENGTH = 1, WORK_SIZE = 2 }; /* words: a string has two */

SEC("uprobe")
int work_begin(struct pt_regs *ctx)
{
	struct execution key;
	if (!go_enter(ctx, bpf_get_attach_cookie(ctx), &key))
		return 0;
	struct call call = {
		.start = bpf_ktime_get_ns(),
		.size = go_arg(ctx, WORK_SIZE),
		.name = { go_arg(ctx, WORK_NAME), go_arg(ctx, WORK_NAME_LENGTH) },
	};
	if (bpf_map_update_elem(&calls, &key, &call, BPF_ANY))
		count(COUNT_MAP_FULL);
	return 0;
}

SEC("uprobe")
int work_end(struct pt_regs *ctx)
{
	u64 cookie = bpf_get_attach_cookie(ctx);
	struct execution key;
	if (!go_enter(ctx, cookie, &key))
		return 0;
	struct call *call = bpf_map_lookup_elem(&calls, &key);
	if (!call) {
		count(COUNT_HALF_SEEN);
		return 0;
	}
	struct work_event *event = event_reserve(struct work_event);
	if (event) {
		u64 length = call->name.length < NAME_MAX ? call->name.length : NAME_MAX;
		event_fill(&event->header, WORK, key.process, key.id, call->start, bpf_ktime_get_ns());
		event->size = call->size;
		event->done = (u8)go_result(ctx, cookie);
		__builtin_memset(event->unused, 0, sizeof(event->unused));
		/* A user read costs the same for 8 and for 256 bytes: read once, keep as much as the string has. */
		event->name_length = bpf_probe_read_user(event->name, NAME_MAX, (void *)call->name.data) ? 0 : length;
		event_submit(event);
	}
	bpf_map_delete_elem(&calls, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
