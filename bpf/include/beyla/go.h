/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* Reading Go: arguments and results by register (ABIInternal, Go >= 1.17: abi-internal.md in the Go tree), goroutines, strings. */
#pragma once
#include "attachment.h"
#include "execution.h"

struct go_string {
	u64 data;
	u64 length;
};

/* An error: an interface value. */
struct go_error {
	u64 itab; /* 0: nil */
	u64 data;
};

/* Argument or result word n (the receiver is argument word 0), for integers and pointers. n is a constant. */
static __always_inline u64 go_word(const struct pt_regs *ctx, int n)
{
#if defined(__TARGET_ARCH_x86)
	switch (n) {
	case 0: return ctx->ax;
	case 1: return ctx->bx;
	case 2: return ctx->cx;
	case 3: return ctx->di;
	case 4: return ctx->si;
	case 5: return ctx->r8;
	case 6: return ctx->r9;
	case 7: return ctx->r10;
	case 8: return ctx->r11;
	}
	return 0;
#else
	return n < 16 ? ctx->user_regs.regs[n] : 0;
#endif
}
#define go_arg(ctx, n) go_word(ctx, n)

/* The running goroutine's runtime.g: r14 on amd64, x28 on arm64. */
static __always_inline u64 go_g(const struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return ctx->r14;
#else
	return ctx->user_regs.regs[28];
#endif
}

/*
 * At the entry of a closure or of a method value (a symbol that ends in -fm): the closure object, a struct of the code's address and what it
 * captured (a method value: the receiver). abi-internal.md: rdx on amd64, x26 on arm64.
 */
static __always_inline u64 go_closure(const struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return ctx->dx;
#else
	return ctx->user_regs.regs[26];
#endif
}

/*
 * How deep the running goroutine's stack is, bytes: two functions that the same frame calls see the same depth at their entries, also when the
 * stack has moved in between. stack.hi is the second word of runtime.g (runtime2.go: "offset known to runtime/cgo"). 0: unreadable. Cost: one user read.
 */
static __always_inline u64 go_stack_depth(const struct pt_regs *ctx)
{
	u64 top = 0;
	if (bpf_probe_read_user(&top, sizeof(top), (void *)(go_g(ctx) + sizeof(u64))))
		return 0;
	return top - PT_REGS_SP(ctx);
}

/* The word at an address, 0 when it could not be read. Cost: one user read. */
static __always_inline u64 go_read_word(u64 address)
{
	u64 word = 0;
	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

/*
 * The first argument of the function that a goroutine was started for, while that function runs: depth bytes below the upper end of the stack, see
 * GoroutineArgument in the contract. 0 when it could not be read. Cost: two user reads.
 */
static __always_inline u64 go_goroutine_argument(u64 g, u64 depth)
{
	u64 top = go_read_word(g + sizeof(u64)); /* runtime.g begins with stack.lo, stack.hi */
	return top ? go_read_word(top - depth) : 0;
}

/* The string at an address, also a slice's data and length; empty when it could not be read. Cost: one user read. */
static __always_inline struct go_string go_read_string(u64 address)
{
	struct go_string text = {};
	bpf_probe_read_user(&text, sizeof(text), (void *)address);
	return text;
}

/* The id of a goroutine; 0 when it could not be read (counted). Cost: one user read. */
static __always_inline u64 go_goid_of(u64 g, const struct attachment *a)
{
	u64 goid = 0;
	if (bpf_probe_read_user(&goid, sizeof(goid), (void *)(g + a->goid)))
		count(COUNT_READ_FAILED);
	return goid;
}

/* The id of the running goroutine; see go_goid_of. */
static __always_inline u64 go_goid(const struct pt_regs *ctx, const struct attachment *a)
{
	return go_goid_of(go_g(ctx), a);
}

/* Fills the key of the running goroutine; false when its id could not be read (counted). Cost: one user read. */
static __always_inline bool go_execution(const struct pt_regs *ctx, const struct attachment *a, struct execution *key)
{
	key->id = go_goid(ctx, a);
	key->process = a->process;
	key->unused = 0;
	return key->id != 0;
}

/*
 * Fills the key of the running goroutine by the address of its runtime.g instead of its id. The address goes to another goroutine when this one
 * has ended: only for state that a probe at the goroutine's end deletes. Cost: nothing.
 */
static __always_inline void go_running(const struct pt_regs *ctx, const struct attachment *a, struct execution *key)
{
	key->id = go_g(ctx);
	key->process = a->process;
	key->unused = 0;
}

/*
 * What most probes begin with: the attachment of the running probe and the key of the running goroutine; NULL when one of them is not known
 * (counted). cookie is the probe's, from bpf_get_attach_cookie. Cost: an inlined array lookup and one user read.
 */
static __always_inline struct attachment *go_enter(const struct pt_regs *ctx, u64 cookie, struct execution *key)
{
	struct attachment *a = attachment_of(cookie);
	return a && go_execution(ctx, a, key) ? a : 0;
}

/* The same with the key of go_running. Cost: an inlined array lookup. */
static __always_inline struct attachment *go_enter_running(const struct pt_regs *ctx, u64 cookie, struct execution *key)
{
	struct attachment *a = attachment_of(cookie);
	if (a)
		go_running(ctx, a, key);
	return a;
}

/*
 * The cookie's site data at a return probe: where the result word asked for lies, because the host may have put the probe on a cheaper
 * instruction before the RET.
 *	bits 16..18  kind: 0 register, 1 stack, 2 known to be zero
 *	bit  19      the site is the return instruction itself: all result words are in their registers
 *	bits 20..24  register: number in the order of site_register()
 *	bits 32..63  stack: signed offset from the stack pointer at the site
 */
enum { SITE_REGISTER = 0, SITE_STACK = 1, SITE_ZERO = 2, SITE_AT_RETURN = 1 << 19 };

/* amd64 register by its encoding number (rax 0, rcx 1, rdx 2, rbx 3, rsp 4, rbp 5, rsi 6, rdi 7, r8..r15). */
static __always_inline u64 site_register(const struct pt_regs *ctx, u32 number)
{
#if defined(__TARGET_ARCH_x86)
	switch (number) {
	case 0: return ctx->ax;
	case 1: return ctx->cx;
	case 2: return ctx->dx;
	case 3: return ctx->bx;
	case 5: return ctx->bp;
	case 6: return ctx->si;
	case 7: return ctx->di;
	case 8: return ctx->r8;
	case 9: return ctx->r9;
	case 10: return ctx->r10;
	case 11: return ctx->r11;
	case 12: return ctx->r12;
	case 13: return ctx->r13;
	case 15: return ctx->r15;
	}
#else
	if (number == 0)
		return ctx->user_regs.regs[0];
#endif
	return 0;
}

/* The result word that the probe asked for. Cost: nothing in a register, one user read on the stack. */
static __always_inline u64 go_result(const struct pt_regs *ctx, u64 cookie)
{
	u32 kind = cookie >> 16 & 7;
	if (kind == SITE_REGISTER)
		return site_register(ctx, cookie >> 20 & 31);
	u64 value = 0;
	if (kind == SITE_STACK && bpf_probe_read_user(&value, sizeof(value), (void *)(PT_REGS_SP(ctx) + ((s64)cookie >> 32))))
		count(COUNT_READ_FAILED);
	return value;
}

/*
 * Copies at most max bytes of a Go string; returns the number copied, 0 when it could not be read (both losses are counted as truncated).
 * max is a constant. Cost: one user read, nothing for an empty string.
 */
static __always_inline u32 go_copy(char *to, struct go_string text, u32 max)
{
	u64 length = text.length;
	if (length > max) {
		count(COUNT_TRUNCATED);
		length = max;
	}
	asm volatile("" : "+r"(length)); /* the verifier must see the very register that is compared next */
	if (length == 0 || length > max)
		return 0;
	if (bpf_probe_read_user(to, length, (void *)text.data)) {
		count(COUNT_TRUNCATED);
		return 0;
	}
	return length;
}

/* Another result word: known only where the probe had to stay on the return instruction, as on the ways that return an error; else 0. Cost: nothing. */
static __always_inline u64 go_result_word(const struct pt_regs *ctx, u64 cookie, int n)
{
	return cookie & SITE_AT_RETURN ? go_word(ctx, n) : 0;
}

/*
 * The string that the probe asked for (GoProbe.Words = 2); n is its first result word, a constant. Cost: nothing in registers, one user read on the stack.
 */
static __always_inline struct go_string go_result_string(const struct pt_regs *ctx, u64 cookie, int n)
{
	if (cookie & SITE_AT_RETURN)
		return (struct go_string){ go_word(ctx, n), go_word(ctx, n + 1) };
	if ((cookie >> 16 & 7) == SITE_STACK)
		return go_read_string(PT_REGS_SP(ctx) + ((s64)cookie >> 32));
	return (struct go_string){};
}

#define GO_WINDOW_MAX 256
#define GO_PAGE 4096 /* the smallest page there is */

/*
 * The head of a Go object, read at once: a user read costs 65..140 ns whether it takes 8 bytes or 256, so never go field by field.
 * Fields beyond the window are read one by one. Mind the BPF stack (512 bytes): one window at a time.
 */
struct go_window {
	u64 object;
	u64 size;
	u8 bytes[GO_WINDOW_MAX];
};

/*
 * Reads the first size bytes (a constant, at most GO_WINDOW_MAX) of an object; false when it could not (counted). Cost: one user read.
 *
 * The object may end before the window does, and a page behind it that the program has not touched yet cannot be read: then the window ends with
 * the object's own page.
 */
static __always_inline bool go_window_read(struct go_window *window, u64 object, u32 size)
{
	window->object = object;
	window->size = size;
	if (!bpf_probe_read_user(window->bytes, size, (void *)object))
		return true;
	u64 rest = GO_PAGE - object % GO_PAGE;
	asm volatile("" : "+r"(rest)); /* the verifier must see the very register that is compared next */
	if (rest < size) {
		window->size = rest;
		if (!bpf_probe_read_user(window->bytes, rest, (void *)object))
			return true;
	}
	count(COUNT_READ_FAILED);
	return false;
}

/* The word (pointer, int, half of a string) at an offset from a slot, 0 when it could not be read. Cost: nothing inside the window. */
static __always_inline u64 go_window_word(const struct go_window *window, u64 offset)
{
	u64 word = 0;
	if (offset % sizeof(word) == 0 && offset + sizeof(word) <= window->size) {
		offset &= GO_WINDOW_MAX - sizeof(word); /* for the verifier: stack reads are bounded and aligned */
		return *(const u64 *)(window->bytes + offset);
	}
	bpf_probe_read_user(&word, sizeof(word), (void *)(window->object + offset));
	return word;
}

/* The byte (bool) at an offset. Cost: nothing inside the window. */
static __always_inline u8 go_window_byte(const struct go_window *window, u64 offset)
{
	u8 byte = 0;
	if (offset < window->size) {
		offset &= GO_WINDOW_MAX - 1;
		return window->bytes[offset];
	}
	bpf_probe_read_user(&byte, sizeof(byte), (void *)(window->object + offset));
	return byte;
}

/* The string at an offset. */
static __always_inline struct go_string go_window_string(const struct go_window *window, u64 offset)
{
	return (struct go_string){ go_window_word(window, offset), go_window_word(window, offset + sizeof(u64)) };
}
