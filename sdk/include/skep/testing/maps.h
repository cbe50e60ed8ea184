/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTING_MAPS_H
#define SKEP_TESTING_MAPS_H
/**
 * @file testing/maps.h
 * What a map must hold, as assertions that print both sides by their fields. Part of testing.h.
 *
 * @code{.c}
 * typedef SKEP_MAP(__u32, __u64) hits_map;
 *
 * hits_map hits;
 * __u32 port = 53, other = 54;
 * __u64 expected = 1;
 *
 * skep_assert_ok(skep_map_open(&hits, object, "hits"));
 * skep_assert_map_has(hits, &port, &expected);
 * skep_assert_map_lacks(hits, &other);
 * skep_assert_map_count(hits, 1);
 * skep_map_free(hits.map);
 * @endcode
 *
 * Handles are the typed ones of map.h, and types are checked by the compiler. Padding of values is
 * not compared where the kernel has the map's BTF. Each assertion is one system call, counting one
 * for each entry. C only.
 */
#include <skep/base.h>
#include <skep/map.h>
#include <skep/testing.h>

SKEP_BEGIN_DECLS

/** Where an assertion stands, for its words. */
struct skep_test_site {
	const char *text; /**< of the assertion */
	const char *file; /**< of its source */
	int line;         /**< of the file */
};

/**
 * Fails the test that runs unless a key has this value; see skep_assert_map_has().
 *
 * @param map      the map
 * @param key      the key
 * @param expected the value
 * @param site     where that is asserted
 */
SKEP_API void skep_test_assert_map_has(const struct skep_map *map, const void *key,
				       const void *expected, const struct skep_test_site *site);

/**
 * Fails the test that runs when a key is there; see skep_assert_map_lacks().
 *
 * @param map  the map
 * @param key  the key
 * @param site where that is asserted
 */
SKEP_API void skep_test_assert_map_lacks(const struct skep_map *map, const void *key,
					 const struct skep_test_site *site);

/**
 * Fails the test that runs unless there are so many keys; see skep_assert_map_count().
 *
 * @param map      the map
 * @param expected how many
 * @param site     where that is asserted
 */
SKEP_API void skep_test_assert_map_count(const struct skep_map *map, uint64_t expected,
					 const struct skep_test_site *site);

/**
 * Fails the test that runs unless the values of all CPUs add up to this; see
 * skep_assert_map_sum().
 *
 * @param map      a per-CPU map, of numbers
 * @param key      the key
 * @param expected the sum
 * @param site     where that is asserted
 */
SKEP_API void skep_test_assert_map_sum(const struct skep_map *map, const void *key,
				       uint64_t expected, const struct skep_test_site *site);

SKEP_END_DECLS

/** @cond */
#define SKEP_TEST_SITE_(text_)                                                                     \
	(&(const struct skep_test_site){ .text = (text_), .file = __FILE__, .line = __LINE__ })
/** @endcond */

/** Fails the test unless the key is there with this value: `skep_assert_map_has(m, &key, &value)`. */
#define skep_assert_map_has(handle, k, v)                                                          \
	skep_test_assert_map_has(SKEP_PLAIN_(handle), SKEP_KEY_(handle, k),                        \
				 SKEP_VALUE_(handle, v),                                           \
				 SKEP_TEST_SITE_(#handle " has " #k " with " #v))

/** Fails the test when the key is there: `skep_assert_map_lacks(m, &key)`. */
#define skep_assert_map_lacks(handle, k)                                                           \
	skep_test_assert_map_lacks(SKEP_WITH_KEYS_(handle), SKEP_KEY_(handle, k),                  \
				   SKEP_TEST_SITE_(#handle " lacks " #k))

/** Fails the test unless the map has so many keys: `skep_assert_map_count(m, 3)`. */
#define skep_assert_map_count(handle, expected)                                                    \
	skep_test_assert_map_count(SKEP_WALKED_(handle), (expected),                               \
				   SKEP_TEST_SITE_(#handle " has " #expected " keys"))

/** Fails the test unless the numbers of all CPUs add up: `skep_assert_map_sum(m, &key, 42)`. */
#define skep_assert_map_sum(handle, k, expected)                                                   \
	(SKEP_REQUIRE_(SKEP_INTEGER_(*(handle).value), "skep: only numbers can be added up"),      \
	 skep_test_assert_map_sum(SKEP_PERCPU_(handle), SKEP_KEY_(handle, k),                      \
				  (uint64_t)(expected),                                            \
				  SKEP_TEST_SITE_(#handle " has " #k " with the sum " #expected)))

#endif
