/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_H
#define SKEP_BPF_MAP_H
/**
 * @file bpf/map.h
 * Typed maps of every kind: declared in one line, and checked at each use. This header includes
 * a smaller one for each way of use; it is the one to include.
 *
 * @code{.c}
 * SKEP_HASH(execs, __u32, struct uid_stats, 10240);
 *
 * struct uid_stats *stats = skep_map_get(&execs, &uid);
 *
 * if (stats)
 *         skep_atomic_add(&stats->execs, 1);
 * @endcode
 *
 * - SKEP_HASH(), SKEP_LRU_HASH(), SKEP_LPM_TRIE(), SKEP_ARRAY(), SKEP_ARRAY_MMAP(),
 *   SKEP_PERCPU_HASH(), SKEP_PERCPU_ARRAY(), SKEP_LRU_PERCPU_HASH(): skep_map_get(),
 *   skep_map_put(), skep_map_del(), skep_map_add(), skep_for_each()
 * - SKEP_QUEUE(), SKEP_STACK(): skep_queue_push(), skep_queue_pop(), skep_queue_peek()
 * - SKEP_BLOOM(): skep_bloom_add(), skep_bloom_has()
 * - SKEP_ARRAY_OF_MAPS(), SKEP_HASH_OF_MAPS(): skep_map_get()
 * - SKEP_DEVMAP(), SKEP_DEVMAP_HASH(), SKEP_CPUMAP(), SKEP_XSKMAP(): skep_redirect_map()
 * - SKEP_SOCKMAP(), SKEP_SOCKHASH(), SKEP_REUSEPORT_SOCKARRAY(): skep_redirect_msg(),
 *   skep_redirect_skb(), skep_select_socket()
 * - SKEP_SK_STORAGE(), SKEP_INODE_STORAGE(), SKEP_TASK_STORAGE(), SKEP_CGROUP_STORAGE():
 *   skep_storage_get(), skep_storage_get_or_create(), skep_storage_del()
 * - SKEP_PROG_ARRAY(): skep_tail_call()
 * - SKEP_CGROUP_ARRAY(), SKEP_PERF_EVENT_ARRAY(): skep_current_in_cgroup(),
 *   skep_skb_in_cgroup()
 * - SKEP_STACK_TRACE(), SKEP_STACK_TRACE_BUILD_ID(): skep_stack_id()
 * - SKEP_USER_RINGBUF(): skep_user_ring_drain()
 * - SKEP_ARENA(): skep_arena_alloc()
 *
 * A key, value, object or context of the wrong type does not compile, nor does a call that goes
 * with another kind of map: the compiler says a sentence that begins with `skep:`. It costs what
 * the helper costs: not one instruction more, except skep_bloom_has(), which copies.
 *
 * Each declaration takes more members at its end:
 * `SKEP_HASH(flows, struct flow, struct count, 1024, SKEP_MAP_FLAGS(BPF_F_NO_PREALLOC));`, and
 * SKEP_MAP_PINNED.
 * Maps declared by hand, with libbpf's `__uint()` and `__type()`, are used by the same calls.
 *
 * @kernel{3.19}
 */
#include <skep/bpf/map/arena.h>
#include <skep/bpf/map/each.h>
#include <skep/bpf/map/keyed.h>
#include <skep/bpf/map/nested.h>
#include <skep/bpf/map/programs.h>
#include <skep/bpf/map/queue.h>
#include <skep/bpf/map/redirect.h>
#include <skep/bpf/map/sockets.h>
#include <skep/bpf/map/stacks.h>
#include <skep/bpf/map/storage.h>
#include <skep/bpf/map/user_ring.h>

#endif
