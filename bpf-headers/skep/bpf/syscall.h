/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_SYSCALL_H
#define SKEP_BPF_SYSCALL_H
/**
 * @file bpf/syscall.h
 * System calls of 32-bit programs beside those of 64-bit ones: which of both it was, and its arguments.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/syscall.h>
 *
 * SKEP_LICENSE("GPL");
 * static __u64 opens;
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         struct skep_syscall call;
 *
 *         if (skep_current_syscall(ctx->args[1]) != 257)  // openat, of any kind of program
 *                 return 0;
 *         skep_syscall_read((void *)ctx->args[0], ctx->args[1], &call);
 *         opens += (call.args[2] & 3) != 0;               // for writing
 *         return 0;
 * }
 * @endcode
 *
 * A 64-bit kernel has two tables of system calls, and any program may use both: `int $0x80` in a 64-bit
 * program is a 32-bit call. A probe on `__x64_sys_openat` does not see it, and a filter that takes its
 * number for a native one sees another call: 295 is openat there and preadv here. `raw_tp/sys_enter`
 * sees all of them; this says what they are. What comes by io_uring is no system call at all:
 * bpf/io_uring.h.
 *
 * x86-64 (32-bit and x32) and arm64 (32-bit). skep_syscall_read() costs seven reads, about 150 ns. Most
 * calls are others than those one looks for: skep_current_syscall() tells by a helper that does nothing
 * and a load, some 5 ns (before Linux 5.11 by a read), and in SEC("tp_btf/sys_exit")
 * skep_syscall_number_btf() gives it the number by another load.
 *
 * @kernel{5.5, with BTF}
 */
#include <skep/bpf/args.h>
#include <skep/bpf/bound.h>
#include <skep/bpf/shim.h>
#include <skep/types/security.h>

#include <bpf/bpf_core_read.h>

/** @cond */
struct thread_info___skep {
	unsigned long flags;
	__u32 status;
} __attribute__((preserve_access_index));

struct task_struct___skep_abi {
	struct thread_info___skep thread_info;
} __attribute__((preserve_access_index));

/* Where the verifier knows the task, that is a load, a tenth of a read. */
#define SKEP_OF_THREAD_(member)                                                                    \
	(SKEP_SHIM_HAS_(get_current_task_btf)                                                      \
		 ? ((struct task_struct___skep_abi *)SKEP_SHIM_CALL_(get_current_task_btf)())      \
			   ->thread_info.member                                                    \
		 : BPF_CORE_READ((struct task_struct___skep_abi *)bpf_get_current_task(),          \
				 thread_info.member))

#define SKEP_TS_COMPAT_ 0x2
#define SKEP_X32_BIT_   0x40000000
#define SKEP_TIF_32BIT_ 22
#define SKEP_CALLS_32_  451

/* For each 32-bit number of x86 the 64-bit one of the same call; -1: there is none. */
static const __s16 skep_calls_32_[SKEP_CALLS_32_] = {
	219, 60,  57,  0,   1,   2,   3,   61,  85,  86,  87,  59,  80,  201, 133, 90,  94,  -1,
	4,   8,   39,  165, 166, 105, 102, -1,  101, 37,  5,   34,  132, -1,  -1,  21,  -1,  -1,
	162, 62,  82,  83,  84,  32,  22,  100, -1,  12,  106, 104, 13,  107, 108, 163, 166, -1,
	16,  72,  -1,  109, -1,  63,  95,  161, 136, 33,  110, 111, 112, 13,  -1,  -1,  113, 114,
	130, 127, 170, 160, 97,  98,  96,  164, 115, 116, 23,  88,  6,   89,  134, 167, 169, 78,
	9,   11,  76,  77,  91,  93,  140, 141, -1,  137, 138, 173, -1,  103, 38,  36,  4,   6,
	5,   63,  172, 153, -1,  -1,  61,  168, 99,  -1,  74,  15,  56,  171, 63,  154, 159, 10,
	14,  174, 175, 176, 177, 179, 121, 81,  -1,  139, 135, 183, 122, 123, 8,   78,  23,  73,
	26,  19,  20,  124, 75,  156, 149, 150, 151, 152, 142, 143, 144, 145, 24,  146, 147, 148,
	35,  25,  117, 118, -1,  178, 7,   180, 119, 120, 157, 15,  13,  14,  127, 128, 129, 130,
	17,  18,  92,  79,  125, 126, 131, 40,  181, 182, 58,  97,  9,   76,  77,  4,   6,   5,
	94,  102, 104, 107, 108, 113, 114, 115, 116, 93,  117, 118, 119, 120, 92,  105, 106, 122,
	123, 155, 27,  28,  217, 72,  -1,  -1,  186, 187, 188, 189, 190, 191, 192, 193, 194, 195,
	196, 197, 198, 199, 200, 40,  202, 203, 204, 205, 211, 206, 207, 208, 209, 210, 221, -1,
	231, 212, 213, 233, 232, 216, 218, 222, 223, 224, 225, 226, 227, 228, 229, 230, 137, 138,
	234, 235, 221, 236, 237, 239, 238, 240, 241, 242, 243, 244, 245, 246, 247, -1,  248, 249,
	250, 251, 252, 253, 254, 255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266, 267,
	268, 269, 270, 271, 272, 273, 274, 275, 277, 276, 278, 279, 309, 281, 280, 282, 283, 284,
	285, 286, 287, 289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299, 300, 301, 302, 303,
	304, 305, 306, 307, 308, 310, 311, 312, 313, 314, 315, 316, 317, 318, 319, 321, 322, 41,
	53,  49,  42,  50,  288, 55,  54,  51,  52,  44,  46,  45,  47,  48,  323, 324, 325, 326,
	327, 328, 329, 330, 331, 332, 158, 333, 334, -1,  -1,  -1,  -1,  -1,  -1,  64,  66,  29,
	31,  30,  67,  68,  69,  70,  71,  228, 227, 305, 229, 230, 224, 223, 287, 286, 280, 270,
	271, -1,  333, 299, 242, 243, 220, 128, 202, 148, 424, 425, 426, 427, 428, 429, 430, 431,
	432, 433, 434, 435, 436, 437, 438, 439, 440, 441, 442, 443, 444, 445, 446, 447, 448, 449,
	450,
};
/** @endcond */

/**
 * How the system call came in that the current task is in. Only within one: elsewhere what the last one
 * was.
 *
 * @param number the call's number, as the tracepoints and registers have it
 * @return SKEP_ABI_NATIVE, SKEP_ABI_32 or SKEP_ABI_X32
 * @kernel{5.5, with BTF; before 5.11 by a read}
 */
SKEP_INLINE_ __u32 skep_current_abi(__s64 number)
{
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
	if (SKEP_OF_THREAD_(status) & SKEP_TS_COMPAT_)
		return SKEP_ABI_32;
	return number >= 0 && number & SKEP_X32_BIT_ ? SKEP_ABI_X32 : SKEP_ABI_NATIVE;
#else
	return SKEP_OF_THREAD_(flags) >> SKEP_TIF_32BIT_ & 1 ? SKEP_ABI_32 : SKEP_ABI_NATIVE;
#endif
}

/** @cond */
#ifdef SKEP_ARCH_UNKNOWN_
void skep_syscall_of_unknown_(void) __attribute__((
	error("skep: bpf/args.h knows the registers of x86-64 and arm64: compile with "
	      "-D__TARGET_ARCH_x86 or -D__TARGET_ARCH_arm64")));
#endif
/** @endcond */

/**
 * Reads a system call at its entry.
 *
 * @param regs   the registers of user space: the first argument of `raw_tp/sys_enter`
 * @param number the call's number: its second
 * @param to     where to
 * @kernel{5.5, with BTF}
 */
SKEP_INLINE_ void skep_syscall_read(const void *regs, __s64 number, struct skep_syscall *to)
{
	to->abi = skep_current_abi(number);
	to->number = (__s32)number;
	if (to->abi == SKEP_ABI_X32)
		to->number &= ~SKEP_X32_BIT_;
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
	if (to->abi == SKEP_ABI_32) {
		const struct skep_regs_ *from = regs;

		bpf_probe_read_kernel(&to->args[0], 8, &from->bx);
		bpf_probe_read_kernel(&to->args[1], 8, &from->cx);
		bpf_probe_read_kernel(&to->args[2], 8, &from->dx);
		bpf_probe_read_kernel(&to->args[3], 8, &from->si);
		bpf_probe_read_kernel(&to->args[4], 8, &from->di);
		bpf_probe_read_kernel(&to->args[5], 8, &from->bp);
#pragma clang loop unroll(full)
		for (__u32 i = 0; i < 6; i++)
			to->args[i] = (__u32)to->args[i];
		return;
	}
#endif
#ifdef SKEP_ARCH_UNKNOWN_
	skep_syscall_of_unknown_(); /* only who uses this has to say what it is for */
#else
	to->args[0] = skep_syscall_arg(regs, 0);
	to->args[1] = skep_syscall_arg(regs, 1);
	to->args[2] = skep_syscall_arg(regs, 2);
	to->args[3] = skep_syscall_arg(regs, 3);
	to->args[4] = skep_syscall_arg(regs, 4);
	to->args[5] = skep_syscall_arg(regs, 5);
#endif
}

/**
 * The native number of a call, so that one list of numbers is for all programs. Arguments are those
 * of the call as it was: `mmap` of 32-bit programs counts its offset in pages, and times and other
 * structs have other layouts.
 *
 * @param call a call that was read
 * @return the number in the native table; -1: it has no counterpart there, as `socketcall` and `ipc`,
 *         which are many calls in one, or on this processor none is known
 * @kernel{any}
 */
SKEP_INLINE_ long skep_syscall_native(const struct skep_syscall *call)
{
	__s32 number = call->number;

	if (call->abi == SKEP_ABI_NATIVE)
		return number;
#if defined(__TARGET_ARCH_x86) || defined(__x86_64__)
	/* From 424 on both tables are the same. */
	if (call->abi == SKEP_ABI_32) {
		if (skep_bound(number, SKEP_CALLS_32_))
			return skep_calls_32_[number];
		return number >= SKEP_CALLS_32_ ? number : -1;
	}
	number &= ~SKEP_X32_BIT_;
	/* From 512 on x32 has some of its own. */
	return number < 512 ? number : -1;
#else
	return -1;
#endif
}

/**
 * Which system call the current task is in, whatever kind of program it is: the native number, as
 * skep_syscall_native() has it. For those who look at each call.
 *
 * @param number the call's number, as the tracepoints and registers have it
 * @return the number in the native table; -1: it has no counterpart there
 * @kernel{5.5, with BTF; before 5.11 by a read}
 */
SKEP_INLINE_ long skep_current_syscall(__s64 number)
{
	struct skep_syscall call = { .abi = skep_current_abi(number), .number = (__s32)number };

	return skep_syscall_native(&call);
}

/**
 * The number of a call that ends, by a load: in SEC("tp_btf/sys_exit"), where the verifier knows the
 * registers. In SEC("raw_tp/sys_exit") it takes skep_syscall_number(), which is a helper's call.
 * @kernel{5.5, with BTF}
 */
#define skep_syscall_number_btf(regs) ((__s32)SKEP_REGS_(regs)->SKEP_REG_NR_)

#endif
