/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A map of every kind: each has a typed handle in the header that `skep gen` writes. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

struct key {
	__u32 from;
	__u16 port, zero;
};

struct part {
	__u8 a;
	__u32 b[2];
};

struct value {
	__u64 packets;
	struct part parts[3];
	union {
		__u32 number;
		__u8 bytes[4];
	};
	__u32 low : 5, high : 27;
	char name[16];
};

#define KIND(kind, name, K, V)                                                                     \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(max_entries, 8);                                                            \
		__type(key, K);                                                                    \
		__type(value, V);                                                                  \
	} name SEC(".maps")
#define KEYLESS(kind, name, V)                                                                     \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(max_entries, 8);                                                            \
		__type(value, V);                                                                  \
	} name SEC(".maps")
#define NUMBERED(kind, name)                                                                       \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(max_entries, 8);                                                            \
		__uint(key_size, 4);                                                               \
		__uint(value_size, 4);                                                             \
	} name SEC(".maps")
#define STORAGE(kind, name)                                                                        \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                              \
		__type(key, int);                                                                  \
		__type(value, struct value);                                                       \
	} name SEC(".maps")

KIND(BPF_MAP_TYPE_HASH, hash, struct key, struct value);
KIND(BPF_MAP_TYPE_ARRAY, array, __u32, struct value);
KIND(BPF_MAP_TYPE_LRU_HASH, lru_hash, struct key, __u64);
KIND(BPF_MAP_TYPE_PERCPU_HASH, percpu_hash, struct key, struct value);
KIND(BPF_MAP_TYPE_PERCPU_ARRAY, percpu_array, __u32, __u64);
KIND(BPF_MAP_TYPE_LRU_PERCPU_HASH, lru_percpu_hash, struct key, __s32);
KEYLESS(BPF_MAP_TYPE_QUEUE, queue, struct value);
KEYLESS(BPF_MAP_TYPE_STACK, stack, __u32);
KEYLESS(BPF_MAP_TYPE_BLOOM_FILTER, bloom, struct key);
NUMBERED(BPF_MAP_TYPE_DEVMAP, devmap);
NUMBERED(BPF_MAP_TYPE_DEVMAP_HASH, devmap_hash);
NUMBERED(BPF_MAP_TYPE_CPUMAP, cpumap);
NUMBERED(BPF_MAP_TYPE_XSKMAP, xskmap);
NUMBERED(BPF_MAP_TYPE_CGROUP_ARRAY, cgroups);
NUMBERED(BPF_MAP_TYPE_PERF_EVENT_ARRAY, perf_events);
NUMBERED(BPF_MAP_TYPE_PROG_ARRAY, programs);
KIND(BPF_MAP_TYPE_SOCKMAP, sockmap, __u32, __u64);
KIND(BPF_MAP_TYPE_SOCKHASH, sockhash, struct key, __u64);
KIND(BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, reuseport, __u32, __u64);
STORAGE(BPF_MAP_TYPE_SK_STORAGE, sk_storage);
STORAGE(BPF_MAP_TYPE_INODE_STORAGE, inode_storage);
STORAGE(BPF_MAP_TYPE_TASK_STORAGE, task_storage);
STORAGE(32, cgroup_storage); /* newer than some headers: BPF_MAP_TYPE_CGRP_STORAGE */

struct {
	__uint(type, 33); /* BPF_MAP_TYPE_ARENA */
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 8);
} arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 8);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct key);
	__type(value, __u32);
} trie SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 8);
	__uint(key_size, 4);
	__uint(value_size, 127 * sizeof(__u64));
} stacks SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, struct key);
	__type(value, struct part);
} inner_map SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner);
} array_of_maps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, struct key);
	__array(values, struct inner);
} hash_of_maps SEC(".maps");

struct {
	struct value (*type)[BPF_MAP_TYPE_USER_RINGBUF];
	int (*max_entries)[4096];
} user_ring SEC(".maps");

SKEP_RINGBUF(ring, struct key, 4096);

SEC("raw_tp")
int run(void *ctx)
{
	return 0;
}
