// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps of maps, replaced under a program that looks things up in them. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/capability.h>

#include "app.h"
#include "map_nested.skep.h"

#define GENERATIONS 200

typedef SKEP_MAP(uint32_t, uint64_t) number_map;
typedef SKEP_MAP_OF_MAPS(uint32_t, number_map) generations_map;
typedef SKEP_MAP_OF_MAPS(uint64_t, number_map) rules_map;

static struct map_nested *start(generations_map *generations, rules_map *rules)
{
	struct map_nested *app = NULL;

	require_root();
	assert_ok(map_nested_open(&app, NULL));
	assert_ok(map_nested_load(app));
	if (generations)
		assert_ok(skep_map_open(generations, map_nested_object(app), "generations"));
	if (rules)
		assert_ok(skep_map_open(rules, map_nested_object(app), "rules_of"));
	return app;
}

static number_map generation(uint64_t number)
{
	number_map map;

	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_ARRAY, "generation", 2, NULL));
	for (uint32_t i = 0; i < 2; i++)
		assert_ok(skep_map_put(map, &i, &number));
	return map;
}

struct looker {
	struct map_nested *app;
	bool over;
};

static void *look_on(void *ctx)
{
	struct looker *looker = ctx;

	while (!__atomic_load_n(&looker->over, __ATOMIC_RELAXED))
		app_run(map_nested_object(looker->app), "look", 0, 0);
	return NULL;
}

/* An old generation is spoilt as soon as it is out: whoever still used it would see it torn. */
TEST(inner_maps_are_replaced_whole_and_old_ones_are_used_no_more)
{
	generations_map generations;
	struct map_nested *app = start(&generations, NULL);
	struct looker looker = { app, false };
	uint32_t key = 0, one = 1;
	number_map old = generation(1);
	pthread_t thread;

	assert_ok(skep_map_set_inner(generations, &key, old));
	assert_int_equal(pthread_create(&thread, NULL, look_on, &looker), 0);
	for (uint64_t number = 2; number <= GENERATIONS; number++) {
		number_map next = generation(number);
		uint64_t spoilt = 0;

		assert_ok(skep_map_set_inner(generations, &key, next));
		assert_ok(skep_map_put(old, &one, &spoilt));
		skep_map_free(old.map);
		old = next;
	}
	__atomic_store_n(&looker.over, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	app_run(map_nested_object(app), "look", 0, 0);
	assert_int_equal(map_nested_bss(app)->last, GENERATIONS);
	assert_int_equal(map_nested_bss(app)->torn, 0);
	assert_int_equal(map_nested_bss(app)->missing, 0);
	assert_true(map_nested_bss(app)->looks > 10);
	skep_map_free(old.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}

/* So that the case above means something. */
TEST(a_torn_generation_would_be_counted)
{
	generations_map generations;
	struct map_nested *app = start(&generations, NULL);
	number_map torn = generation(5);
	uint32_t key = 0;
	uint64_t other = 6;

	assert_ok(skep_map_put(torn, &key, &other));
	assert_ok(skep_map_set_inner(generations, &key, torn));
	app_run(map_nested_object(app), "look", 0, 0);
	assert_int_equal(map_nested_bss(app)->torn, 1);
	assert_ok(skep_map_del(generations, &key));
	app_run(map_nested_object(app), "look", 0, 0);
	assert_int_equal(map_nested_bss(app)->missing, 1);
	skep_map_free(torn.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}

TEST(inner_map_that_is_got_is_the_one_that_was_set)
{
	generations_map generations;
	struct map_nested *app = start(&generations, NULL);
	number_map set = generation(9), got = { .map = NULL };
	uint32_t key = 2;
	uint64_t number = 0;

	assert_error(skep_map_get_inner(generations, &key, &got), ENOENT);
	assert_null(got.map);
	assert_ok(skep_map_set_inner(generations, &key, set));
	skep_map_free(set.map);
	assert_ok(skep_map_get_inner(generations, &key, &got));
	assert_ok(skep_map_get(got, &key, &number) == -ENOENT ? 0 : -EIO);
	key = 1;
	assert_ok(skep_map_get(got, &key, &number));
	assert_int_equal(number, 9);
	skep_map_free(got.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}

TEST(program_answers_by_the_rules_of_the_key)
{
	rules_map rules;
	struct map_nested *app = start(NULL, &rules);
	number_map mine = { .map = NULL }, others = { .map = NULL };
	uint64_t me = 7, other = 8, yes = 42, no = 13;
	uint32_t what = 3;

	assert_error(skep_map_new_inner(rules, &mine, "mine", 0), ENOENT);
	app_assert_hints("skep_map_new()");
	assert_ok(skep_map_new(&mine, SKEP_MAP_TYPE_HASH, "mine", 16, NULL));
	assert_ok(skep_map_put(mine, &what, &yes));
	assert_ok(skep_map_set_inner(rules, &me, mine));
	assert_ok(skep_map_new_inner(rules, &others, "others", 32));
	assert_string_equal(skep_map_name(others.map), "others");
	assert_ok(skep_map_put(others, &what, &no));
	assert_ok(skep_map_set_inner(rules, &other, others));
	assert_int_equal(app_run(map_nested_object(app), "ask", me, what), yes);
	assert_int_equal(app_run(map_nested_object(app), "ask", other, what), no);
	assert_ok(skep_map_del(rules, &me));
	assert_int_equal(app_run(map_nested_object(app), "ask", me, what), 0);
	skep_map_free(mine.map);
	skep_map_free(others.map);
	skep_map_free(rules.map);
	map_nested_free(app);
}

TEST(going_through_a_map_of_maps_gives_keys_and_ids)
{
	rules_map rules;
	generations_map generations;
	struct map_nested *app = start(&generations, &rules);
	number_map map;
	uint64_t key, sum = 0;
	uint32_t id, slot, slots = 0;
	int err = 1;

	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "map", 16, NULL));
	for (key = 1; key <= 5; key++)
		assert_ok(skep_map_set_inner(rules, &key, map));
	skep_map_foreach_inner(rules, &key, &id, &err)
	{
		sum += key;
		assert_int_not_equal(id, 0);
	}
	assert_ok(err);
	assert_int_equal(sum, 15);
	/* An array has slots that are empty. */
	skep_map_foreach_inner(generations, &slot, &id, &err) slots++;
	assert_ok(err);
	assert_int_equal(slots, 1);
	skep_map_free(map.map);
	skep_map_free(rules.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}

TEST(inner_map_of_another_make_is_refused_and_what_differs_is_named)
{
	generations_map generations;
	rules_map rules;
	struct map_nested *app = start(&generations, &rules);
	number_map hash, larger;
	uint32_t key = 0;
	uint64_t name = 1;

	assert_ok(skep_map_new(&hash, SKEP_MAP_TYPE_HASH, "hash", 2, NULL));
	assert_error(skep_map_set_inner(generations, &key, hash), EPROTOTYPE);
	app_assert_says("kind hash instead of array");
	assert_ok(skep_map_new(&larger, SKEP_MAP_TYPE_ARRAY, "larger", 3, NULL));
	assert_error(skep_map_set_inner(generations, &key, larger), EPROTOTYPE);
	app_assert_says("'generations' was made for other inner maps than 'larger'");
	app_assert_says("entries 3 instead of 2");
	app_assert_hints("BPF_F_INNER_MAP");
	/* None is there to compare with. */
	assert_error(skep_map_set_inner(rules, &name, larger), EPROTOTYPE);
	app_assert_hints("kind, sizes and flags");
	key = 4;
	assert_error(skep_map_set_inner(generations, &key, larger), E2BIG);
	skep_map_free(hash.map);
	skep_map_free(larger.map);
	skep_map_free(generations.map);
	skep_map_free(rules.map);
	map_nested_free(app);
}

TEST(misuse_of_maps_of_maps_is_an_error_in_words)
{
	typedef SKEP_MAP(uint32_t, char[3]) other_map;
	generations_map generations, none = { .map = NULL };
	struct map_nested *app = start(&generations, NULL);
	number_map plain = { .map = NULL }, map = { .map = NULL };
	other_map other = { .map = NULL };
	struct skep_map *out = NULL;
	uint32_t key = 0;

	assert_error(skep_map_open(&plain, map_nested_object(app), "generations"), EPROTOTYPE);
	app_assert_hints("SKEP_MAP_OF_MAPS");
	assert_error(skep_map_open(&none, map_nested_object(app), "first"), EPROTOTYPE);
	assert_error(skep_map_get_inner_raw(&out, generations.map, &key, SKEP_MAP_SHAPE(&other)),
		     EPROTOTYPE);
	assert_null(out);
	assert_error(skep_map_set_inner(generations, &key, map), EINVAL);
	assert_error(skep_map_set_inner(none, &key, map), EBADF);
	assert_error(skep_map_get_inner(none, &key, &map), EBADF);
	assert_error(skep_map_new_inner(none, &map, "x", 0), EBADF);
	assert_error(skep_map_set_inner_raw(generations.map, NULL, generations.map), EINVAL);
	assert_error(skep_map_set_inner_raw(generations.map, &key, generations.map), EPROTOTYPE);
	app_assert_says("can be inside another map");
	assert_error(skep_map_set_inner_raw(skep_object_map(map_nested_object(app), "first"), &key,
					    generations.map),
		     EPROTOTYPE);
	app_assert_says("'first' is an array: it has no inner maps");
	assert_null(map.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}

TEST(getting_an_inner_map_that_is_replaced_all_the_time_succeeds_or_says_so)
{
	generations_map generations;
	struct map_nested *app = start(&generations, NULL);
	uint32_t key = 0;
	int before = app_open_fds();

	for (uint64_t number = 1; number <= 50; number++) {
		number_map next = generation(number), got = { .map = NULL };
		uint64_t found = 0;

		assert_ok(skep_map_set_inner(generations, &key, next));
		skep_map_free(next.map);
		assert_ok(skep_map_get_inner(generations, &key, &got));
		assert_ok(skep_map_get(got, &key, &found));
		assert_int_equal(found, number);
		skep_map_free(got.map);
	}
	assert_int_equal(app_open_fds(), before);
	skep_map_free(generations.map);
	map_nested_free(app);
}

/* Of this thread only. */
static void drop_cap_sys_admin(void *kept)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct *data = kept, fewer[2];

	assert_int_equal(syscall(SYS_capget, &head, data), 0);
	memcpy(fewer, data, sizeof(fewer));
	fewer[0].effective &= ~(1u << CAP_SYS_ADMIN);
	assert_int_equal(syscall(SYS_capset, &head, fewer), 0);
}

static void take_back(void *kept)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };

	assert_int_equal(syscall(SYS_capset, &head, kept), 0);
}

TEST(without_cap_sys_admin_inner_maps_are_set_but_not_opened)
{
	struct __user_cap_data_struct kept[2];
	generations_map generations;
	struct map_nested *app = start(&generations, NULL);
	number_map map = generation(1), got = { .map = NULL };
	uint32_t key = 0;
	int set, get;

	drop_cap_sys_admin(kept);
	set = skep_map_set_inner(generations, &key, map);
	get = skep_map_get_inner(generations, &key, &got);
	take_back(kept);
	assert_ok(set);
	assert_error(get, EPERM);
	app_assert_hints("CAP_SYS_ADMIN");
	assert_null(got.map);
	skep_map_free(map.map);
	skep_map_free(generations.map);
	map_nested_free(app);
}
