/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * Tells the host when a process starts, runs another program, ends, or begins to listen. The hooks run for every process of the machine, so
 * they carry only what /proc cannot tell any more when the host looks: which process, since when, which port.
 */
#include <beyla/counters.h>
#include <beyla/shared_targets.h>

struct pid_namespace;

struct ns_common {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct pid_namespace {
	struct ns_common ns;
} __attribute__((preserve_access_index));

struct upid {
	int nr;
	struct pid_namespace *ns;
} __attribute__((preserve_access_index));

struct pid {
	unsigned int level;
	struct upid numbers[1];
} __attribute__((preserve_access_index));

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
} __attribute__((preserve_access_index));

struct sock_common {
	u16 skc_family;
	volatile u8 skc_state;
	u16 skc_num;
} __attribute__((preserve_access_index));

struct sock {
	struct sock_common __sk_common;
} __attribute__((preserve_access_index));

struct socket {
	struct sock *sk;
} __attribute__((preserve_access_index));

struct inode {
	unsigned long i_ino;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u64 fd;
	struct file *file;
} __attribute__((preserve_access_index));

enum { TCP_LISTEN = 10 };            /* include/net/tcp_states.h; Unix sockets that listen are in it, too */
enum { AF_INET = 2, AF_INET6 = 10 }; /* include/linux/socket.h */
enum { PID_LEVELS = 8 };  /* depth to which namespaces are searched; the kernel allows 32, container engines nest 3 */

enum process_change {
	PROCESS_FORKED = 1,
	PROCESS_EXECUTED = 2,
	PROCESS_EXITED = 3,
	PROCESS_LISTENS = 4,
	PROCESS_LIBRARIES = 5,
};

/* Matches ProcessRecord.cs field by field. */
struct process_record {
	enum process_change change;
	u32 pid;   /* thread group id in the agent's PID namespace */
	u64 start; /* task_struct.start_boottime of the leader: CLOCK_BOOTTIME, ns */
	u32 port;  /* PROCESS_LISTENS: host byte order; 0 when listen() has yet to choose one */
	u32 unused;
};

/* Matches ListenerRecord.cs field by field: the output of the iterator. */
struct listener_record {
	u64 inode; /* of the socket */
	u32 pid;   /* as in process_record */
	u32 port;  /* host byte order */
};

/* So that both are in the object's BTF, which has only the types of maps, variables and functions. */
const struct process_record *const process_record_layout SEC(".rodata");
const struct listener_record *const listener_record_layout SEC(".rodata");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} process_records SEC(".maps");

/* Inode of the agent's PID namespace, set by the host before load; 0: the initial one, where every process is visible as the kernel numbers it. */
volatile const u32 pid_namespace_inode = 0;

/*
 * The process id in the agent's PID namespace; 0: not visible there. bpf_get_ns_current_pid_tgid would do only for the current task, and only
 * when it lives in that very namespace, not in one below it. Cost: nothing in the initial namespace, else up to three reads a level.
 */
static __always_inline u32 visible_pid(struct task_struct *leader)
{
	if (!pid_namespace_inode)
		return leader->pid;
	struct pid *pid = leader->thread_pid;
	if (!pid)
		return 0;
	u32 deepest = pid->level;
	for (u32 level = 1; level < PID_LEVELS && level <= deepest; level++) {
		struct upid *number = (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);
		if (BPF_CORE_READ(number, ns, ns.inum) == pid_namespace_inode)
			return BPF_CORE_READ(number, nr);
	}
	return 0;
}

/* Changes are rare (thousands of events a day matter, not millions a second): each wakes the host if it sleeps. */
static __always_inline int tell(enum process_change change, struct task_struct *task, u32 port)
{
	struct task_struct *leader = task->group_leader;
	u32 pid = visible_pid(leader);
	if (!pid)
		return 0;
	struct process_record *record = bpf_ringbuf_reserve(&process_records, sizeof(*record), 0);
	if (!record) {
		count(COUNT_RING_FULL);
		return 0;
	}
	record->change = change;
	record->pid = pid;
	record->start = leader->start_boottime;
	record->port = port;
	record->unused = 0;
	bpf_ringbuf_submit(record, 0);
	return 0;
}

/* void _dl_debug_state(void): the dynamic linker is about to load libraries, or has; glibc's elf/dl-debug.c */
SEC("uprobe")
int libraries_changed(struct pt_regs *ctx)
{
	return tell(PROCESS_LIBRARIES, bpf_get_current_task_btf(), 0);
}

/* TP_PROTO(struct task_struct *parent, struct task_struct *child): threads, too */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *child)
{
	if (child->pid != child->tgid)
		return 0;
	struct target *mark = bpf_task_storage_get(&shared_targets, parent->group_leader, 0, 0);
	if (mark) {
		struct target inherited = *mark;
		inherited.flags |= TARGET_INHERITED;
		bpf_task_storage_get(&shared_targets, child, &inherited, BPF_LOCAL_STORAGE_GET_F_CREATE);
	}
	return tell(PROCESS_FORKED, child, 0);
}

/* TP_PROTO(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm): after the new program is in place */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_executed, struct task_struct *task)
{
	/* A child that runs another program (a CGI script, a shell's command) is nobody's target until the host says so. */
	struct target *mark = bpf_task_storage_get(&shared_targets, task, 0, 0);
	if (mark && mark->flags & TARGET_INHERITED)
		bpf_task_storage_delete(&shared_targets, task);
	return tell(PROCESS_EXECUTED, task, 0);
}

/* TP_PROTO(struct task_struct *p[, bool group_dead since 6.16]): per thread; signal->live is already without it. The leader may end before others. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct *task)
{
	return task->signal->live.counter == 0 ? tell(PROCESS_EXITED, task, 0) : 0;
}

/* TP_PROTO(const struct sock *sk, const int oldstate, const int newstate): listen() runs in the process that owns the socket */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(process_listens, const struct sock *sk, int oldstate, int newstate)
{
	return newstate == TCP_LISTEN ? tell(PROCESS_LISTENS, (void *)bpf_get_current_task_btf(), sk->__sk_common.skc_num) : 0;
}

/*
 * Every listening TCP socket that some process holds, once for each file descriptor. /proc/net/tcp would tell the ports, too, but each read of it
 * walks the machine's whole table of connections (3.5 ms here for an idle one), once for each network namespace.
 */
SEC("iter/task_file")
int listening_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	if (!task || !file)
		return 0;
	struct socket *socket = bpf_sock_from_file(file);
	struct sock *sk = socket ? socket->sk : 0;
	if (!sk || sk->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	u16 family = sk->__sk_common.skc_family;
	if (family != AF_INET && family != AF_INET6)
		return 0;
	struct listener_record record = {
		.inode = file->f_inode->i_ino,
		.pid = visible_pid(task->group_leader),
		.port = sk->__sk_common.skc_num,
	};
	if (record.pid && record.port)
		bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
