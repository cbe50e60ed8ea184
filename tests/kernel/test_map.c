// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Typed maps: get, put and del, and opening them. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app.h"
#include "life.skep.h"

static struct life *start(void)
{
	struct life *life = NULL;

	require_root();
	assert_ok(life_open(&life, NULL));
	assert_ok(life_load(life));
	return life;
}

TEST(value_put_is_the_value_got)
{
	struct life *life = start();
	life_counts_map counts = life_map_counts(life);
	uint32_t key = 5;
	uint64_t value = 50, got = 0;

	assert_ok(skep_map_put(counts, &key, &value));
	assert_ok(skep_map_get(counts, &key, &got));
	assert_int_equal(got, 50);
	value = 51;
	assert_ok(skep_map_put(counts, &key, &value));
	assert_ok(skep_map_get(counts, &key, &got));
	assert_int_equal(got, 51);
	assert_ok(skep_map_del(counts, &key));
	assert_error(skep_map_get(counts, &key, &got), ENOENT);
	assert_int_equal(got, 51);
	life_free(life);
}

TEST(key_that_is_not_there_is_enoent_with_the_maps_name)
{
	struct life *life = start();
	life_counts_map counts = life_map_counts(life);
	uint32_t key = 1;
	uint64_t value = 3;

	assert_error(skep_map_get(counts, &key, &value), ENOENT);
	assert_string_equal(skep_error_last()->message, "map 'counts' has no such key");
	assert_null(skep_error_last()->hint);
	assert_error(skep_map_del(counts, &key), ENOENT);
	assert_error(skep_map_put_with(counts, &key, &value, SKEP_PUT_EXISTING), ENOENT);
	assert_int_equal(value, 3);
	life_free(life);
}

TEST(put_new_refuses_a_key_that_is_there)
{
	struct life *life = start();
	life_counts_map counts = life_map_counts(life);
	uint32_t key = 1;
	uint64_t value = 3, got;

	assert_ok(skep_map_put_with(counts, &key, &value, SKEP_PUT_NEW));
	value = 4;
	assert_error(skep_map_put_with(counts, &key, &value, SKEP_PUT_NEW), EEXIST);
	assert_string_equal(skep_error_last()->message, "map 'counts' has that key already");
	assert_ok(skep_map_get(counts, &key, &got));
	assert_int_equal(got, 3);
	assert_ok(skep_map_put_with(counts, &key, &value, SKEP_PUT_EXISTING));
	assert_ok(skep_map_get(counts, &key, &got));
	assert_int_equal(got, 4);
	assert_error(skep_map_put_with(counts, &key, &value, (enum skep_put)3), EINVAL);
	life_free(life);
}

TEST(full_hash_is_e2big_and_replacing_still_works)
{
	struct life *life = start();
	life_counts_map counts = life_map_counts(life);
	uint64_t value = 1;
	uint32_t key;

	for (key = 0; key < 16; key++)
		assert_ok(skep_map_put(counts, &key, &value));
	assert_error(skep_map_put(counts, &key, &value), E2BIG);
	app_assert_says("map 'counts' is full");
	key = 15;
	assert_ok(skep_map_put(counts, &key, &value));
	life_free(life);
}

TEST(array_has_all_its_indexes_and_no_more)
{
	struct life *life = start();
	life_slots_map slots = life_map_slots(life);
	struct pair pair = { 1, 2 }, got = { 9, 9 };
	uint32_t key = 3;

	assert_ok(skep_map_get(slots, &key, &got));
	assert_int_equal(got.a + got.b, 0);
	assert_ok(skep_map_put(slots, &key, &pair));
	assert_ok(skep_map_get(slots, &key, &got));
	assert_memory_equal(&got, &pair, sizeof(pair));
	assert_error(skep_map_del(slots, &key), EINVAL);
	key = 4;
	assert_error(skep_map_get(slots, &key, &got), ENOENT);
	assert_error(skep_map_put(slots, &key, &pair), E2BIG);
	life_free(life);
}

TEST(user_space_and_the_program_see_one_map)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	uint32_t key = 12345;
	struct pair pair;

	app_run(life_object(life), "add", key, 0);
	assert_ok(skep_map_get(big, &key, &pair));
	assert_int_equal(pair.a, key);
	assert_int_equal(pair.b, 1);
	life_free(life);
}

typedef SKEP_MAP(uint32_t, struct pair) pair_map;
typedef SKEP_MAP(uint64_t, struct pair) wrong_key_map;
typedef SKEP_MAP(uint32_t, struct wide) wrong_value_map;

TEST(map_of_other_sizes_is_not_opened)
{
	struct life *life = start();
	int fd = skep_map_fd(skep_object_map(life_object(life), "big"));
	wrong_key_map wrong_key = { .map = NULL };
	wrong_value_map wrong_value = { .map = NULL };

	assert_error(skep_map_open(&wrong_key, life_object(life), "big"), EPROTOTYPE);
	assert_string_equal(skep_error_last()->message,
			    "map 'big': the key has 4 bytes in the kernel, 8 here");
	assert_error(skep_map_open(&wrong_value, life_object(life), "big"), EPROTOTYPE);
	app_assert_says("the value has 8 bytes in the kernel, 20000 here");
	assert_error(skep_map_adopt_fd(&wrong_key, fd), EPROTOTYPE);
	assert_error(skep_map_adopt_fd(&wrong_value, fd), EPROTOTYPE);
	assert_null(wrong_key.map);
	assert_null(wrong_value.map);
	life_free(life);
}

TEST(map_that_cannot_be_opened_says_why)
{
	struct life *life = NULL;
	pair_map map = { .map = NULL };

	require_root();
	assert_ok(life_open(&life, NULL));
	assert_error(skep_map_open(&map, life_object(life), "big"), EBADF);
	assert_ok(life_load(life));
	assert_error(skep_map_open(&map, life_object(life), "bigg"), ENOENT);
	app_assert_hints("big");
	assert_error(skep_map_adopt_fd(&map, 999), EBADF);
	assert_error(skep_map_adopt_fd(&map, 0), EINVAL);
	assert_error(skep_map_adopt_fd(&map, skep_program_fd(life_program_add(life))), EINVAL);
	assert_null(map.map);
	life_free(life);
}

/* The kernel would write a value for each processor behind the caller's one. */
TEST(per_cpu_map_is_refused_in_every_way)
{
	typedef SKEP_MAP(uint32_t, uint64_t) count_map;
	struct life *life = start();
	struct skep_map *lent = skep_object_map(life_object(life), "per_cpu");
	uint64_t values[65] = { 7, 7 };
	count_map map = { .map = NULL };
	uint32_t key = 0;
	int err = 0;

	assert_error(skep_map_open(&map, life_object(life), "per_cpu"), EPROTOTYPE);
	assert_error(skep_map_adopt_fd(&map, skep_map_fd(lent)), EPROTOTYPE);
	assert_null(map.map);
	assert_error(skep_map_get_raw(lent, &key, values), EPROTOTYPE);
	assert_error(skep_map_put_raw(lent, &key, values, SKEP_PUT_ANY), EPROTOTYPE);
	assert_null(skep_map_iter_new(lent, &err));
	assert_int_equal(err, -EPROTOTYPE);
	assert_int_equal(values[0] + values[1], 14);
	life_free(life);
}

TEST(opened_map_outlives_its_object)
{
	struct life *life = start();
	uint32_t key = 1;
	struct pair pair = { 1, 2 };
	pair_map map;

	assert_ok(skep_map_open(&map, life_object(life), "big"));
	life_free(life);
	assert_ok(skep_map_put(map, &key, &pair));
	assert_string_equal(skep_map_name(map.map), "big");
	skep_map_free(map.map);
}

TEST(adopted_map_leaves_the_callers_descriptor_alone)
{
	struct life *life = start();
	int fd = dup(skep_map_fd(skep_object_map(life_object(life), "big")));
	uint32_t key = 1;
	struct pair pair = { 1, 2 };
	pair_map map;

	life_free(life);
	assert_ok(skep_map_adopt_fd(&map, fd));
	assert_int_not_equal(skep_map_fd(map.map), fd);
	assert_null(skep_map_libbpf(map.map));
	assert_string_equal(skep_map_name(map.map), "big");
	close(fd);
	assert_ok(skep_map_put(map, &key, &pair));
	skep_map_free(map.map);
}

TEST(without_file_descriptors_no_map_is_opened)
{
	struct life *life = start();
	struct rlimit before, none;
	pair_map map = { .map = NULL };
	int open_err, adopt_err;

	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = (rlim_t)dup(0); /* the lowest that is free */
	close((int)none.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &none);
	open_err = skep_map_open(&map, life_object(life), "big");
	adopt_err = skep_map_adopt_fd(&map, skep_map_fd(life_map_big(life).map));
	setrlimit(RLIMIT_NOFILE, &before);
	assert_error(open_err, EMFILE);
	assert_error(adopt_err, EMFILE);
	assert_null(map.map);
	life_free(life);
}

struct worker {
	life_big_map map;
	uint32_t first;
	int failures;
};

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct pair got;

	for (uint32_t key = w->first; key < w->first + 2000; key++) {
		struct pair pair = { key, ~key };
		uint32_t none = key + 1000000;

		w->failures += skep_map_put(w->map, &key, &pair) != 0;
		w->failures += skep_map_get(w->map, &key, &got) || got.b != ~key;
		w->failures += skep_map_get(w->map, &none, &got) != -ENOENT ||
			       skep_error_last()->code != ENOENT;
		w->failures += skep_map_del(w->map, &key) != 0;
	}
	return NULL;
}

TEST(threads_share_one_handle)
{
	struct life *life = start();
	struct worker workers[4];
	pthread_t threads[4];

	for (uint32_t i = 0; i < 4; i++) {
		workers[i] = (struct worker){ life_map_big(life), i * 10000, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(workers[i].failures, 0);
	}
	life_free(life);
}
