/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_BLOOM_H
#define SKEP_MAP_BLOOM_H
/**
 * @file skep/map/bloom.h
 * Bloom filters: small sets that say "certainly not there" or "perhaps there". Part of map.h.
 *
 * @code{.c}
 * typedef SKEP_BLOOM(__u32) address_filter;
 *
 * address_filter blocked;
 * __u32 address = 0x0100007f;
 *
 * if (skep_map_open(&blocked, object, "blocked") || skep_bloom_add(blocked, &address))
 *         return skep_perror("blocked");
 * if (skep_bloom_has(blocked, &address) == 0)
 *         printf("certainly not blocked\n");
 * @endcode
 *
 * What was added is always found. What was not is found now and then: with as many values as
 * the map's max_entries and its five hashes, about one time in thirty; more values, more often.
 * So a filter stands before a map that knows for certain. Nothing is ever removed: make a new
 * map instead. Each call is one system call.
 */
#include <skep/map/handle.h>

SKEP_BEGIN_DECLS

/**
 * Adds a value; see skep_bloom_add().
 *
 * @param map   a bloom filter
 * @param value the value; its padding counts too
 * @return 0 or a negative errno; a filter is never full, only less sure
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a bloom filter: the hint says what its handle is}
 * @err{EPERM, the map may not be written from user space}
 * @threads{any, also at once}
 * @kernel{5.16}
 */
SKEP_API SKEP_MUST_USE int skep_bloom_add_raw(const struct skep_map *map, const void *value);

/**
 * Whether a value may have been added; see skep_bloom_has().
 *
 * @param map   a bloom filter
 * @param value the value; its padding counts too
 * @return 1 perhaps, 0 certainly not, or a negative errno
 * @err{EBADF, there is no map: open the handle first}
 * @err{EPROTOTYPE, not a bloom filter: the hint says what its handle is}
 * @err{EPERM, the map may not be read from user space}
 * @threads{any, also at once}
 * @kernel{5.16}
 */
SKEP_API SKEP_MUST_USE int skep_bloom_has_raw(const struct skep_map *map, const void *value);

SKEP_END_DECLS

/** A bloom filter of values V: `typedef SKEP_BLOOM(__u32) address_filter;` */
#define SKEP_BLOOM(V) SKEP_HANDLE_(SKEP_ACCESS_BLOOM, struct skep_no_key_, V)

#define SKEP_BLOOM_(m)                                                                             \
	SKEP_MAP_WHERE_(m, SKEP_IS_(m, SKEP_ACCESS_BLOOM),                                         \
			"skep: this call is for bloom filters, SKEP_BLOOM()")

/** `skep_bloom_add(blocked, &address)`: see skep_bloom_add_raw(). */
#define skep_bloom_add(handle, v) skep_bloom_add_raw(SKEP_BLOOM_(handle), SKEP_VALUE_(handle, v))

/** `skep_bloom_has(blocked, &address)`: 1 perhaps, 0 certainly not; see skep_bloom_has_raw(). */
#define skep_bloom_has(handle, v) skep_bloom_has_raw(SKEP_BLOOM_(handle), SKEP_VALUE_(handle, v))

#endif
