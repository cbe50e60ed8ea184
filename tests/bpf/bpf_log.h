/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef TESTS_BPF_LOG_H
#define TESTS_BPF_LOG_H
#include <skep/types.h>

enum colour {
	COLOUR_RED,
	COLOUR_GREEN = 7,
	COLOUR_BLUE = -2
};

struct flow {
	__u32 address;
	__u16 port;
	__u8 flags : 3;
	enum colour colour;
};

union either {
	__u32 number;
	__u8 bytes[4];
};

struct large {
	__u32 number;
	struct {
		__u16 port;
		__u8 mac[6];
	} at;
	enum colour colour;
	char name[8];
	__u64 numbers[3];
	int small : 3, wide : 5;
};

struct bits {
	int small : 4;
	unsigned int large : 9;
};
#endif
