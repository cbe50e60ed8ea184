/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Congestion controls that are registered by links; the kernel takes only the first. */
#include "attach_struct_ops.h"

SKEP_LICENSE("GPL");

SEC(".struct_ops.link")
struct tcp_congestion_ops linked = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.init = (void *)init,
	.name = "skep_linked",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops same_name = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "skep_linked",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops nameless = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
};
