/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types of every shape that both sides may share. */
#ifndef SKEP_TESTS_SHAPES_H
#define SKEP_TESTS_SHAPES_H

#include <skep/types.h>

/* C++ has no flexible arrays; its compilers have, and warn. */
#if defined(__cplusplus) && !defined(__BPF__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wc99-extensions"
#endif
#endif

/* struct in_comment { int not_a_type; }; */
enum colour {
	RED,
	GREEN = 7,
	BLUE = -1
};

typedef __u32 address;

typedef struct {
	__u16 low, high;
} pair_t;

struct inner {
	__u8 a;
	__u32 b;
};

struct shape {
	__u64 first;
	enum colour colour;
	address from, to;
	pair_t pair;
	struct inner inner;
	struct inner table[2][3];
	union {
		__u32 number;
		__u8 bytes[4];
	};
	struct {
		__u16 x, y;
	} point;
	__extension__ struct {
		__u32 hidden;
	};
	__u32 bits : 3, more_bits : 13;
	__u8 flag;
	char text[SKEP_COMM_BYTES];
	const char *pointer;
	__s8 small;
	__s64 last;
};

struct tight {
	__u8 tag;
	__u64 value;
	__u16 end;
} __attribute__((packed));

struct tail {
	__u32 length;
	__u32 kind;
	__u8 data[];
};

union either {
	__u64 number;
	struct inner inner;
	char text[12];
};

#if defined(__cplusplus) && !defined(__BPF__)
#pragma GCC diagnostic pop
#endif

#endif
