/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOOP_H
#define SKEP_BPF_LOOP_H
/**
 * @file bpf/loop.h
 * Loops that every kernel's verifier accepts.
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/loop.h>
 *
 * static __u64 table[1000], seen;
 * SKEP_LICENSE("GPL");
 *
 * SEC("raw_tp/sys_enter")
 * int find(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         skep_for(i, 0, ctx->args[1], 1000) {
 *                 if (table[i] == ctx->args[0])
 *                         return 1;                  // break, continue and goto work, too
 *                 seen++;
 *         }
 *         return 0;
 * }
 * @endcode
 *
 * Which one:
 * - skep_for(): a body in place, a bound that is known when it is compiled. Up to some thousands
 *   of rounds; millions with iterators.
 * - skep_loop_n(): a function for each round, up to 8,388,608 of them.
 * - skep_for_each() of bpf/map.h: a function for each entry of a map (5.13).
 * - SKEP_PIPELINE(): what is too large for one program goes on in another.
 *
 * What it costs: skep_for() is a plain loop, of four instructions a round beside the body, and the
 * verifier walks each round: rounds times instructions of the body must stay below its million.
 *
 * `#define SKEP_WITH_ITERATORS` before the first header: where the kernel has iterators (6.4) a round is a
 * call, and the verifier looks at the body a few times, however long the loop is; on older kernels the same
 * object has the plain loop. Which of both is decided when the program is loaded, from the kernel's BTF;
 * the other one is dead code then, which the kernel cuts out. Not without being asked, because:
 *
 * - iterators are kfuncs: for programs under a GPL-compatible licence only, where the kernel has BTF and
 *   the processor's JIT can call them
 * - a round costs a call more
 * - of a loop inside of another the verifier forgets, between rounds of the inner one, how large numbers
 *   of the outer one are: check those again there, by skep_bound() or `&`
 *
 * skep_loop_n() asks the kernel's BTF for bpf_loop(). With `#define SKEP_NO_CORE` it does without, as
 * bpf/time.h and bpf/shim.h do: every newer helper is then one that is missing.
 */
#include <skep/bpf/bound.h>
#include <skep/bpf/map/programs.h>

#if defined(SKEP_WITH_ITERATORS) && defined(SKEP_NO_CORE)
#error "skep: iterators are asked from the kernel's BTF: SKEP_NO_CORE excludes SKEP_WITH_ITERATORS"
#endif
#if !defined(SKEP_WITH_ITERATORS)
struct skep_iter_num_ {
	__u64 none;
};
#else
#include <bpf/bpf_core_read.h>
/* Whether the kernel has them is a number that the loader writes. */
struct bpf_iter_num___skep {
	__u64 opaque[1];
} __attribute__((aligned(8)));
#define SKEP_ITERATORS_ bpf_core_type_exists(struct bpf_iter_num___skep)
#define skep_iter_num_  bpf_iter_num___skep

#ifdef bpf_for /* libbpf 1.2 and newer have declared the kfuncs */
#if !defined(__VMLINUX_H__)
#include <linux/version.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
struct bpf_iter_num {
	__u64 opaque[1];
} __attribute__((aligned(8)));
#endif
#endif
#define SKEP_ITER_(it) ((struct bpf_iter_num *)(it))
#else
extern int bpf_iter_num_new(struct bpf_iter_num___skep *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num___skep *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num___skep *it) __weak __ksym;
#define SKEP_ITER_(it) (it)
#endif
#endif

/* A number without a sign is never below 0, however large it is. */
#define SKEP_FOR_CUT_(n, max) skep_for_cut_((__u64)(n), (SKEP_WIDE_(n)) - 1 < 1, (max))

SKEP_INLINE_ __u64 skep_for_cut_(__u64 n, bool is_signed, __u64 max)
{
	if (__builtin_constant_p(n))
		return is_signed && (__s64)n < 0 ? 0 : n > max ? max : n;
	SKEP_OPAQUE_(n);
	if (is_signed && (__s64)n < 0)
		return 0;
	if (n > max)
		n = max;
	/* Another number than the caller's, of which a plain loop would teach the verifier a new bound
	 * each round: then each way out of the loop is another to what stands behind it. */
	return skep_forget((__u32)n);
}

#ifndef SKEP_WITH_ITERATORS
SKEP_INLINE_ void skep_for_end_(__attribute__((unused)) struct skep_iter_num_ *it)
{
}

/* Whether there is a round, and its number, which the verifier has seen to be below `max`. */
SKEP_INLINE_ int skep_for_next_(__u64 *i, __u64 *next, __u64 to, __u64 max)
{
	__u64 now = *next;

	SKEP_OPAQUE_(now);
	if (now >= to || now >= max)
		return 0;
	SKEP_OPAQUE_(now);
	*next = now + 1;
	*i = now;
	return 1;
}

#define SKEP_FOR_FIRST_(i)   1
#define SKEP_FOR_ON_(i, max) skep_for_next_(&i, &skep_next_##i, skep_to_##i, (max))
#define SKEP_FOR_ANOTHER_(i) 1
#else
SKEP_INLINE_ void skep_for_end_(struct skep_iter_num_ *it)
{
	if (SKEP_ITERATORS_)
		bpf_iter_num_destroy(SKEP_ITER_(it));
}

SKEP_INLINE_ void skep_for_begin_(struct skep_iter_num_ *it, __u64 from, __u64 to)
{
	if (SKEP_ITERATORS_)
		bpf_iter_num_new(SKEP_ITER_(it), (int)from, (int)(from > to ? from : to));
}

/*
 * Whether there is another round, and its number. Both ways meet before the answer is tested, and the
 * compiler may not look into it: so the jump back to the body is a conditional one. 6.1 takes
 * no loop that reaches its beginning again by falling into it, without a jump ("back-edge").
 */
SKEP_INLINE_ int skep_for_next_(struct skep_iter_num_ *it, __u64 *i, __u64 *next, __u64 to)
{
	__u64 now = *next;
	int on = 0;

	if (SKEP_ITERATORS_) {
		int *number = bpf_iter_num_next(SKEP_ITER_(it));

		if (number) {
			now = *(volatile __u32 *)number;
			on = 1;
		}
	} else if (now < to) {
		*next = now + 1;
		on = 1;
	}
	*i = now;
	SKEP_OPAQUE_(*i);
	SKEP_OPAQUE_(on);
	return on;
}

#define SKEP_FOR_ANOTHER_(i) skep_for_next_(&skep_it_##i, &i, &skep_next_##i, skep_to_##i)
#define SKEP_FOR_FIRST_(i)                                                                         \
	(skep_for_begin_(&skep_it_##i, skep_next_##i, skep_to_##i), SKEP_FOR_ANOTHER_(i))
/* The check that the verifier sees, of the very number that the body has. */
#define SKEP_FOR_ON_(i, max)                                                                       \
	({                                                                                         \
		int skep_below_ = (i) < (max);                                                     \
                                                                                                   \
		if (skep_below_)                                                                   \
			SKEP_OPAQUE_(i);                                                           \
		skep_below_;                                                                       \
	})
#endif

/**
 * A loop over the numbers from `from` on and below `to`, and in any case below `max`: what the
 * verifier knows of `i`, so that it indexes an array of `max` entries without another check.
 * `break`, `continue`, `return` and `goto` in its body do what they do in C.
 *
 * @param i    the name of the number inside the body, a `__u64`; what the body assigns to it does
 *             not change the loop
 * @param from evaluated once, an integer; below 0, which only a signed one is, is 0
 * @param to   evaluated once, an integer, may be unknown; more than `max` is `max`, below 0 no round
 * @param max  a constant, 1 to 2,147,483,647
 * @kernel{5.3, for plain loops}
 */
#define skep_for(i, from, to, max)                                                                 \
	for (struct skep_iter_num_ skep_it_##i __attribute__((cleanup(skep_for_end_))),            \
	     *skep_once_##i = (SKEP_CHECK_MAX_(max), &skep_it_##i);                                \
	     skep_once_##i; skep_once_##i = 0)                                                     \
		for (__u64 i = 0, skep_next_##i = SKEP_FOR_CUT_((from), (max)),                    \
			   skep_to_##i = SKEP_FOR_CUT_((to), (max)),                               \
			   skep_on_##i = SKEP_FOR_FIRST_(i);                                       \
		     skep_on_##i && SKEP_FOR_ON_(i, max); skep_on_##i = SKEP_FOR_ANOTHER_(i))

#define SKEP_CHECK_MAX_(max)                                                                       \
	SKEP_REQUIRE_((max) > 0 && (max) <= 0x7fffffff,                                            \
		      "skep: the most rounds of a loop are a constant from 1 to 2,147,483,647")

/** How many rounds of skep_loop_n() there are at most where the kernel has no bpf_loop(). */
#ifndef SKEP_LOOP_PLAIN_MOST
#define SKEP_LOOP_PLAIN_MOST 1024
#endif
/** How many rounds of skep_loop_n() there are at most. */
#define SKEP_LOOP_MOST (1U << 23)

/** @cond */
#if defined(SKEP_NO_CORE)
#define SKEP_HAS_LOOP_ 0
#else
#include <bpf/bpf_core_read.h>
enum bpf_func_id___skep_loop {
	BPF_FUNC_loop___skep_loop = 181,
};
#define SKEP_HAS_LOOP_                                                                             \
	bpf_core_enum_value_exists(enum bpf_func_id___skep_loop, BPF_FUNC_loop___skep_loop)
#endif
/** @endcond */

/* A macro, since it calls `fn`; `plain` is for kernels without bpf_loop(). */
#define SKEP_LOOP_PLAIN_(n, fn, ctx)                                                               \
	({                                                                                         \
		__u64 skep_round_ = 0;                                                             \
		_Pragma("clang loop unroll(disable)") while (skep_round_ < SKEP_LOOP_PLAIN_MOST && \
							     skep_round_ < (n))                    \
		{                                                                                  \
			if (fn((__u32)skep_round_++, (ctx)))                                       \
				break;                                                             \
			SKEP_OPAQUE_(skep_round_);                                                 \
		}                                                                                  \
		(long)skep_round_;                                                                 \
	})

/**
 * Calls `static long fn(__u32 round, C *ctx)` for the rounds 0 to `n` - 1, until it returns 1. The
 * verifier looks at `fn` once. Where the kernel has no bpf_loop() the rounds are a plain loop, of
 * SKEP_LOOP_PLAIN_MOST at most.
 *
 * @param n    how many rounds, may be unknown
 * @param fn   a static function, by name, that returns 0, or 1 to stop
 * @param ctx  a `C *`: what the function sees of its caller
 * @return how many rounds there were, or -E2BIG, without one, for more than SKEP_LOOP_MOST or, on
 *         such a kernel, than SKEP_LOOP_PLAIN_MOST
 * @kernel{5.17, for the helper; below it plain, from 5.13}
 */
#define skep_loop_n(n, fn, ctx)                                                                    \
	({                                                                                         \
		__u64 skep_n_ = (n);                                                               \
		long skep_done_ = -7; /* E2BIG */                                                  \
                                                                                                   \
		(void)SKEP_REQUIRE_(                                                               \
			__builtin_types_compatible_p(typeof(fn), long(__u32, typeof(ctx))),        \
			"skep: this function is not long fn(__u32, C *) for this context");        \
		if (skep_n_ <= SKEP_LOOP_MOST) {                                                   \
			if (SKEP_HAS_LOOP_)                                                        \
				skep_done_ = bpf_loop((__u32)skep_n_, fn, (ctx), 0);               \
			else if (skep_n_ <= SKEP_LOOP_PLAIN_MOST)                                  \
				skep_done_ = SKEP_LOOP_PLAIN_(skep_n_, fn, ctx);                   \
		}                                                                                  \
		skep_done_;                                                                        \
	})

/**
 * Programs that go on in each other, for what is too large for one: each has the verifier's million
 * for itself. `SKEP_PIPELINE(stages, struct xdp_md, 2, [0] = &parse, [1] = &count);` after
 * `extern int parse(struct xdp_md *);` and so on. Up to 33 steps; the first program is one of the
 * user's own, that goes to a stage by skep_pipeline_go(). In user space keep the object open: the
 * kernel empties the array when nobody has it. What a stage has to tell the next is in a map or in
 * the packet: the stack is gone.
 *
 * @param name the array's name
 * @param CTX  the type of the programs' context
 * @param n    how many stages
 * @param ...  `[NUMBER] = &program` for each; all are of the same type of program
 * @kernel{4.2}
 */
#define SKEP_PIPELINE(name, CTX, n, ...) SKEP_PROG_ARRAY(name, CTX, n) SKEP_VALUES(__VA_ARGS__)

/**
 * Goes on in stage `n` of the pipeline, and does not come back; where there is no such stage, or after
 * 33 steps, the statement behind it runs. Not inside of a block of skep_emit() or skep_scratch():
 * the block would never end.
 * @kernel{4.2}
 */
#define skep_pipeline_go(ctx, pipeline, n) skep_tail_call(ctx, pipeline, n)

#endif
