// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Longest prefixes in real tries. */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "map_uses.h"

#define FILE_ "map_uses.bpf.o"

typedef SKEP_MAP(struct skep_lpm4, __u32) route_map;
typedef SKEP_MAP(struct skep_lpm6, __u32) route6_map;
typedef SKEP_MAP(struct name_prefix, __u32) name_map;

static void add(route_map routes, const char *net, uint32_t hop)
{
	struct skep_lpm4 key;

	assert_ok(skep_lpm4_parse(&key, net, NULL));
	assert_ok(skep_map_put(routes, &key, &hop));
}

/* By user space, and by the program that has only a packet's bytes. */
static uint32_t route(struct skep_object *object, route_map routes, const char *address)
{
	struct skep_lpm4 key;
	uint32_t hop = 0, bytes;

	assert_ok(skep_lpm4_parse(&key, address, NULL));
	memcpy(&bytes, key.addr, sizeof(bytes));
	if (skep_map_get(routes, &key, &hop))
		hop = 0;
	assert_int_equal(app_run(object, "route", bytes, 0), hop);
	return hop;
}

TEST(longest_prefix_wins_on_both_sides)
{
	struct skep_object *object = app_load(FILE_);
	struct skep_lpm4 key;
	route_map routes;

	assert_ok(skep_map_open(&routes, object, "routes"));
	add(routes, "10.0.0.0/8", 8);
	add(routes, "10.1.0.0/16", 16);
	add(routes, "10.1.2.0/24", 24);
	add(routes, "10.1.2.3", 32);
	assert_int_equal(route(object, routes, "10.9.9.9"), 8);
	assert_int_equal(route(object, routes, "10.1.9.9"), 16);
	assert_int_equal(route(object, routes, "10.1.2.9"), 24);
	assert_int_equal(route(object, routes, "10.1.2.3"), 32);
	assert_int_equal(route(object, routes, "11.0.0.1"), 0);
	add(routes, "0.0.0.0/0", 1);
	assert_int_equal(route(object, routes, "11.0.0.1"), 1);
	assert_ok(skep_lpm4_parse(&key, "10.1.2.0/24", NULL));
	assert_ok(skep_map_del(routes, &key));
	assert_int_equal(route(object, routes, "10.1.2.9"), 16);
	assert_error(skep_map_del(routes, &key), ENOENT);
	skep_map_free(routes.map);
	skep_object_free(object);
}

/* Against a search of one line over the same networks. */
TEST(random_routes_are_those_of_a_plain_search)
{
	struct skep_object *object = app_load(FILE_);
	static struct skep_lpm4 nets[1000];
	route_map routes;

	srand(3);
	assert_ok(skep_map_open(&routes, object, "routes"));
	for (uint32_t i = 0; i < 1000; i++) {
		nets[i].prefixlen = (uint32_t)rand() % 33;
		for (int b = 0; b < 4; b++)
			nets[i].addr[b] = (uint8_t)(rand() % 4 * 64);
		(void)skep_lpm_mask(&nets[i]);
		assert_ok(skep_map_put(routes, &nets[i], &i));
	}
	for (int round = 0; round < 2000; round++) {
		struct skep_lpm4 key = { 32,
					 { (uint8_t)(rand() % 4 * 64), (uint8_t)(rand() % 4 * 64),
					   (uint8_t)(rand() % 4 * 64), (uint8_t)(rand() % 256) } };
		uint32_t best = UINT32_MAX, hop = UINT32_MAX;

		for (uint32_t i = 0; i < 1000; i++) {
			struct skep_lpm4 masked = { nets[i].prefixlen, { 0 } };

			memcpy(masked.addr, key.addr, 4);
			(void)skep_lpm_mask(&masked);
			if (!memcmp(&masked, &nets[i], sizeof(masked)) &&
			    (best == UINT32_MAX || nets[i].prefixlen >= nets[best].prefixlen))
				best = i;
		}
		assert_int_equal(skep_map_get(routes, &key, &hop),
				 best == UINT32_MAX ? -ENOENT : 0);
		assert_int_equal(hop, best);
	}
	skep_map_free(routes.map);
	skep_object_free(object);
}

TEST(networks_of_ipv6_and_names_are_found_too)
{
	struct skep_object *object = app_load(FILE_);
	struct name_prefix name = { 3 * 8, "eth" }, whole = { 12 * 8, "eth0" };
	struct skep_lpm6 key;
	uint32_t hop = 6;
	route6_map routes;
	name_map names;

	assert_ok(skep_map_open(&routes, object, "routes6"));
	assert_ok(skep_lpm6_parse(&key, "2001:db8::/32", NULL));
	assert_ok(skep_map_put(routes, &key, &hop));
	hop = 0;
	assert_ok(skep_lpm6_parse(&key, "2001:db8:1::1", NULL));
	assert_ok(skep_map_get(routes, &key, &hop));
	assert_int_equal(hop, 6);
	assert_ok(skep_lpm6_parse(&key, "2001:db9::1", NULL));
	assert_error(skep_map_get(routes, &key, &hop), ENOENT);

	assert_ok(skep_map_open(&names, object, "names"));
	assert_ok(skep_map_put(names, &name, &hop));
	assert_ok(skep_map_get(names, &whole, &hop));
	whole.data[0] = 'w';
	assert_error(skep_map_get(names, &whole, &hop), ENOENT);
	skep_map_free(names.map);
	skep_map_free(routes.map);
	skep_object_free(object);
}

TEST(prefix_longer_than_the_key_is_einval)
{
	struct skep_object *object = app_load(FILE_);
	struct skep_lpm4 key = { 33, { 1, 2, 3, 4 } };
	uint32_t hop = 0;
	route_map routes;

	assert_ok(skep_map_open(&routes, object, "routes"));
	assert_error(skep_map_put(routes, &key, &hop), EINVAL);
	assert_int_not_equal(skep_map_get(routes, &key, &hop), 0);
	skep_map_free(routes.map);
	skep_object_free(object);
}
