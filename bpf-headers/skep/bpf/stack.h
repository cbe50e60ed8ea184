/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_STACK_H
#define SKEP_BPF_STACK_H
/**
 * @file bpf/stack.h
 * Where the program was called from: stacks of the kernel and of user space, as numbers under which
 * each is kept once, or copied into a record.
 *
 * @code{.c}
 * #include <skep/bpf/stack.h>
 *
 * SKEP_STACK_TRACE(stacks, 64, 1024);
 *
 * struct sample {
 *         struct skep_stack_ids ids;
 *         __u64 frames[32];
 *         __s32 depth;
 * };
 * static struct sample s;
 *
 * s.ids = skep_stack_ids(ctx, &stacks);
 * s.depth = skep_stack_copy_user(ctx, s.frames);
 * @endcode
 *
 * Numbers are cheap to send and to count by, and user space looks each up once (skep/map/stacks.h);
 * copies are for records that must be whole without the map. The kernel goes from frame to frame at
 * each call, and what of a stack is paged out ends it. Frames of user space are found by frame
 * pointers only: code that was compiled without has a frame or two.
 *
 * In any program that has the registers of the moment: kprobe, uprobe, tracepoint, raw_tp, fentry,
 * perf_event. Needs a GPL-compatible licence.
 *
 * @kernel{4.18, for copies}
 */
#include <skep/bpf/map/stacks.h>

/** Both stacks of a moment. Negative: an errno; -EFAULT where there are no frames. */
struct skep_stack_ids {
	__s32 kernel; /**< the kernel's */
	__s32 user;   /**< user space's */
};

/** @cond */
SKEP_INLINE_ struct skep_stack_ids skep_stack_ids_(void *ctx, void *map, __u64 flags)
{
	struct skep_stack_ids ids;

	ids.kernel = (__s32)bpf_get_stackid(ctx, map, flags);
	ids.user = (__s32)bpf_get_stackid(ctx, map, flags | BPF_F_USER_STACK);
	return ids;
}

/* Frames, of what the helper says in bytes; its errors are negative. */
SKEP_INLINE_ int skep_stack_frames_(long bytes, __u32 each)
{
	int n = (int)bytes;

	return n < 0 ? n : (int)((__u32)n / each);
}

#define SKEP_STACK_COPY_(ctx, array, flags, is, sentence)                                          \
	(SKEP_REQUIRE_(!__builtin_types_compatible_p(typeof(array), typeof(&(array)[0])),          \
		       "skep: a stack is copied into an array, whose size says how much of it"),   \
	 SKEP_REQUIRE_(is, sentence),                                                              \
	 skep_stack_frames_(bpf_get_stack((ctx), (array), sizeof(array), (flags)),                 \
			    sizeof((array)[0])))
#define SKEP_ARE_ADDRESSES_(array)                                                                 \
	(SKEP_INTEGER_((array)[0]) == 3 && sizeof((array)[0]) == sizeof(__u64))
#define SKEP_NEED_ADDRESSES_ "skep: a stack is an array of __u64"
/** @endcond */

/**
 * Both stacks, as a struct skep_stack_ids of numbers in `map`, of SKEP_STACK_TRACE(). A stack has one
 * place there, by its hash: where another one has it, the number is -EEXIST. That is the likelier the
 * fuller the map, so give it several times as many entries as there are different stacks.
 * @kernel{4.6}
 */
#define skep_stack_ids(ctx, map)                                                                   \
	(SKEP_NEED_(map, SKEP_BIT_(STACK_TRACE), "skep: this is not a map of SKEP_STACK_TRACE()"), \
	 skep_stack_ids_((ctx), (map), 0))

/**
 * Copies the kernel's stack, innermost frame first, into an array of `__u64`, as deep as that is.
 * @return how many frames, the rest of the array stays as it was; or a negative errno
 * @kernel{4.18}
 */
#define skep_stack_copy(ctx, array)                                                                \
	SKEP_STACK_COPY_(ctx, array, 0, SKEP_ARE_ADDRESSES_(array), SKEP_NEED_ADDRESSES_)

/**
 * skep_stack_copy() of user space's stack; 0 or a negative errno in a kernel thread.
 * @kernel{4.18}
 */
#define skep_stack_copy_user(ctx, array)                                                           \
	SKEP_STACK_COPY_(ctx, array, BPF_F_USER_STACK, SKEP_ARE_ADDRESSES_(array),                 \
			 SKEP_NEED_ADDRESSES_)

/**
 * skep_stack_copy_user() as build ids and offsets, which mean something when the process is gone:
 * into an array of `struct bpf_stack_build_id`. A frame whose file has none, or is paged out, has
 * its address instead, and the status BPF_STACK_BUILD_ID_IP.
 * @kernel{4.18}
 */
#define skep_stack_copy_build_ids(ctx, array)                                                      \
	SKEP_STACK_COPY_(ctx, array, BPF_F_USER_STACK | BPF_F_USER_BUILD_ID,                       \
			 SKEP_SAME_(&(array)[0], (struct bpf_stack_build_id *)0),                  \
			 "skep: build ids are an array of struct bpf_stack_build_id")

#endif
