/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Calls of PostgreSQL's C client, libpq, with the public functions of libpq-fe.h alone: no struct of the library is read, so any version will do.
 *
 *	PQexec & co.      wait: the call is over when they return
 *	PQsendQuery & co. do not: the call is over when PQgetResult has its first result
 *
 * How it ended is what the program itself asks next, PQresultStatus. A program that does not ask frees the result (PQclear): then it is not known.
 */
#include <beyla/target.h>
#include <beyla/trace_context.h>

enum { PQ_CALL = 1, TEXT_MAX = 512 };
enum { STATUS_UNKNOWN = -1, STATUS_NO_RESULT = -2 }; /* beside enum ExecStatusType of libpq-fe.h */

/* Matches PqCallKind. */
enum pq_kind { PQ_STATEMENT = 1, PQ_PREPARE, PQ_PREPARED };

/* Matches PqCallEvent in PqCallEvent.cs field by field (checked at load). */
struct pq_call_event {
	struct event_header header;
	s32 status;
	u16 text_length; /* without the closing zero */
	u8 call;         /* enum pq_kind */
	u8 unused;
	char text[TEXT_MAX];
};
EVENT_STRUCT(pq_call_event);

/* A handle of the library, PGconn or PGresult, in one process. */
struct handle {
	u64 address;
	u32 process;
	u32 unused;
};

/* A call under way, or over and not yet told. */
struct call {
	u64 start;
	u64 end; /* 0: under way */
	u64 execution;
	struct span_ids ids;
	u16 text_length;
	u8 kind;
	u8 unused[5];
	char text[TEXT_MAX];
};

/* By connection: libpq has one call at a time on each. LRU: a connection that is given up in a call costs nothing for long. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct handle);
	__type(value, struct call);
} calls SEC(".maps");

/* The connection whose call gave a result that nobody has asked for its status yet. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct handle);
	__type(value, u64);
} results SEC(".maps");

/* What a thread is doing in the library. */
struct thread {
	u64 waits;  /* connection of the PQexec that it is in */
	u64 polled; /* connection of the PQgetResult that it is in */
	u64 asked;  /* result of the PQresultStatus that it is in */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct execution);
	__type(value, struct thread);
} threads SEC(".maps");

/* Zeros: too large for the BPF stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct call);
} blank SEC(".maps");

/* The state of the running thread. Cost: one lookup, one update the first time. */
static __always_inline struct thread *thread_current(const struct target *target)
{
	struct execution key = { .id = target_execution(), .process = target->process };
	struct thread *thread = bpf_map_lookup_elem(&threads, &key);
	if (thread)
		return thread;
	struct thread none = {};
	bpf_map_update_elem(&threads, &key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&threads, &key);
}

static __always_inline void call_tell(const struct handle *connection, struct call *call, s32 status)
{
	struct pq_call_event *event = event_reserve(struct pq_call_event);
	if (event) {
		event_fill(&event->header, PQ_CALL, connection->process, call->execution, call->start, call->end);
		event_ids(&event->header, &call->ids);
		event->status = status;
		event->text_length = call->text_length;
		event->call = call->kind;
		event->unused = 0;
		__builtin_memcpy(event->text, call->text, sizeof(event->text));
		event_submit(event);
	}
	bpf_map_delete_elem(&calls, connection);
}

/* A call begins. text is a C string. Cost: an update, three lookups and one user read. */
static __always_inline int call_begin(u64 address, u64 text, enum pq_kind kind, bool waits)
{
	struct target *target = target_current();
	if (!target)
		return 0;
	struct handle connection = { .address = address, .process = target->process };
	struct call *call = bpf_map_lookup_elem(&calls, &connection);
	if (call && call->end)
		call_tell(&connection, call, STATUS_UNKNOWN);
	u32 zero = 0;
	struct call *zeros = bpf_map_lookup_elem(&blank, &zero);
	if (!zeros || bpf_map_update_elem(&calls, &connection, zeros, BPF_ANY) || !(call = bpf_map_lookup_elem(&calls, &connection))) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	struct execution key = { .id = target_execution(), .process = target->process };
	trace_parent_here(&key, &call->ids);
	long length = bpf_probe_read_user_str(call->text, TEXT_MAX, (void *)text);
	call->text_length = length > 0 ? length - 1 : 0;
	call->execution = key.id;
	call->kind = kind;
	call->start = bpf_ktime_get_ns();
	struct thread *thread = waits ? thread_current(target) : 0;
	if (thread)
		thread->waits = address;
	return 0;
}

/* A call is over; result is NULL when the library could not even ask. */
static __always_inline void call_over(const struct target *target, u64 address, u64 result)
{
	struct handle connection = { .address = address, .process = target->process };
	struct handle asked = { .address = result, .process = target->process };
	struct call *call = bpf_map_lookup_elem(&calls, &connection);
	if (!call || call->end)
		return;
	call->end = bpf_ktime_get_ns();
	if (!result || bpf_map_update_elem(&results, &asked, &address, BPF_ANY))
		call_tell(&connection, call, result ? STATUS_UNKNOWN : STATUS_NO_RESULT);
}

/* It is known how a call ended, or that nobody will ask. */
static __always_inline void call_ended(const struct target *target, u64 result, s32 status)
{
	struct handle asked = { .address = result, .process = target->process };
	u64 *address = bpf_map_lookup_elem(&results, &asked);
	if (!address)
		return;
	struct handle connection = { .address = *address, .process = target->process };
	bpf_map_delete_elem(&results, &asked);
	struct call *call = bpf_map_lookup_elem(&calls, &connection);
	if (call && call->end)
		call_tell(&connection, call, status);
}

/* ---- calls that wait ---- */

/* PGresult *PQexec(PGconn *conn, const char *query); PQexecParams(PGconn *conn, const char *command, ...) */
SEC("uprobe")
int exec_begin(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PQ_STATEMENT, true);
}

/* PGresult *PQprepare(PGconn *conn, const char *stmtName, const char *query, ...) */
SEC("uprobe")
int prepare_begin(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM1(ctx), PT_REGS_PARM3(ctx), PQ_PREPARE, true);
}

/* PGresult *PQexecPrepared(PGconn *conn, const char *stmtName, ...) */
SEC("uprobe")
int prepared_begin(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PQ_PREPARED, true);
}

SEC("uretprobe")
int exec_end(struct pt_regs *ctx)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_current(target) : 0;
	if (!thread || !thread->waits)
		return 0;
	u64 connection = thread->waits;
	thread->waits = 0;
	call_over(target, connection, PT_REGS_RC(ctx));
	return 0;
}

/* ---- calls that do not wait ---- */

/* int PQsendQuery(PGconn *conn, const char *query); PQsendQueryParams(PGconn *conn, const char *command, ...) */
SEC("uprobe")
int send_begin(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PQ_STATEMENT, false);
}

/* int PQsendQueryPrepared(PGconn *conn, const char *stmtName, ...) */
SEC("uprobe")
int send_prepared_begin(struct pt_regs *ctx)
{
	return call_begin(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PQ_PREPARED, false);
}

/* PGresult *PQgetResult(PGconn *conn); PQexec calls it, too */
SEC("uprobe")
int result_begin(struct pt_regs *ctx)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_current(target) : 0;
	if (thread && !thread->waits)
		thread->polled = PT_REGS_PARM1(ctx);
	return 0;
}

SEC("uretprobe")
int result_end(struct pt_regs *ctx)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_current(target) : 0;
	if (!thread || !thread->polled)
		return 0;
	u64 connection = thread->polled;
	thread->polled = 0;
	if (PT_REGS_RC(ctx))
		call_over(target, connection, PT_REGS_RC(ctx));
	return 0;
}

/* ---- how they ended ---- */

/* ExecStatusType PQresultStatus(const PGresult *res) */
SEC("uprobe")
int status_begin(struct pt_regs *ctx)
{
	struct target *target = target_current();
	if (!target)
		return 0;
	struct handle asked = { .address = PT_REGS_PARM1(ctx), .process = target->process };
	struct thread *thread = bpf_map_lookup_elem(&results, &asked) ? thread_current(target) : 0;
	if (thread)
		thread->asked = asked.address;
	return 0;
}

SEC("uretprobe")
int status_end(struct pt_regs *ctx)
{
	struct target *target = target_current();
	struct thread *thread = target ? thread_current(target) : 0;
	if (!thread || !thread->asked)
		return 0;
	u64 result = thread->asked;
	thread->asked = 0;
	call_ended(target, result, (s32)PT_REGS_RC(ctx));
	return 0;
}

/* void PQclear(PGresult *res) */
SEC("uprobe")
int clear_begin(struct pt_regs *ctx)
{
	struct target *target = target_current();
	if (target)
		call_ended(target, PT_REGS_PARM1(ctx), STATUS_UNKNOWN);
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
