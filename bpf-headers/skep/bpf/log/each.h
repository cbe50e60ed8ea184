/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_LOG_EACH_H
#define SKEP_BPF_LOG_EACH_H
/**
 * @file bpf/log/each.h
 * A macro for each argument of another, with its number. Included by bpf/log.h.
 *
 * @code{.c}
 * #include <skep/bpf/log.h>
 *
 * #define MEMBER(i, x) int a##i;
 * struct pair {
 *         SKEP_LOG_EACH_(MEMBER, 1, 2)                     // int a0; int a1;
 * };
 * @endcode
 *
 * Costs nothing: the preprocessor's work.
 *
 * @kernel{any}
 */
#include <skep/bpf/base.h>

/** @cond */
/* clang-format off */
#define SKEP_LOG_0_(m)
#define SKEP_LOG_1_(m, a) m(0, a)
#define SKEP_LOG_2_(m, a, b) SKEP_LOG_1_(m, a) m(1, b)
#define SKEP_LOG_3_(m, a, b, c) SKEP_LOG_2_(m, a, b) m(2, c)
#define SKEP_LOG_4_(m, a, b, c, d) SKEP_LOG_3_(m, a, b, c) m(3, d)
#define SKEP_LOG_5_(m, a, b, c, d, e) SKEP_LOG_4_(m, a, b, c, d) m(4, e)
#define SKEP_LOG_6_(m, a, b, c, d, e, f) SKEP_LOG_5_(m, a, b, c, d, e) m(5, f)
#define SKEP_LOG_7_(m, a, b, c, d, e, f, g) SKEP_LOG_6_(m, a, b, c, d, e, f) m(6, g)
#define SKEP_LOG_8_(m, a, b, c, d, e, f, g, h) SKEP_LOG_7_(m, a, b, c, d, e, f, g) m(7, h)
#define SKEP_LOG_9_(m, a, b, c, d, e, f, g, h, i) SKEP_LOG_8_(m, a, b, c, d, e, f, g, h) m(8, i)
#define SKEP_LOG_10_(m, a, b, c, d, e, f, g, h, i, j) SKEP_LOG_9_(m, a, b, c, d, e, f, g, h, i) m(9, j)
#define SKEP_LOG_11_(m, a, b, c, d, e, f, g, h, i, j, k) \
	SKEP_LOG_10_(m, a, b, c, d, e, f, g, h, i, j) m(10, k)
#define SKEP_LOG_12_(m, a, b, c, d, e, f, g, h, i, j, k, l) \
	SKEP_LOG_11_(m, a, b, c, d, e, f, g, h, i, j, k) m(11, l)
#define SKEP_LOG_13_(m, ...) \
	_Static_assert(0, "skep: a message has at most 12 arguments");

/* The macro for so many arguments: each of them moves the names to the right by one. */
#define SKEP_LOG_PICK_(m, a, b, c, d, e, f, g, h, i, j, k, l, n, o, p, q, name, ...) name
#define SKEP_LOG_COUNT_(...) \
	SKEP_LOG_PICK_(0, ##__VA_ARGS__, SKEP_LOG_13_, SKEP_LOG_13_, SKEP_LOG_13_, SKEP_LOG_13_, \
		       SKEP_LOG_12_, SKEP_LOG_11_, SKEP_LOG_10_, SKEP_LOG_9_, SKEP_LOG_8_, \
		       SKEP_LOG_7_, SKEP_LOG_6_, SKEP_LOG_5_, SKEP_LOG_4_, SKEP_LOG_3_, SKEP_LOG_2_, \
		       SKEP_LOG_1_, SKEP_LOG_0_)
#define SKEP_LOG_CALL_(each, m, ...) each(m, ##__VA_ARGS__)
#define SKEP_LOG_EACH_(m, ...) SKEP_LOG_CALL_(SKEP_LOG_COUNT_(__VA_ARGS__), m, ##__VA_ARGS__)
/* clang-format on */
/** @endcond */

#endif
