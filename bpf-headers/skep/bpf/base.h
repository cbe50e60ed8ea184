/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_BASE_H
#define SKEP_BPF_BASE_H
/**
 * @file bpf/base.h
 * What every BPF-side header builds on: the kernel's types and libbpf's helpers.
 *
 * With `#include "vmlinux.h"` before it, types come from there; without, from the UAPI headers.
 */
#ifdef SKEP_USER_SIDE
#error "skep: <skep/bpf/...> is for BPF programs; user space includes <skep/...>"
#endif
#define SKEP_BPF_SIDE 1

#ifndef __VMLINUX_H__
#include <linux/bpf.h>
#include <stdbool.h>
#endif
#include <bpf/bpf_helpers.h>
#include <skep/types.h>

/** The program's licence, which decides what helpers it may call: `SKEP_LICENSE("GPL");` */
#define SKEP_LICENSE(text) char _license[] SEC("license") = text

#define SKEP_INLINE_ static __always_inline

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
 * True where both point to the same type, const or not. Integers of equal size and signedness
 * count as one: `unsigned long` is a __u64 here, and another type to the compiler.
 */
#define SKEP_SAME_(a, b)                                                                           \
	(__builtin_types_compatible_p(typeof(*(a)), typeof(*(b))) ||                               \
	 (SKEP_INTEGER_(*(a)) && SKEP_INTEGER_(*(a)) == SKEP_INTEGER_(*(b)) &&                     \
	  sizeof(*(a)) == sizeof(*(b))))

/* Nothing, or a compile error that says `sentence`. */
#define SKEP_REQUIRE_(is, sentence)                                                                \
	((void)sizeof(struct {                                                                     \
		_Static_assert(is, sentence);                                                      \
		int x_;                                                                            \
	}))

/* `pointer`, or a compile error that says `sentence` where it does not point to *tag. */
#define SKEP_CHECK_(tag, pointer, sentence)                                                        \
	(SKEP_REQUIRE_(SKEP_SAME_(tag, pointer), sentence), (pointer))

#endif
