/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_BPF_MAP_EACH_H
#define SKEP_BPF_MAP_EACH_H
/**
 * @file bpf/map/each.h
 * A call for each entry of a map, inside the kernel. Part of bpf/map.h.
 *
 * @code{.c}
 * SKEP_HASH(per_uid, __u32, struct uid_stats, 1024);
 *
 * static long add_up(void *map, const __u32 *key, struct uid_stats *stats, __u64 *total)
 * {
 *         *total += stats->execs;
 *         return 0; // 1: stop
 * }
 *
 * __u64 total = 0;
 *
 * skep_for_each(&per_uid, add_up, &total);
 * @endcode
 */
#include <skep/bpf/map/kind.h>

/* `fn` is as it must be for the map and the context, with the key const or not. */
#define SKEP_EACH_FITS_(map, fn, ctx)                                                              \
	(__builtin_types_compatible_p(typeof(fn), long(void *, const typeof(*(map)->key) *,        \
						       typeof((map)->value), typeof(ctx))) ||      \
	 __builtin_types_compatible_p(                                                             \
		 typeof(fn), long(void *, typeof((map)->key), typeof((map)->value), typeof(ctx))))

/**
 * Calls `static long fn(void *map, const K *key, V *value, C *ctx)` for each entry of a hash or
 * array, until it returns 1. `ctx` is a `C *`. Of a per-CPU map the value is this CPU's.
 * Entries that are added or removed meanwhile may be seen or not. The key is read only; the
 * value is in the map.
 * @return how many entries were seen, or a negative errno
 * @kernel{5.13}
 */
#define skep_for_each(map, fn, ctx)                                                                \
	(SKEP_NEED_(map, SKEP_KEYED_KINDS_ & ~SKEP_BIT_(LPM_TRIE),                                 \
		    "skep: only entries of hashes and arrays can be gone through"),                \
	 SKEP_REQUIRE_(SKEP_EACH_FITS_(map, fn, ctx),                                              \
		       "skep: this function is not long fn(void *map, const K *, V *, C *) for "   \
		       "this map and context"),                                                    \
	 (int)bpf_for_each_map_elem((map), fn, (ctx), 0))

#endif
