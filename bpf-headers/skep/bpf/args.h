/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_ARGS_H
#define SKEP_BPF_ARGS_H
/**
 * @file bpf/args.h
 * Arguments and results by number, from the registers and the stack that a probe was given. trace.h
 * gives them names and types; this is for who must choose at run time which to read.
 *
 * @code{.c}
 * #include <skep/bpf/args.h>
 *
 * SEC("uprobe//usr/bin/app:handle")
 * int on_handle(struct pt_regs *ctx)
 * {
 *         __u64 length = skep_arg_user(ctx, 7);
 *
 *         return length > 4096 ? (int)skep_arg_user(ctx, 0) : 0;
 * }
 * @endcode
 *
 * An argument in a register costs one instruction, one on the stack or of a system call a
 * bpf_probe_read. The registers are known for x86-64 and arm64, without vmlinux.h and without
 * linux/ptrace.h: these have different names for them, and the places are part of the kernel's ABI.
 * Integers and pointers only: floating point goes in registers that BPF does not see, and so do
 * structs that are passed by value as more than one.
 *
 * @kernel{5.5, for what is on the stack}
 */
#include <skep/bpf/base.h>

/** @cond */
#if defined(__TARGET_ARCH_arm64) || defined(__aarch64__)
struct skep_regs_ {
	__u64 regs[31], sp, pc, pstate, orig_x0;
	__s32 syscallno; /* x8 is zero when an exec ends, and of 32-bit programs the number is in x7 */
};
#define SKEP_IN_REGISTERS_  8
/* Where the first argument on the stack lies at a function's entry: bytes from the stack pointer. */
#define SKEP_STACK_ARGS_    0
#define SKEP_REG_SP_        sp
#define SKEP_REG_IP_        pc
#define SKEP_REG_RESULT_    regs[0]
#define SKEP_REG_NR_        syscallno
/* What a function's return adds to the stack pointer. */
#define SKEP_RETURN_BYTES_  0
/* The kernel puts a system call's result where its first argument was. */
#define SKEP_REG_SYSCALL_0_ orig_x0
#define SKEP_REG_SYSCALL_3_ regs[3]
#define SKEP_REG_0_         regs[0]
#define SKEP_REG_1_         regs[1]
#define SKEP_REG_2_         regs[2]
#define SKEP_REG_3_         regs[3]
#define SKEP_REG_4_         regs[4]
#define SKEP_REG_5_         regs[5]
#define SKEP_REG_6_         regs[6]
#define SKEP_REG_7_         regs[7]
#elif defined(__TARGET_ARCH_x86) || defined(__x86_64__)
struct skep_regs_ {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs,
		flags, sp, ss;
};
#define SKEP_IN_REGISTERS_  6
/* The return address is below them. */
#define SKEP_STACK_ARGS_    8
#define SKEP_REG_SP_        sp
#define SKEP_REG_IP_        ip
#define SKEP_REG_RESULT_    ax
#define SKEP_REG_NR_        orig_ax
#define SKEP_RETURN_BYTES_  8
/* The fourth is not in cx, which the instruction `syscall` overwrites. */
#define SKEP_REG_SYSCALL_0_ di
#define SKEP_REG_SYSCALL_3_ r10
#define SKEP_REG_0_         di
#define SKEP_REG_1_         si
#define SKEP_REG_2_         dx
#define SKEP_REG_3_         cx
#define SKEP_REG_4_         r8
#define SKEP_REG_5_         r9
#define SKEP_REG_6_         r9 /* never read: these are on the stack */
#define SKEP_REG_7_         r9
#else
/* Another processor: headers that include this one are fine, and who looks at registers is told. */
#define SKEP_ARCH_UNKNOWN_  1
struct skep_regs_ {
	__u64 none;
};
#define SKEP_IN_REGISTERS_  8
#define SKEP_STACK_ARGS_    0
#define SKEP_REG_SP_        none
#define SKEP_REG_IP_        none
#define SKEP_REG_RESULT_    none
#define SKEP_REG_NR_        none
#define SKEP_RETURN_BYTES_  0
#define SKEP_REG_SYSCALL_0_ none
#define SKEP_REG_SYSCALL_3_ none
#define SKEP_REG_0_         none
#define SKEP_REG_1_         none
#define SKEP_REG_2_         none
#define SKEP_REG_3_         none
#define SKEP_REG_4_         none
#define SKEP_REG_5_         none
#define SKEP_REG_6_         none
#define SKEP_REG_7_         none
#endif

#ifdef SKEP_ARCH_UNKNOWN_
#define SKEP_REGS_(ctx)                                                                            \
	(SKEP_REQUIRE_(!sizeof(ctx), "skep: bpf/args.h knows the registers of x86-64 and arm64: "  \
				     "compile with -D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64"), \
	 (const struct skep_regs_ *)(ctx))
#else
#define SKEP_REGS_(ctx) ((const struct skep_regs_ *)(ctx))
#endif

/* Each case a load from a constant place: the verifier takes no other of a context. */
SKEP_INLINE_ __u64 skep_arg_register_(const struct skep_regs_ *regs, int n)
{
	switch (n) {
	case 0:
		return regs->SKEP_REG_0_;
	case 1:
		return regs->SKEP_REG_1_;
	case 2:
		return regs->SKEP_REG_2_;
	case 3:
		return regs->SKEP_REG_3_;
	case 4:
		return regs->SKEP_REG_4_;
	case 5:
		return regs->SKEP_REG_5_;
	case 6:
		return regs->SKEP_REG_6_;
	default:
		return regs->SKEP_REG_7_;
	}
}

SKEP_INLINE_ const void *skep_arg_on_stack_(const struct skep_regs_ *regs, int n)
{
	return (const void *)(regs->SKEP_REG_SP_ + SKEP_STACK_ARGS_ +
			      (__u64)(n - SKEP_IN_REGISTERS_) * 8);
}

SKEP_INLINE_ __u64 skep_arg_kernel_(const struct skep_regs_ *regs, int n)
{
	__u64 value = 0;

	if (n < SKEP_IN_REGISTERS_)
		return skep_arg_register_(regs, n);
	bpf_probe_read_kernel(&value, sizeof(value), skep_arg_on_stack_(regs, n));
	return value;
}

SKEP_INLINE_ __u64 skep_arg_user_(const struct skep_regs_ *regs, int n)
{
	__u64 value = 0;

	if (n < SKEP_IN_REGISTERS_)
		return skep_arg_register_(regs, n);
	bpf_probe_read_user(&value, sizeof(value), skep_arg_on_stack_(regs, n));
	return value;
}

SKEP_INLINE_ __u64 skep_syscall_arg_(const struct skep_regs_ *regs, int n)
{
	const __u64 *at = n == 0   ? &regs->SKEP_REG_SYSCALL_0_
			  : n == 1 ? &regs->SKEP_REG_1_
			  : n == 2 ? &regs->SKEP_REG_2_
			  : n == 3 ? &regs->SKEP_REG_SYSCALL_3_
			  : n == 4 ? &regs->SKEP_REG_4_
				   : &regs->SKEP_REG_5_;
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), at);
	return value;
}

SKEP_INLINE_ long skep_syscall_number_(const struct skep_regs_ *regs)
{
	__s32 value = 0; /* of x86's eight bytes the first four */

	bpf_probe_read_kernel(&value, sizeof(value), &regs->SKEP_REG_NR_);
	return value;
}

#define SKEP_ARGS_MOST_ 12
#define SKEP_CHECK_ARG_(n, most)                                                                   \
	SKEP_REQUIRE_(__builtin_constant_p(n) && (n) >= 0 && (n) < (most),                         \
		      "skep: an argument's number is a constant: 0 to 11, of system calls 0 to 5")
/** @endcond */

/**
 * The argument `n` (0 is the first, up to 11) of a kernel function at its entry, as a `__u64`; what
 * a function that has fewer left in that place otherwise. In SEC("kprobe/...").
 * @kernel{5.5, for what is on the stack}
 */
#define skep_arg(ctx, n)                                                                           \
	(SKEP_CHECK_ARG_(n, SKEP_ARGS_MOST_), skep_arg_kernel_(SKEP_REGS_(ctx), (n)))

/**
 * skep_arg() of a function in user space, in SEC("uprobe/..."). 0 where its stack is paged out.
 * @kernel{5.5, for what is on the stack}
 */
#define skep_arg_user(ctx, n)                                                                      \
	(SKEP_CHECK_ARG_(n, SKEP_ARGS_MOST_), skep_arg_user_(SKEP_REGS_(ctx), (n)))

/** What a function returns, as a `__u64`: in SEC("kretprobe/...") and SEC("uretprobe/..."). */
#define skep_result(ctx) (SKEP_REGS_(ctx)->SKEP_REG_RESULT_)

/** Where a probed function's stack is: a number. At its entry, what lies above it is its caller's. */
#define skep_stack_pointer(ctx) (SKEP_REGS_(ctx)->SKEP_REG_SP_)

/** One call of a function: the key of what is known from its entry to its return. */
struct skep_frame {
	__u64 thread; /**< process and thread, as of bpf_get_current_pid_tgid() */
	__u64 stack;  /**< where its stack was at the entry: of calls in calls, each another */
};

/** @cond */
SKEP_INLINE_ struct skep_frame skep_frame_(__u64 stack)
{
	struct skep_frame frame = { .thread = bpf_get_current_pid_tgid(), .stack = stack };

	return frame;
}
/** @endcond */

/**
 * Which call this is, at a function's entry: in SEC("kprobe/..."), SEC("uprobe/..."). A function that ends by
 * a jump to another has the same one: where both are traced, the function belongs into the key.
 *
 * `SKEP_LATENCY_BY(calls, struct skep_frame, 10240)` measures by it, so that an end that is lost costs one
 * number, and no call gets another's. @kernel{4.2, for the helper}
 */
#define skep_frame_at_entry(ctx) skep_frame_(skep_stack_pointer(ctx))

/** The same at its return: in SEC("kretprobe/..."), SEC("uretprobe/..."). @kernel{4.2, for the helper} */
#define skep_frame_at_return(ctx) skep_frame_(skep_stack_pointer(ctx) - SKEP_RETURN_BYTES_)

/** Where the processor was when the probe or the sample was taken: an address. */
#define skep_instruction_pointer(ctx) (SKEP_REGS_(ctx)->SKEP_REG_IP_)

/**
 * The argument `n` (0 to 5) of a system call, as a `__u64`. `regs` is what the kernel's function
 * for the call got, and the tracepoints `sys_enter` and `sys_exit`: a pointer into the kernel.
 * Calls of 32-bit programs have theirs elsewhere. @kernel{5.5}
 */
#define skep_syscall_arg(regs, n) (SKEP_CHECK_ARG_(n, 6), skep_syscall_arg_(SKEP_REGS_(regs), (n)))

/** The system call's number, of 32-bit programs too; `regs` as for skep_syscall_arg(). @kernel{5.5} */
#define skep_syscall_number(regs) skep_syscall_number_(SKEP_REGS_(regs))

#endif
