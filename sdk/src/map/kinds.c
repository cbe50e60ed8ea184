/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kinds of maps, and which handle each is used by. */
#include "map.h"

#include <linux/bpf.h>

/* Newer than the kernel headers of some: the numbers are the kernel's for good. */
enum {
	MAP_CGRP_STORAGE = 32,
	MAP_ARENA = 33,
};

#define KIND(number, access_, name_, handle_)                                                      \
	{                                                                                          \
		.type = BPF_MAP_TYPE_##number, .access = SKEP_ACCESS_##access_, .name = name_,     \
		.handle = handle_, .kernel = "BPF_MAP_TYPE_" #number                               \
	}

static const struct skep_map_kind kinds[] = {
	KIND(HASH, KEYED, "hash", "SKEP_MAP(K, V)"),
	KIND(ARRAY, KEYED, "array", "SKEP_MAP(__u32, V)"),
	KIND(LRU_HASH, KEYED, "LRU hash", "SKEP_MAP(K, V)"),
	KIND(LPM_TRIE, KEYED, "LPM trie", "SKEP_MAP(K, V)"),
	KIND(DEVMAP, KEYED, "devmap", "SKEP_MAP(__u32, struct bpf_devmap_val)"),
	KIND(DEVMAP_HASH, KEYED, "devmap hash", "SKEP_MAP(__u32, struct bpf_devmap_val)"),
	KIND(CPUMAP, KEYED, "cpumap", "SKEP_MAP(__u32, struct bpf_cpumap_val)"),
	KIND(CGROUP_STORAGE, KEYED, "cgroup storage (deprecated)",
	     "SKEP_MAP(struct bpf_cgroup_storage_key, V)"),
	KIND(PERCPU_HASH, PERCPU, "per-CPU hash", "SKEP_PERCPU_MAP(K, V)"),
	KIND(PERCPU_ARRAY, PERCPU, "per-CPU array", "SKEP_PERCPU_MAP(__u32, V)"),
	KIND(LRU_PERCPU_HASH, PERCPU, "per-CPU LRU hash", "SKEP_PERCPU_MAP(K, V)"),
	KIND(PERCPU_CGROUP_STORAGE, PERCPU, "per-CPU cgroup storage (deprecated)",
	     "SKEP_PERCPU_MAP(struct bpf_cgroup_storage_key, V)"),
	KIND(QUEUE, QUEUE, "queue", "SKEP_QUEUE(V)"),
	KIND(STACK, QUEUE, "stack", "SKEP_QUEUE(V)"),
	KIND(BLOOM_FILTER, BLOOM, "bloom filter", "SKEP_BLOOM(V)"),
	KIND(ARRAY_OF_MAPS, NESTED, "array of maps", "SKEP_MAP_OF_MAPS(__u32, INNER)"),
	KIND(HASH_OF_MAPS, NESTED, "hash of maps", "SKEP_MAP_OF_MAPS(K, INNER)"),
	KIND(SOCKMAP, SOCKETS, "sockmap", "SKEP_SOCKET_MAP(__u32)"),
	KIND(SOCKHASH, SOCKETS, "sockhash", "SKEP_SOCKET_MAP(K)"),
	KIND(REUSEPORT_SOCKARRAY, SOCKETS, "reuseport socket array", "SKEP_SOCKET_MAP(__u32)"),
	KIND(XSKMAP, FDS, "xskmap", "SKEP_FD_MAP()"),
	KIND(CGROUP_ARRAY, FDS, "cgroup array", "SKEP_FD_MAP()"),
	KIND(PERF_EVENT_ARRAY, FDS, "perf event array", "SKEP_FD_MAP()"),
	KIND(PROG_ARRAY, PROGRAMS, "program array", "SKEP_PROGRAM_ARRAY()"),
	KIND(SK_STORAGE, STORAGE, "socket storage", "SKEP_STORAGE(V)"),
	KIND(INODE_STORAGE, STORAGE, "inode storage", "SKEP_STORAGE(V)"),
	KIND(TASK_STORAGE, STORAGE, "task storage", "SKEP_STORAGE(V)"),
	{ MAP_CGRP_STORAGE, SKEP_ACCESS_STORAGE, "cgroup storage", "SKEP_STORAGE(V)",
	  "BPF_MAP_TYPE_CGRP_STORAGE" },
	KIND(STACK_TRACE, STACKS, "stack trace map", "SKEP_STACKS()"),
	KIND(USER_RINGBUF, USER_RING, "user ring buffer", "SKEP_USER_RING(T)"),
	KIND(RINGBUF, RING, "ring buffer", "SKEP_RING(T)"),
	{ MAP_ARENA, SKEP_ACCESS_ARENA, "arena", "SKEP_ARENA()", "BPF_MAP_TYPE_ARENA" },
	KIND(STRUCT_OPS, STRUCT_OPS, "struct_ops", "skep_attach()"),
};

const struct skep_map_kind *skep_map_kind(uint32_t type)
{
	static const struct skep_map_kind unknown = { 0, SKEP_ACCESS_ANY, "map of unknown kind",
						      "skep_map_fd()", NULL };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return &unknown;
}
