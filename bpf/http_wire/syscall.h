/* SPDX-License-Identifier: (MIT OR GPL-2.0) */
/* The running system call's user registers: which call it is, and where its bytes are. */
#pragma once
#include "io.h"

/* arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
#if defined(__TARGET_ARCH_x86)
enum {
	SYS_READ = 0, SYS_WRITE = 1, SYS_READV = 19, SYS_WRITEV = 20, SYS_SENDTO = 44, SYS_RECVFROM = 45, SYS_SENDMSG = 46, SYS_RECVMSG = 47,
	SYS_CLOSE = 3, SYS_SENDFILE = 40, SYS_CONNECT = 42, SYS_ACCEPT = 43, SYS_ACCEPT4 = 288,
};
#define SYSCALL_NUMBER(regs) ((regs)->orig_ax)
#define SYSCALL_FIRST(regs) ((regs)->di)
#define SYSCALL_FOURTH(regs) ((regs)->r10)
#define SYSCALL_SECOND(regs) ((regs)->si)
#define SYSCALL_THIRD(regs) ((regs)->dx)
#else
enum {
	SYS_READ = 63, SYS_WRITE = 64, SYS_READV = 65, SYS_WRITEV = 66, SYS_SENDTO = 206, SYS_RECVFROM = 207, SYS_SENDMSG = 211, SYS_RECVMSG = 212,
	SYS_CLOSE = 57, SYS_SENDFILE = 71, SYS_CONNECT = 203, SYS_ACCEPT = 202, SYS_ACCEPT4 = 242,
};
struct pt_regs___kernel { /* arch/arm64/include/asm/ptrace.h: the result overwrites the first argument */
	u64 orig_x0;
} __attribute__((preserve_access_index));
#define SYSCALL_NUMBER(regs) ((regs)->user_regs.regs[8])
#define SYSCALL_FIRST(regs) (((const struct pt_regs___kernel *)(regs))->orig_x0)
#define SYSCALL_FOURTH(regs) ((regs)->user_regs.regs[3])
#define SYSCALL_SECOND(regs) ((regs)->user_regs.regs[1])
#define SYSCALL_THIRD(regs) ((regs)->user_regs.regs[2])
#endif

/* The registers that the running program had when it entered the kernel. Cost: a helper call. */
static __always_inline const struct pt_regs *user_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

enum { EAGAIN = 11, EINPROGRESS = 115 }; /* include/uapi/asm-generic/errno-base.h, errno.h */

/* struct user_msghdr, include/linux/socket.h, up to the vector */
struct user_msghdr {
	u64 name;
	u32 name_length;
	u32 unused;
	u64 vector;
	u64 vector_length;
};

/* Fills segments from a vector; those beyond IO_SEGMENTS stay unseen. Cost: one user read. */
static __always_inline void io_vector(struct io *io, u64 vector, u64 length)
{
	u64 size = (length < IO_SEGMENTS ? length : IO_SEGMENTS) * sizeof(struct io_segment);
	asm volatile("" : "+r"(size)); /* the verifier must see the very register that is compared next */
	if (size && size <= sizeof(io->segments))
		bpf_probe_read_user(io->segments, size, (void *)vector);
}

/*
 * Where the bytes of the running system call are: leaves the segments zero when they are in no memory of the process (sendfile), or when the call is
 * one that is not known (io_uring). Cost: nothing for one buffer, a user read for vectors, two for messages.
 */
static __always_inline void io_of_syscall(struct io *io, const struct pt_regs *regs)
{
	u64 number = SYSCALL_NUMBER(regs);

	__builtin_memset(io->segments, 0, sizeof(io->segments));
	if (number == SYS_READ || number == SYS_RECVFROM || number == SYS_WRITE || number == SYS_SENDTO) {
		io->segments[0].base = SYSCALL_SECOND(regs);
		io->segments[0].length = SYSCALL_THIRD(regs);
	} else if (number == SYS_READV || number == SYS_WRITEV) {
		io_vector(io, SYSCALL_SECOND(regs), SYSCALL_THIRD(regs));
	} else if (number == SYS_SENDMSG || number == SYS_RECVMSG) {
		struct user_msghdr message = {};
		if (!bpf_probe_read_user(&message, sizeof(message), (void *)SYSCALL_SECOND(regs)))
			io_vector(io, message.vector, message.vector_length);
	}
}
