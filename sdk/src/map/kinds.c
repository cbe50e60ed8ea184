/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kinds of maps, and which handle each is used by. */
#include "map.h"

#include <linux/bpf.h>

/* Newer than the kernel headers of some: the numbers are the kernel's for good. */
enum {
	MAP_CGRP_STORAGE = 32,
	MAP_ARENA = 33,
};

#define KIND(number, access_, a, name_, handle_)                                                   \
	{                                                                                          \
		.type = BPF_MAP_TYPE_##number, .access = SKEP_ACCESS_##access_, .name = name_,     \
		.said = a " " name_, .handle = handle_, .kernel = "BPF_MAP_TYPE_" #number          \
	}

static const struct skep_map_kind kinds[] = {
	KIND(HASH, KEYED, "a", "hash", "SKEP_MAP(K, V)"),
	KIND(ARRAY, KEYED, "an", "array", "SKEP_MAP(__u32, V)"),
	KIND(LRU_HASH, KEYED, "an", "LRU hash", "SKEP_MAP(K, V)"),
	KIND(LPM_TRIE, KEYED, "an", "LPM trie", "SKEP_MAP(K, V)"),
	KIND(DEVMAP, KEYED, "a", "devmap", "SKEP_MAP(__u32, struct bpf_devmap_val)"),
	KIND(DEVMAP_HASH, KEYED, "a", "devmap hash", "SKEP_MAP(__u32, struct bpf_devmap_val)"),
	KIND(CPUMAP, KEYED, "a", "cpumap", "SKEP_MAP(__u32, struct bpf_cpumap_val)"),
	KIND(CGROUP_STORAGE, KEYED, "a", "cgroup storage (deprecated)",
	     "SKEP_MAP(struct bpf_cgroup_storage_key, V)"),
	KIND(PERCPU_HASH, PERCPU, "a", "per-CPU hash", "SKEP_PERCPU_MAP(K, V)"),
	KIND(PERCPU_ARRAY, PERCPU, "a", "per-CPU array", "SKEP_PERCPU_MAP(__u32, V)"),
	KIND(LRU_PERCPU_HASH, PERCPU, "a", "per-CPU LRU hash", "SKEP_PERCPU_MAP(K, V)"),
	KIND(PERCPU_CGROUP_STORAGE, PERCPU, "a", "per-CPU cgroup storage (deprecated)",
	     "SKEP_PERCPU_MAP(struct bpf_cgroup_storage_key, V)"),
	KIND(QUEUE, QUEUE, "a", "queue", "SKEP_QUEUE(V)"),
	KIND(STACK, QUEUE, "a", "stack", "SKEP_QUEUE(V)"),
	KIND(BLOOM_FILTER, BLOOM, "a", "bloom filter", "SKEP_BLOOM(V)"),
	KIND(ARRAY_OF_MAPS, NESTED, "an", "array of maps", "SKEP_MAP_OF_MAPS(__u32, INNER)"),
	KIND(HASH_OF_MAPS, NESTED, "a", "hash of maps", "SKEP_MAP_OF_MAPS(K, INNER)"),
	KIND(SOCKMAP, SOCKETS, "a", "sockmap", "SKEP_SOCKET_MAP(__u32)"),
	KIND(SOCKHASH, SOCKETS, "a", "sockhash", "SKEP_SOCKET_MAP(K)"),
	KIND(REUSEPORT_SOCKARRAY, SOCKETS, "a", "reuseport socket array", "SKEP_SOCKET_MAP(__u32)"),
	KIND(XSKMAP, FDS, "an", "xskmap", "SKEP_FD_MAP()"),
	KIND(CGROUP_ARRAY, FDS, "a", "cgroup array", "SKEP_FD_MAP()"),
	KIND(PERF_EVENT_ARRAY, FDS, "a", "perf event array", "SKEP_FD_MAP()"),
	KIND(PROG_ARRAY, PROGRAMS, "a", "program array", "SKEP_PROGRAM_ARRAY()"),
	KIND(SK_STORAGE, STORAGE, "a", "socket storage", "SKEP_STORAGE(V)"),
	KIND(INODE_STORAGE, STORAGE, "an", "inode storage", "SKEP_STORAGE(V)"),
	KIND(TASK_STORAGE, STORAGE, "a", "task storage", "SKEP_STORAGE(V)"),
	{ MAP_CGRP_STORAGE, SKEP_ACCESS_STORAGE, "cgroup storage", "a cgroup storage",
	  "SKEP_STORAGE(V)", "BPF_MAP_TYPE_CGRP_STORAGE" },
	KIND(STACK_TRACE, STACKS, "a", "stack trace map", "SKEP_STACKS()"),
	KIND(USER_RINGBUF, USER_RING, "a", "user ring buffer", "SKEP_USER_RING(T)"),
	KIND(RINGBUF, RING, "a", "ring buffer", "SKEP_RING(T)"),
	{ MAP_ARENA, SKEP_ACCESS_ARENA, "arena", "an arena", "SKEP_ARENA()", "BPF_MAP_TYPE_ARENA" },
	KIND(STRUCT_OPS, STRUCT_OPS, "a", "struct_ops", "skep_attach_struct_ops()"),
};

const struct skep_map_kind *skep_map_kind(uint32_t type)
{
	static const struct skep_map_kind unknown = { 0,
						      SKEP_ACCESS_ANY,
						      "map of unknown kind",
						      "a map of unknown kind",
						      "skep_map_fd()",
						      NULL };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return &unknown;
}
