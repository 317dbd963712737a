/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/*
 * beyla trace: any function of a Go or C program, its arguments, results and time. Which values lie where, and which calls are wanted, stands in tables
 * that the host fills for one function (`trace_plan`): nothing here knows a function, and nothing is compiled at run time.
 */
enum slot { SLOT_NONE, SLOTS };
#define TRACER_COUNTERS COUNT_UNWANTED = 8, COUNT_VALUE_UNREADABLE = 9,
#include <beyla/go.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

enum {
	ARGUMENTS = 10, RESULTS = 4, VALUES = ARGUMENTS + RESULTS,
	STEPS = 4,      /* longest path to a field */
	TEXT_MAX = 128, /* bytes kept of a text */
	TEXT_TYPES = 2, /* concrete error types whose first field is their text */
	BUCKETS = 64,
	RETURN_ADDRESS = 8, /* bytes that a call pushes */
};

enum place_kind { PLACE_NONE, PLACE_REGISTER, PLACE_STACK, PLACE_LATER };
enum value_form { FORM_NONE, FORM_WORD, FORM_TEXT, FORM_INTERFACE, FORM_EMPTY_INTERFACE };

/* Where one word lies when a probe fires. */
struct trace_place {
	u32 kind;   /* place_kind */
	s32 number; /* the register's word in struct pt_regs; bytes from the stack pointer */
};

/* A value: one or two words, reached directly or through pointers. */
struct trace_value_plan {
	struct trace_place first, second;
	u32 form;  /* value_form */
	u32 steps; /* 0: the words are the value; else the first is a pointer, and this many of the offsets are gone */
	s32 path[STEPS];
};

#define NO_GOROUTINES SLOT_ABSENT           /* not a Go program: calls are told apart by thread */
#define GOROUTINES_HIDDEN (SLOT_ABSENT - 1) /* Go before 1.17 keeps the goroutine where no probe can read it: calls are told apart by their frame */

enum comparison { ALWAYS, EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL };

struct trace_plan {
	u64 goid;                   /* offset of runtime.g.goid, or NO_GOROUTINES or GOROUTINES_HIDDEN */
	u64 text_types[TEXT_TYPES]; /* run-time addresses of type descriptors; 0: none */
	u32 where_value;            /* which argument is compared before the call is kept */
	u32 comparison;
	s64 where_operand;
	u32 where_size;  /* bytes of the value that count */
	u32 where_signed;
	u32 histogram;   /* no records: only latencies are counted */
	u32 later;       /* a result is read behind the call, see float_callers */
	struct trace_value_plan values[VALUES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct trace_plan);
} trace_plans SEC(".maps");

struct trace_value {
	u64 words[2];
	u64 type;    /* of an interface: run-time address of the concrete type's descriptor */
	u32 length;  /* bytes of text that are kept */
	u32 known;   /* 1: it was read */
	char text[TEXT_MAX];
};

/* One call. Matches TraceCall in TraceCall.cs (checked at start). */
struct trace_call {
	struct event_header header;
	u32 returned; /* its results are in */
	u32 unused;
	struct trace_value values[VALUES];
};
EVENT_STRUCT(trace_call);

/* A call under way: who makes it, and how deep, so that recursion keeps apart what belongs to different calls. */
struct call_key {
	u64 execution; /* goroutine id or thread id */
	u32 process;
	u32 depth; /* bytes between the top of the stack and the frame: the same before and after the stack has moved */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct call_key);
	__type(value, struct trace_call);
} calls_under_way SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct trace_call);
} blank_calls SEC(".maps");

/* Return addresses behind which the floating-point result is in a place that a probe can read. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, u32);
} float_callers SEC(".maps");

/* Latencies: bucket n counts calls of 2^n to 2^(n+1) ns. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BUCKETS);
	__type(key, u32);
	__type(value, u64);
} latencies SEC(".maps");

/* The registers of the target, so that a table can say which: a program must not compute an offset into its context. Words in the order of struct pt_regs. */
struct registers {
#if defined(__TARGET_ARCH_x86)
	u64 words[21];
#else
	u64 words[34];
#endif
};
#define REGISTERS (sizeof(struct registers) / sizeof(u64))

/* The word at a place; 0 when it could not be read (counted). Cost: nothing in a register, one user read on the stack. */
static __always_inline u64 place_word(const struct registers *registers, u64 sp, const struct trace_place *place)
{
	u64 word = 0;
	u32 number = place->number;
	if (place->kind == PLACE_REGISTER && number < REGISTERS)
		return registers->words[number];
	if (place->kind == PLACE_STACK && bpf_probe_read_user(&word, sizeof(word), (void *)(sp + place->number)))
		count(COUNT_VALUE_UNREADABLE);
	return word;
}

static __always_inline void keep_text(struct trace_value *value, struct go_string text)
{
	value->length = go_copy(value->text, text, TEXT_MAX);
}

/* Reads a value. Cost: a user read for each step, for a text, and for an interface. */
static __always_inline void read_value(
	const struct registers *registers, u64 sp, const struct trace_plan *plan, const struct trace_value_plan *how, struct trace_value *value)
{
	if (how->form == FORM_NONE || how->first.kind == PLACE_NONE || how->first.kind == PLACE_LATER)
		return;
	u64 first = place_word(registers, sp, &how->first), second = how->steps ? 0 : place_word(registers, sp, &how->second);
	u32 steps = how->steps;
	for (u32 i = 0; i < STEPS && i < steps; i++) {
		struct go_string words = {};
		/* The last step leads to the value, the others to the next pointer. */
		u64 at = first + how->path[i];
		long failed = i + 1 == steps && how->form != FORM_WORD ? bpf_probe_read_user(&words, sizeof(words), (void *)at)
								      : bpf_probe_read_user(&words.data, sizeof(words.data), (void *)at);
		if (failed) {
			count(COUNT_VALUE_UNREADABLE);
			return;
		}
		first = words.data;
		second = words.length;
	}
	value->words[0] = first;
	value->words[1] = second;
	value->known = 1;
	if (how->form == FORM_TEXT)
		keep_text(value, (struct go_string){ first, second });
	if ((how->form != FORM_INTERFACE && how->form != FORM_EMPTY_INTERFACE) || !first)
		return;
	/* runtime.iface begins with an itab, whose second word is the type; runtime.eface with the type. */
	value->type = how->form == FORM_INTERFACE ? go_read_word(first + sizeof(u64)) : first;
	for (int i = 0; i < TEXT_TYPES; i++)
		if (value->type == plan->text_types[i])
			keep_text(value, go_read_string(second));
}

/* Reads the values from..to of a call. Cost: one kernel read, and the values. */
static __always_inline void read_values(const struct pt_regs *ctx, const struct trace_plan *plan, struct trace_call *call, int from, int to)
{
	struct registers registers;
	if (bpf_probe_read_kernel(&registers, sizeof(registers), ctx))
		return;
	for (int i = from; i < to; i++)
		read_value(&registers, PT_REGS_SP(ctx), plan, &plan->values[i], &call->values[i]);
}

static __always_inline bool is_wanted(const struct trace_plan *plan, const struct trace_call *call)
{
	if (plan->comparison == ALWAYS)
		return true;
	u32 index = plan->where_value;
	if (index >= ARGUMENTS)
		return true;
	const struct trace_value *value = &call->values[index];
	u64 shift = 64 - 8 * (plan->where_size & 7 ? plan->where_size & 7 : 8);
	u64 unsigned_word = value->words[0] << shift >> shift;
	s64 word = (s64)(value->words[0] << shift) >> shift, operand = plan->where_operand;
	bool less = plan->where_signed ? word < operand : unsigned_word < (u64)operand;
	bool equal = plan->where_signed ? word == operand : unsigned_word == (u64)operand;
	switch (plan->comparison) {
	case EQUAL: return equal;
	case NOT_EQUAL: return !equal;
	case LESS: return less;
	case LESS_OR_EQUAL: return less || equal;
	case GREATER: return !less && !equal;
	default: return !less;
	}
}

/* Fills the key of a call whose frame begins at frame; false when the goroutine is not known (counted). Cost: two user reads for Go. */
static __always_inline bool call_key(const struct pt_regs *ctx, const struct trace_plan *plan, u64 frame, struct call_key *key)
{
	u64 id = bpf_get_current_pid_tgid();
	key->process = id >> 32;
	if (plan->goid == NO_GOROUTINES) {
		key->execution = (u32)id;
		key->depth = frame;
		return true;
	}
	if (plan->goid == GOROUTINES_HIDDEN) {
		key->execution = frame;
		return true;
	}
	u64 g = go_g(ctx), top = go_read_word(g + sizeof(u64)); /* stack.hi, see go_stack_depth */
	key->execution = go_read_word(g + plan->goid);
	key->depth = top - frame;
	if (key->execution && top)
		return true;
	count(COUNT_READ_FAILED);
	return false;
}

/* Hands a call to the host. Cost: one copy of the record. */
static __always_inline void call_over(struct trace_call *call)
{
	event_output(call, sizeof(*call));
}

/* The beginning of the traced function: arguments are where the calling convention says. Cost: two map updates and look-ups, and the values. */
SEC("uprobe")
int function_entered(struct pt_regs *ctx)
{
	u32 zero = 0;
	struct trace_plan *plan = bpf_map_lookup_elem(&trace_plans, &zero);
	struct trace_call *blank = bpf_map_lookup_elem(&blank_calls, &zero);
	struct call_key key = {};
	if (!plan || !blank || !call_key(ctx, plan, PT_REGS_SP(ctx), &key))
		return 0;
	if (bpf_map_update_elem(&calls_under_way, &key, blank, BPF_ANY)) {
		count(COUNT_MAP_FULL);
		return 0;
	}
	struct trace_call *call = bpf_map_lookup_elem(&calls_under_way, &key);
	if (!call)
		return 0;
	read_values(ctx, plan, call, 0, ARGUMENTS);
	if (!is_wanted(plan, call)) {
		count(COUNT_UNWANTED);
		bpf_map_delete_elem(&calls_under_way, &key);
		return 0;
	}
	event_fill(&call->header, 1, key.process, key.execution, bpf_ktime_get_ns(), 0);
	return 0;
}

/* frame: the stack pointer at the entry of the call. */
static __always_inline int function_left(struct pt_regs *ctx, u64 frame, bool reads_return_address)
{
	u64 now = bpf_ktime_get_ns();
	u32 zero = 0;
	struct trace_plan *plan = bpf_map_lookup_elem(&trace_plans, &zero);
	struct call_key key = {};
	if (!plan || !call_key(ctx, plan, frame, &key))
		return 0;
	struct trace_call *call = bpf_map_lookup_elem(&calls_under_way, &key);
	if (!call) {
		if (plan->comparison == ALWAYS)
			count(COUNT_HALF_SEEN);
		return 0;
	}
	call->header.end = now;
	if (plan->histogram) {
		u64 time = now - call->header.start;
		u32 bucket = 0;
		for (u32 shift = 32; shift; shift >>= 1)
			if (time >> shift) {
				time >>= shift;
				bucket += shift;
			}
		u64 *calls = bpf_map_lookup_elem(&latencies, &bucket);
		if (calls)
			*calls += 1;
		bpf_map_delete_elem(&calls_under_way, &key);
		return 0;
	}
	read_values(ctx, plan, call, ARGUMENTS, VALUES);
	call->returned = 1;
	u64 caller = reads_return_address && plan->later ? go_read_word(frame) : 0;
	if (caller && bpf_map_lookup_elem(&float_callers, &caller))
		return 0; /* result_moved comes next */
	call_over(call);
	bpf_map_delete_elem(&calls_under_way, &key);
	return 0;
}

/* A return instruction of a Go function: the results are where the calling convention says. */
SEC("uprobe")
int function_returns(struct pt_regs *ctx)
{
	return function_left(ctx, PT_REGS_SP(ctx), true);
}

/* The return of a C function: the return address is gone from the stack by then. */
SEC("uretprobe")
int c_function_returned(struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return function_left(ctx, PT_REGS_SP(ctx) - RETURN_ADDRESS, false);
#else
	return function_left(ctx, PT_REGS_SP(ctx), false);
#endif
}

/* Behind a call of the function: the caller has moved the floating-point result to the place in the cookie. */
SEC("uprobe")
int result_moved(struct pt_regs *ctx)
{
	u32 zero = 0;
	struct trace_plan *plan = bpf_map_lookup_elem(&trace_plans, &zero);
	struct call_key key = {};
	if (!plan || !call_key(ctx, plan, PT_REGS_SP(ctx) - RETURN_ADDRESS, &key))
		return 0;
	struct trace_call *call = bpf_map_lookup_elem(&calls_under_way, &key);
	if (!call || !call->returned)
		return 0;
	for (int i = ARGUMENTS; i < VALUES; i++) {
		if (plan->values[i].first.kind != PLACE_LATER)
			continue;
		call->values[i].words[0] = go_result(ctx, bpf_get_attach_cookie(ctx));
		call->values[i].known = 1;
	}
	call_over(call);
	bpf_map_delete_elem(&calls_under_way, &key);
	return 0;
}
