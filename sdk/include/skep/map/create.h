/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_CREATE_H
#define SKEP_MAP_CREATE_H
/**
 * @file map/create.h
 * Maps made from user space, without an object. Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 *
 * flow_map flows;
 *
 * if (skep_map_new(&flows, SKEP_MAP_TYPE_HASH, "flows", 1024, NULL))
 *         return skep_perror("flows");
 * @endcode
 *
 * For the inner maps of maps of maps, for maps that are pinned for others, and for tests. It costs
 * one system call and what the kernel's memory costs. A map that is pinned for others is better
 * made by skep_map_new_typed(): without types its fields can be neither compared nor migrated.
 */
#include <skep/map/layout.h>

SKEP_BEGIN_DECLS

/** Kinds of maps, numbered as the kernel numbers them (BPF_MAP_TYPE_...). */
enum skep_map_type {
	SKEP_MAP_TYPE_HASH = 1,
	SKEP_MAP_TYPE_ARRAY = 2,
	SKEP_MAP_TYPE_PROG_ARRAY = 3,
	SKEP_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	SKEP_MAP_TYPE_PERCPU_HASH = 5,
	SKEP_MAP_TYPE_PERCPU_ARRAY = 6,
	SKEP_MAP_TYPE_STACK_TRACE = 7,
	SKEP_MAP_TYPE_CGROUP_ARRAY = 8,
	SKEP_MAP_TYPE_LRU_HASH = 9,
	SKEP_MAP_TYPE_LRU_PERCPU_HASH = 10,
	SKEP_MAP_TYPE_LPM_TRIE = 11,
	SKEP_MAP_TYPE_ARRAY_OF_MAPS = 12,
	SKEP_MAP_TYPE_HASH_OF_MAPS = 13,
	SKEP_MAP_TYPE_DEVMAP = 14,
	SKEP_MAP_TYPE_SOCKMAP = 15,
	SKEP_MAP_TYPE_CPUMAP = 16,
	SKEP_MAP_TYPE_XSKMAP = 17,
	SKEP_MAP_TYPE_SOCKHASH = 18,
	SKEP_MAP_TYPE_REUSEPORT_SOCKARRAY = 20,
	SKEP_MAP_TYPE_QUEUE = 22,
	SKEP_MAP_TYPE_STACK = 23,
	SKEP_MAP_TYPE_SK_STORAGE = 24,
	SKEP_MAP_TYPE_DEVMAP_HASH = 25,
	SKEP_MAP_TYPE_STRUCT_OPS = 26,
	SKEP_MAP_TYPE_RINGBUF = 27,
	SKEP_MAP_TYPE_INODE_STORAGE = 28,
	SKEP_MAP_TYPE_TASK_STORAGE = 29,
	SKEP_MAP_TYPE_BLOOM_FILTER = 30,
	SKEP_MAP_TYPE_USER_RINGBUF = 31,
	SKEP_MAP_TYPE_CGRP_STORAGE = 32,
	SKEP_MAP_TYPE_ARENA = 33,
};

/** What else a new map can be given. Members are only ever added, at the end. */
struct skep_map_new_opts {
	size_t sz;            /**< set by SKEP_OPTS() */
	uint32_t flags;       /**< BPF_F_...; those that a kind cannot do without are added */
	uint32_t key_bytes;   /**< where the handle has no key type, or is none */
	uint32_t value_bytes; /**< where the handle has no value type; for stacks 8 times the depth,
			                default 127 */
	uint64_t extra;       /**< map_extra: a bloom filter's hashes, an arena's address */
	uint32_t numa_node;   /**< with BPF_F_NUMA_NODE among the flags */
	int btf_fd;           /**< BTF of the types below; 0: none */
	uint32_t btf_key;     /**< the key's type there */
	uint32_t btf_value;   /**< the value's type there */
	const struct skep_map *inner; /**< for maps of maps: a map like those that go in */
};

/**
 * Makes a map; see skep_map_new().
 *
 * @param[out] out     the map
 * @param      type    its kind
 * @param      name    the kernel keeps 15 bytes of it; letters, digits, `_` and `.`
 * @param      entries how many at most; 0 for storages; bytes for rings, pages for arenas
 * @param      shape   what the caller's types are; NULL: the sizes of `opts`
 * @param      opts    or NULL
 * @return 0 or a negative errno
 * @err{EOPNOTSUPP, this kernel has no such kind: the message names the kernel that brought it}
 * @err{EPROTOTYPE, handles of this kind are declared otherwise: the hint says how}
 * @err{EINVAL, sizes or flags that this kind cannot have: the hint says which}
 * @err{E2BIG, larger than the kernel makes maps; or `opts` is of a newer skep}
 * @err{EPERM, no privilege: run as root or with CAP_BPF}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_map_free(); the kernel's map ends with its last user}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_map_new_raw(struct skep_map **out, enum skep_map_type type,
					    const char *name, uint32_t entries,
					    const struct skep_map_shape *shape,
					    const struct skep_map_new_opts *opts);

/**
 * Makes a map like another, empty: of its kind, sizes, flags and types; see skep_map_new_like().
 *
 * @param[out] out     the map
 * @param      like    the other
 * @param      name    as for skep_map_new_raw(); NULL: the other's
 * @param      entries 0: as many as the other has
 * @param      shape   what the caller's types are; NULL: anything
 * @return 0 or a negative errno, as skep_map_new_raw()
 * @err{EBADF, the other is not loaded: call skep_object_load() first}
 * @err{EPROTOTYPE, the other is not what this handle is for}
 * @err{EOPNOTSUPP, maps of maps and storages: use skep_map_new()}
 * @ownership{the caller frees it with skep_map_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_map_new_like_raw(struct skep_map **out, const struct skep_map *like,
						 const char *name, uint32_t entries,
						 const struct skep_map_shape *shape);

SKEP_END_DECLS

/** `skep_map_new(&flows, SKEP_MAP_TYPE_HASH, "flows", 1024, NULL)`: see skep_map_new_raw(). */
#define skep_map_new(handle, type, name, entries, opts)                                            \
	skep_map_new_raw(&(handle)->map, (type), (name), (entries), SKEP_MAP_SHAPE(handle), (opts))

/**
 * The same with BTF made of layouts, see layout.h: who opens the map can compare its fields, and
 * migrate it. `skep_map_new_typed(&flows, SKEP_MAP_TYPE_HASH, "flows", 1024, &flow, &count, NULL)`;
 * for hashes, arrays and LPM tries. What a layout does not name is not in it.
 */
#define skep_map_new_typed(handle, type, name, entries, key_layout, value_layout, opts)            \
	skep_map_new_raw(&(handle)->map, (type), (name), (entries),                                \
			 SKEP_MAP_CHECKED_(handle, key_layout, value_layout), (opts))

/** `skep_map_new_like(&copy, flows.map, "copy", 0)`: see skep_map_new_like_raw(). */
#define skep_map_new_like(handle, like, name, entries)                                             \
	skep_map_new_like_raw(&(handle)->map, (like), (name), (entries), SKEP_MAP_SHAPE(handle))

#endif
