/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#if defined(SKEP_PORTABLE) && !defined(SKEP_PORTABLE_PART_)
#error "skep: of <skep/bpf/...> a portable program includes <skep/bpf/portable.h> and nothing else"
#endif
#ifndef SKEP_BPF_BOUND_H
#define SKEP_BPF_BOUND_H
/**
 * @file bpf/bound.h
 * Checks that the verifier sees: the answer to "unbounded memory access" and "min value is
 * negative".
 *
 * @code{.c}
 * #include <skep/bpf/core.h>
 * #include <skep/bpf/bound.h>
 *
 * static __u64 counts[100];
 *
 * SEC("raw_tp/sys_enter")
 * int on_enter(struct bpf_raw_tracepoint_args *ctx)
 * {
 *         __u64 nr = ctx->args[1];
 *
 *         if (!skep_bound(nr, 100))
 *                 return 0;
 *         counts[nr]++;                               // nr is 0 to 99, and the verifier knows it
 *         counts[skep_clamp(ctx->args[0], 0, 99)]++;
 *         return 0;
 * }
 * @endcode
 *
 * A plain `if (nr < 100)` says the same in C, and compilers know it: they check a copy of the number,
 * or half of it, or not at all where they have seen another check, and use the one that the
 * verifier knows nothing about. Here the checked number goes through an empty instruction that the
 * compiler may not look into, before the check and behind it. It costs nothing beyond the
 * comparison and one instruction; a number of 32 bits is widened, one or two more.
 */
#include <skep/bpf/base.h>

/* As 64 bits of the same sign. */
#define SKEP_WIDE_(x)      typeof((x) + 0LL)
#define SKEP_OPAQUE_(x)    asm volatile("" : "+r"(x))
/*
 * The same, and for the verifier no copy of another number any more: of those it narrows all at once,
 * and in 6.1 gets lost on ways that cannot be, where two of them were checked.
 */
#define SKEP_ALONE_(x)     asm volatile("%0 ^= 0" : "+r"(x))
#define SKEP_IS_NUMBER_(x) (SKEP_INTEGER_(x) != 0)

/**
 * Whether `i` is 0 or more and below `n`; from then on the verifier knows. False where `n` is 0 or
 * less.
 *
 * @param i an integer variable of the function's own: what lies in a map or a packet may change
 *          between the check and the use, so copy it first
 * @param n its bound, a constant, or a number that was checked by skep_bound() or skep_clamp(): of
 *          one that was compared by hand, too, the compiler may use a copy
 * @return 1 or 0
 * @kernel{any}
 */
#define skep_bound(i, n)                                                                           \
	({                                                                                         \
		(void)SKEP_REQUIRE_(SKEP_IS_NUMBER_(i), "skep: skep_bound() is for integers");     \
		__u64 skep_v_ = (__u64)(i);                                                        \
		SKEP_WIDE_(n) skep_most_ = (n);                                                    \
		int skep_in_ = 0;                                                                  \
                                                                                                   \
		SKEP_ALONE_(skep_v_);                                                              \
		if (skep_most_ > 0 && skep_v_ < (__u64)skep_most_) {                               \
			SKEP_OPAQUE_(skep_v_);                                                     \
			(i) = (typeof(i))skep_v_;                                                  \
			skep_in_ = 1;                                                              \
		}                                                                                  \
		skep_in_;                                                                          \
	})

/**
 * `x`, or the nearest number that is `lo` or more and `hi` or less; and the verifier knows. Compared
 * with the sign that `x` has.
 *
 * @param x  an integer
 * @param lo a constant, 0 or more where the result is an index
 * @param hi a constant, `lo` or more
 * @return the number, in 64 bits
 * @kernel{any}
 */
#define skep_clamp(x, lo, hi)                                                                      \
	({                                                                                         \
		(void)SKEP_REQUIRE_(SKEP_IS_NUMBER_(x), "skep: skep_clamp() is for integers");     \
		(void)SKEP_REQUIRE_((lo) <= (hi), "skep: lo is hi or less, both constants");       \
		(void)SKEP_REQUIRE_((lo) >= 0 || (SKEP_WIDE_(x)) - 1 < 1,                          \
				    "skep: an unsigned number is never below 0");                  \
		SKEP_WIDE_(x) skep_v_ = (x);                                                       \
                                                                                                   \
		SKEP_ALONE_(skep_v_);                                                              \
		if (skep_v_ < (SKEP_WIDE_(x))(lo))                                                 \
			skep_v_ = (lo);                                                            \
		if (skep_v_ > (SKEP_WIDE_(x))(hi))                                                 \
			skep_v_ = (hi);                                                            \
		SKEP_OPAQUE_(skep_v_);                                                             \
		skep_v_;                                                                           \
	})

/**
 * The lowest bits of `x`: `x` modulo `n`; and the verifier knows. One instruction, no branch.
 *
 * @param x an integer
 * @param n a constant power of two
 * @return a number below `n`
 * @kernel{any}
 */
#define skep_mask(x, n)                                                                            \
	({                                                                                         \
		(void)SKEP_REQUIRE_((n) > 0 && !((n) & ((n)-1)),                                   \
				    "skep: skep_mask() takes a constant power of two");            \
		__u64 skep_v_ = (__u64)(x);                                                        \
                                                                                                   \
		SKEP_OPAQUE_(skep_v_);                                                             \
		skep_v_ &= (__u64)(n)-1;                                                           \
		SKEP_OPAQUE_(skep_v_);                                                             \
		skep_v_;                                                                           \
	})

/**
 * `x`, of which the verifier knows nothing any more. It goes each way through a program that its numbers
 * differ in: where a loop can end with any of 64 numbers, all that stands behind it is walked 64
 * times. This makes one of them. Bound it again where it is an index. Two instructions.
 *
 * @param x a number below 1 << 32
 * @return the same number, a `__u32`
 * @kernel{any}
 */
SKEP_INLINE_ __u32 skep_forget(__u32 x)
{
	/* What is in the second half of a place on the stack is not followed. */
	struct {
		__u32 first;
		volatile __u32 second;
	} __attribute__((aligned(8))) place;

	place.second = x;
	return place.second;
}

#endif
