/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TYPED_H
#define SKEP_TYPED_H
/**
 * @file typed.h
 * How the typed macros of map.h and ring.h check types: at compile time, with a sentence, and
 * without a trace at run time. Nothing here is called directly. C only.
 */
#include <skep/base.h>

/* A number per integer kind: 2 signed, 3 unsigned, 1 plain char, 0 no integer. */
/* clang-format off */
#define SKEP_INTEGER_(x)                                                                           \
	_Generic((x),                                                                              \
		char: 1,                                                                           \
		signed char: 2,                                                                    \
		unsigned char: 3,                                                                  \
		short: 2,                                                                          \
		unsigned short: 3,                                                                 \
		int: 2,                                                                            \
		unsigned int: 3,                                                                   \
		long: 2,                                                                           \
		unsigned long: 3,                                                                  \
		long long: 2,                                                                      \
		unsigned long long: 3,                                                             \
		default: 0)
/* clang-format on */

/*
 * Whether both point to one type. Integers of equal size and signedness count as one, because
 * the kernel's __u64 is not the libc's uint64_t.
 */
#define SKEP_SAME_(a, b)                                                                           \
	(__builtin_types_compatible_p(__typeof__(*(a)), __typeof__(*(b))) ||                       \
	 (SKEP_INTEGER_(*(a)) && SKEP_INTEGER_(*(a)) == SKEP_INTEGER_(*(b)) &&                     \
	  sizeof(*(a)) == sizeof(*(b))))

/* `pointer`, or a compile error that says `sentence` where it does not point to *tag. */
#define SKEP_CHECK_(tag, pointer, sentence)                                                        \
	((void)sizeof(struct {                                                                     \
		 _Static_assert(SKEP_SAME_(tag, pointer), sentence);                               \
		 int x_;                                                                           \
	 }),                                                                                       \
	 (pointer))

#endif
