/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef TESTS_BPF_TRACE_H
#define TESTS_BPF_TRACE_H
#include <skep/types.h>

/* What a probe was given: each argument as the program saw it, widened. */
struct seen_args {
	__u64 calls;
	__s64 arg[12];
	__s64 result;
};

struct seen_stack {
	__s32 kernel_id, user_id;
	__s32 kernel_frames, user_frames, build_ids;
	__u32 build_id_status;
	__u64 kernel[32];
	__u64 user[32];
};
#endif
