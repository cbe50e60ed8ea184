/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What ring.bpf.c and its tests share. */
#ifndef SKEP_TESTS_RING_RECORDS_H
#define SKEP_TESTS_RING_RECORDS_H

#include <skep/types.h>

/* How a block is left. */
enum way {
	WAY_END,
	WAY_CONTINUE,
	WAY_BREAK,
	WAY_RETURN,
	WAY_GOTO,
	WAY_NESTED,              /* an inner block, both to the end */
	WAY_NESTED_BREAK_INNER,  /* the inner one is given up */
	WAY_NESTED_RETURN_INNER, /* both are */
	WAYS,
};

#define RETURNED 7 /* what the program returns where it left by `return` */
#define OUTER    1000000

struct record {
	__u64 seq;
	__u32 way;
	__u32 check; /* seq * 3 + way: of one record, not of two */
};

struct byte_record {
	__u8 value;
};

/* 1,016 bytes: a 4 KiB ring has room for four of them with their headers. */
struct large_record {
	__u64 seq;
	__u8 bytes[1008];
};

struct huge_record {
	__u64 seq;
	__u8 bytes[65528];
};

struct odd_record {
	__u32 seq;
	__u8 bytes[2999];
} __attribute__((packed));

#define VAR_MOST 256

struct var_record {
	__u64 seq;
	__u32 asked;
	__u32 zero;
	__u8 tail[];
};

/* With a hole, which skep_emit_zeroed() must have cleared. */
struct holed_record {
	__u8 small;
	__u64 large;
	__u8 last;
};

#endif
