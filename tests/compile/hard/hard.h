/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A header that both sides include, with all that makes it hard to see what it defines. */
#ifndef HARD_H
#define HARD_H
#include <skep/types.h>
#include "nested.h" /* which includes this one again */

/* struct in_comment { int a; }; */
// struct in_line_comment { int a; };
#define OPENING "/* no comment begins here"
#define NOT_A_TYPE(x)                                                                              \
	struct x {                                                                                 \
		int not_a_type;                                                                    \
	}
#define NOR_THIS                                                                                   \
	struct in_macro {                                                                          \
		int a;                                                                             \
	}

#if 0
struct never { int a; };
#elif defined(__bpf__)
struct bpf_only {
	__u32 value;
	__u64 stamp;
};
#else
struct user_only {
	int different;
};
#endif
#ifndef __bpf__
struct user_too {
	int different;
};
#else
struct bpf_too {
	__u32 value;
};
#endif

#define PACKED  __attribute__((packed))
#define ALIGNED __attribute__((aligned(8)))
struct __attribute__((packed)) attribute_first {
	__u8 a;
	__u64 b;
};
struct PACKED macro_first {
	__u8 a;
	__u32 b;
};
typedef struct {
	__u8 a;
	__u16 b;
} __attribute__((packed)) attribute_between;
typedef struct {
	__u8 a;
	__u64 b;
} attribute_last __attribute__((aligned(16)));
typedef struct {
	__u8 a;
	__u32 b;
} macro_last ALIGNED;
typedef struct two_names {
	__u32 a;
} two_names_t, *two_names_p;
typedef int (*callback_t)(int left, char right);
typedef __u32 address_t;
typedef address_t chain_a;
typedef chain_a chain_b;
typedef chain_b route_t[2];
enum shared_enum {
	SHARED_ONE = 1,
	SHARED_TWO
};

/* Everything above, by value, in a type of which the layout is asserted. */
struct shared_all {
	struct attribute_first first;
	struct macro_first macro;
	attribute_between between;
	attribute_last last;
	macro_last macro_l;
	two_names_t two;
	route_t route;
	struct nested inner;
	enum shared_enum kind;
	struct {
		__u32 x;
	} inline_struct;
};

/* Records of several types, some without a name. */
enum hard_kind {
	KIND_ALL = 2,
	KIND_TEXT,
	KIND_NUMBER = 63,
	KIND_PAIR = 5,
	KIND_NEVER = 40
};
typedef union {
	struct nested KIND_ALL;
	char KIND_TEXT[16];
	__u64 KIND_NUMBER;
	struct {
		__u16 a;
		__u64 b;
	} KIND_PAIR;
	struct two_names KIND_NEVER;
} hard_kinds;

#endif
