/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of portable.cases stand on. */
#include <skep/bpf/portable.h>

struct record {
	__u32 a, b;
};

SKEP_HASH(map, __u32, __u64, 64);
SKEP_PERCPU_ARRAY(numbers, __u64, 4);
SKEP_RINGBUF(ring, struct record, 4096);
SKEP_PERF_EVENT_ARRAY(events, 64);
SKEP_LICENSE("GPL");

struct skep_xdp_md *packet(void);
struct skep_sock_addr *connection(void);
struct skep_sock_ops *socket(void);
