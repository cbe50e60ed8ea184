/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types that the generator is not told of; test_layout.c compares them with what it writes. */
#ifndef HARD_TYPES_H
#define HARD_TYPES_H

enum big_enum {
	BIG = 0x100000000ull
};
enum negative_enum {
	MINUS = -5,
	PLUS = 5
};
typedef struct {
	__u32 number;
	__u8 tail;
} only_typedef;
typedef only_typedef again;
typedef again table[2][3];
struct forward;
typedef int (*handler)(struct forward *f, int x);

struct bits {
	__u32 a : 3;
	__u32 b : 30; /* does not fit into the first unit */
	__u64 c : 40;
	__u8 d : 1;
	__u32 : 0;
	__u32 e : 5;
	__u32 : 7; /* a gap that BTF does not tell */
	__u32 f : 4;
	_Bool flag : 1;
	__s16 g : 9;
	enum negative_enum h : 6;
	__u64 behind;
};
struct __attribute__((packed)) packed_bits {
	__u32 a : 3;
	__u32 b : 30;
	__u8 whole;
	__u64 far;
};
struct __attribute__((packed)) packed {
	__u8 a;
	__u32 b;
	struct {
		__u8 in_a;
		__u16 in_b;
	} __attribute__((packed)) inner;
	__u64 c[2];
};
struct holds_packed {
	__u8 before;
	struct packed p;
	__u16 after;
	struct packed many[2];
};
struct __attribute__((aligned(64))) aligned {
	__u8 a;
	__u32 b __attribute__((aligned(16)));
};
struct holds_aligned {
	__u8 a;
	struct aligned inner;
	__u8 b;
};
union choice {
	__u8 byte;
	struct {
		__u32 left;
		__u64 right;
	};
	struct {
		__u16 x, y;
	} named;
	char text[17];
} __attribute__((aligned(32)));
struct keywords {
	__u32 class, new, delete, template, this, namespace, private, operator, and_eq, typename;
	__u32 linux, unix, errno, static_cast, co_await;
};
struct pointers {
	void *nothing;
	struct forward *forward;
	handler call;
	int (*table[3])(int);
	const char *const *strings;
};
struct everything {
	struct bits bits;
	struct packed_bits packed_bits;
	struct holds_packed holds_packed;
	struct holds_aligned holds_aligned;
	union choice choice;
	struct keywords keywords;
	struct pointers pointers;
	enum big_enum big;
	enum negative_enum negative;
	__int128 wide;
	unsigned __int128 uwide;
	_Bool yes, no[3];
	table grid;
	char names[2][3][4];
	struct {
		__u8 a;
		struct {
			__u32 deep;
			__u8 deeper;
		};
		union {
			__u64 one;
			__u8 two;
		} list[2];
	} anonymous;
	struct {
		__u8 pad_me;
		__u64 in_place;
	};
	struct shared_all shared;
	struct bpf_only for_bpf;
	struct bpf_too for_bpf_too;
	struct in_comment_too {
		int a;
	} comment;
	long last_with_a_name_of_one_hundred_letters_which_nobody_would_write_but_a_generator_may_well_do_at_times;
};
struct in_macro {
	__u64 other_than_in_the_macro;
};
struct variable {
	__u32 count;
	__u16 rows[][2];
};
typedef char line[16];

#endif
