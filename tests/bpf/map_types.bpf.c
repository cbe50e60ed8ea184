/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps of yesterday, and with NEW of today. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct flow {
	__u32 from;
	__u16 port; /* and two bytes of padding */
	__u32 to;
};

struct part {
	__u16 size;
	__s32 weight;
};

#ifdef NEW
struct count {
	__u64 bytes; /* moved, and wider */
	__u32 errors;
	__u8 packets; /* narrower */
	__s16 balance;
	struct part parts[3];
	char name[24];
	__u32 low : 12, high : 4;
	double ratio;
	__u64 added;
};
#else
struct count {
	__u64 packets;
	__u32 bytes;
	__u32 gone;
	__s64 balance;
	struct part parts[2];
	char name[16];
	__u32 errors;
	__u32 low : 5, high : 27;
	float ratio;
};
#endif

#ifndef ENTRIES
#define ENTRIES 64
#endif

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ENTRIES);
	__type(key, struct flow);
	__type(value, struct count);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, struct count);
} per_cpu SEC(".maps");

SKEP_ARRAY(slots, __u64, 4);

SKEP_HASH(by_name, __u32, __u64, 8, SKEP_MAP_PINNED);

SEC("raw_tp")
int touch(void *ctx)
{
	struct flow flow = {};

	return skep_map_get(&flows, &flow) != 0;
}
