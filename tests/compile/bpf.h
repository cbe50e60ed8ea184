/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of bpf.cases stand on. */
#include <skep/bpf/core.h>
#include <skep/bpf/large.h>
#include <skep/bpf/scratch.h>

struct key {
	__u32 address;
	__u16 port;
};
struct value {
	__u64 packets;
};
struct record {
	__u32 pid;
	char comm[SKEP_COMM_BYTES];
};
struct varied {
	__u32 pid;
	char text[];
};

SKEP_HASH(map, struct key, struct value, 64);
SKEP_ARRAY(numbers, __u64, 64);
SKEP_RINGBUF(ring, struct record, 4096);
SKEP_RINGBUF_VAR(varied, struct varied, 64, 1 << 16);
SKEP_SCRATCH(texts, struct record);
SKEP_LICENSE("GPL");

void *context(void);
