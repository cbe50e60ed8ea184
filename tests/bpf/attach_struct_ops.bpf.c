/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A congestion control that is registered without a link. */
#include "attach_struct_ops.h"

SKEP_LICENSE("GPL");

SEC(".struct_ops")
struct tcp_congestion_ops plain = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.init = (void *)init,
	.name = "skep_plain",
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} other SEC(".maps");
