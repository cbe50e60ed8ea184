/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef CPP_TYPES_H
#define CPP_TYPES_H
#include <skep/types.h>

struct cpp_value {
	__u64 count;
};

struct cpp_event {
	__u32 number;
};

struct cpp_timed {
	__u64 time;
	__u32 number;
};

#endif
