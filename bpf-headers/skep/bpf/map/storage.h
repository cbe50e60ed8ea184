/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_STORAGE_H
#define SKEP_BPF_MAP_STORAGE_H
/**
 * @file bpf/map/storage.h
 * A value of one's own for each socket, inode, task or cgroup, which goes away with it. Part of
 * bpf/map.h.
 *
 * @code{.c}
 * SKEP_TASK_STORAGE(per_task, struct uid_stats);
 *
 * SEC("tp_btf/sched_process_exec")
 * int on_exec(void *ctx)
 * {
 *         struct uid_stats *stats =
 *                 skep_storage_get_or_create(&per_task, bpf_get_current_task_btf());
 *
 *         if (stats)
 *                 stats->execs++;
 *         return 0;
 * }
 * @endcode
 *
 * Faster than a hash whose key is the object, never full, and nothing is left to clean up. Objects
 * are given as the verifier knows them: a task of bpf_get_current_task_btf() or an argument of the
 * hook, a socket of `ctx->sk` that is not NULL.
 */
#include <skep/bpf/map/kind.h>

/** @cond */
#define SKEP_STORAGE_(name, kind, V, ...)                                                          \
	struct {                                                                                   \
		__uint(type, kind);                                                                \
		__uint(map_flags, BPF_F_NO_PREALLOC);                                              \
		__type(key, int);                                                                  \
		__type(value, V);                                                                  \
		__VA_ARGS__                                                                        \
	} name SEC(".maps")
/** @endcond */

/**
 * A value V for each socket. In user space: `SKEP_STORAGE(V)`, by the socket's descriptor.
 * @kernel{5.2}
 */
#define SKEP_SK_STORAGE(name, V, ...) SKEP_STORAGE_(name, BPF_MAP_TYPE_SK_STORAGE, V, __VA_ARGS__)

/**
 * A value V for each inode, for programs of BPF LSM. In user space: `SKEP_STORAGE(V)`, by a
 * descriptor of the file. @kernel{5.10}
 */
#define SKEP_INODE_STORAGE(name, V, ...)                                                           \
	SKEP_STORAGE_(name, BPF_MAP_TYPE_INODE_STORAGE, V, __VA_ARGS__)

/** A value V for each task. In user space: `SKEP_STORAGE(V)`, by a pidfd. @kernel{5.11} */
#define SKEP_TASK_STORAGE(name, V, ...)                                                            \
	SKEP_STORAGE_(name, BPF_MAP_TYPE_TASK_STORAGE, V, __VA_ARGS__)

/**
 * A value V for each cgroup. In user space: `SKEP_STORAGE(V)`, by a descriptor of the cgroup's
 * folder. The older map of this name, BPF_MAP_TYPE_CGROUP_STORAGE, is deprecated by the kernel.
 * @kernel{6.2, BPF_MAP_TYPE_CGRP_STORAGE}
 */
#define SKEP_CGROUP_STORAGE(name, V, ...)                                                          \
	SKEP_STORAGE_(name, SKEP_KIND_CGRP_STORAGE_, V, __VA_ARGS__)

#define SKEP_STORAGE_KINDS_                                                                        \
	(SKEP_BIT_(SK_STORAGE) | SKEP_BIT_(INODE_STORAGE) | SKEP_BIT_(TASK_STORAGE) |              \
	 SKEP_BIT_(CGRP_STORAGE))

#define SKEP_POINTS_TO_(object, type) __builtin_types_compatible_p(typeof(*(object)), struct type)

/* Sockets have many types (struct sock, bpf_sock, tcp_sock, ...): what is no other passes. */
#define SKEP_NEED_STORAGE_(map, object)                                                            \
	(SKEP_NEED_(map, SKEP_STORAGE_KINDS_,                                                      \
		    "skep: this is not a map of SKEP_TASK_STORAGE() or its like"),                 \
	 SKEP_REQUIRE_(!SKEP_IN_(map, SKEP_BIT_(TASK_STORAGE)) ||                                  \
			       SKEP_POINTS_TO_(object, task_struct),                               \
		       "skep: this storage is of tasks: it wants a struct task_struct *"),         \
	 SKEP_REQUIRE_(!SKEP_IN_(map, SKEP_BIT_(INODE_STORAGE)) || SKEP_POINTS_TO_(object, inode), \
		       "skep: this storage is of inodes: it wants a struct inode *"),              \
	 SKEP_REQUIRE_(!SKEP_IN_(map, SKEP_BIT_(CGRP_STORAGE)) || SKEP_POINTS_TO_(object, cgroup), \
		       "skep: this storage is of cgroups: it wants a struct cgroup *"),            \
	 SKEP_REQUIRE_(!SKEP_IN_(map, SKEP_BIT_(SK_STORAGE)) ||                                    \
			       !(SKEP_POINTS_TO_(object, task_struct) ||                           \
				 SKEP_POINTS_TO_(object, inode) ||                                 \
				 SKEP_POINTS_TO_(object, cgroup)),                                 \
		       "skep: this storage is of sockets: it wants a socket"))

/* The kernel's BPF_LOCAL_STORAGE_GET_F_CREATE. */
#define SKEP_STORAGE_CREATE_ 1

/* The helper is chosen by the compiler; the others leave no trace. */
#define SKEP_STORAGE_CALL_(map, object, sk, inode, task, cgrp)                                     \
	__builtin_choose_expr(                                                                     \
		SKEP_IN_(map, SKEP_BIT_(SK_STORAGE)), sk,                                          \
		__builtin_choose_expr(                                                             \
			SKEP_IN_(map, SKEP_BIT_(INODE_STORAGE)), inode,                            \
			__builtin_choose_expr(SKEP_IN_(map, SKEP_BIT_(TASK_STORAGE)), task,        \
					      cgrp)))

#define SKEP_STORAGE_GET_(map, object, init, flags)                                                \
	((typeof((map)->value))SKEP_STORAGE_CALL_(                                                 \
		map, object, bpf_sk_storage_get((map), (void *)(object), (init), (flags)),         \
		bpf_inode_storage_get((map), (void *)(object), (init), (flags)),                   \
		bpf_task_storage_get((map), (void *)(object), (init), (flags)),                    \
		bpf_cgrp_storage_get((map), (void *)(object), (init), (flags))))

/**
 * Pointer to the object's value; NULL when it has none.
 * @kernel{6.2, of cgroups; of sockets 5.2, of inodes 5.10, of tasks 5.11}
 */
#define skep_storage_get(map, object)                                                              \
	(SKEP_NEED_STORAGE_(map, object), SKEP_STORAGE_GET_(map, object, (void *)0, 0))

/**
 * Pointer to the object's value, which is made, of zeroes, where it has none. NULL when there is no
 * memory, or the object is going away.
 * @kernel{6.2, of cgroups; of sockets 5.2, of inodes 5.10, of tasks 5.11}
 */
#define skep_storage_get_or_create(map, object)                                                    \
	(SKEP_NEED_STORAGE_(map, object),                                                          \
	 SKEP_STORAGE_GET_(map, object, (void *)0, SKEP_STORAGE_CREATE_))

/**
 * skep_storage_get_or_create() where a new value is a copy of `*init`.
 * @kernel{6.2, of cgroups; of sockets 5.2, of inodes 5.10, of tasks 5.11}
 */
#define skep_storage_get_or_put(map, object, init)                                                 \
	(SKEP_NEED_STORAGE_(map, object),                                                          \
	 SKEP_STORAGE_GET_(map, object, (void *)SKEP_VALUE_(map, init), SKEP_STORAGE_CREATE_))

/**
 * Removes the object's value.
 * @return 0, or -ENOENT when it has none
 * @kernel{6.2, of cgroups; of sockets 5.2, of inodes 5.10, of tasks 5.11}
 */
#define skep_storage_del(map, object)                                                              \
	(SKEP_NEED_STORAGE_(map, object),                                                          \
	 SKEP_STORAGE_CALL_(map, object, bpf_sk_storage_delete((map), (void *)(object)),           \
			    bpf_inode_storage_delete((map), (void *)(object)),                     \
			    bpf_task_storage_delete((map), (void *)(object)),                      \
			    bpf_cgrp_storage_delete((map), (void *)(object))))

#endif
