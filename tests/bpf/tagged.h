/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What tagged.bpf.c and its tests share. */
#ifndef SKEP_TESTS_TAGGED_H
#define SKEP_TESTS_TAGGED_H

#include <skep/types.h>

enum tagged_tag {
	TAG_SMALL = 1,
	TAG_LARGE = 2,
	TAG_LAST = 63,
};

struct small_event {
	__u32 number;
};

struct large_event {
	__u64 number;
	__u8 bytes[240];
};

struct last_event {
	__u64 number;
	__u64 twice;
};

union tagged_event {
	struct small_event TAG_SMALL;
	struct large_event TAG_LARGE;
	struct last_event TAG_LAST;
};

#endif
