// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Going through a map: everything once, whatever others do meanwhile, and nothing leaks. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "app.h"
#include "life.skep.h"

#define STABLE 10000

static struct life *start(void)
{
	struct life *life = NULL;

	require_root();
	assert_ok(life_open(&life, NULL));
	assert_ok(life_load(life));
	return life;
}

static void fill(life_big_map big, uint32_t count)
{
	for (uint32_t key = 0; key < count; key++) {
		struct pair pair = { key, ~key };

		assert_ok(skep_map_put(big, &key, &pair));
	}
}

TEST(empty_hash_has_no_entry)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	struct pair pair;
	uint32_t key, count = 0;
	int err = 1;

	skep_map_foreach(big, &key, &pair, &err)
		count++;
	assert_int_equal(count, 0);
	assert_int_equal(err, 0);
	life_free(life);
}

TEST(array_is_gone_through_by_index)
{
	struct life *life = start();
	life_slots_map slots = life_map_slots(life);
	uint32_t key, expected = 0;
	struct pair pair;
	int err = 1;

	for (key = 0; key < 4; key++) {
		pair = (struct pair){ key, key * key };
		assert_ok(skep_map_put(slots, &key, &pair));
	}
	skep_map_foreach(slots, &key, &pair, &err) {
		assert_int_equal(key, expected);
		assert_int_equal(pair.b, expected * expected);
		expected++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(expected, 4);
	life_free(life);
}

/* Larger than one batch, in bytes. */
TEST(array_of_large_values_is_gone_through_in_several_batches)
{
	struct life *life = start();
	life_wides_map wides = life_map_wides(life);
	static struct wide wide;
	uint32_t key, expected = 0;
	int err = 1;

	for (key = 0; key < 300; key++) {
		wide.bytes[19999] = (uint8_t)key;
		assert_ok(skep_map_put(wides, &key, &wide));
	}
	skep_map_foreach(wides, &key, &wide, &err) {
		assert_int_equal(key, expected);
		assert_int_equal(wide.bytes[19999], (uint8_t)expected);
		expected++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(expected, 300);
	life_free(life);
}

TEST(ten_thousand_entries_come_once_each_with_their_values)
{
	static uint8_t seen[STABLE];
	struct life *life = start();
	life_big_map big = life_map_big(life);
	struct pair pair;
	uint32_t key;
	int err = 1;

	fill(big, STABLE);
	skep_map_foreach(big, &key, &pair, &err) {
		assert_true(key < STABLE);
		assert_int_equal(pair.a, key);
		assert_int_equal(pair.b, ~key);
		seen[key]++;
	}
	assert_int_equal(err, 0);
	for (key = 0; key < STABLE; key++)
		assert_int_equal(seen[key], 1);
	life_free(life);
}

TEST(full_hash_is_gone_through)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	struct pair pair;
	uint32_t key, count = 0;
	int err = 1;

	fill(big, 16384);
	skep_map_foreach(big, &key, &pair, &err)
		count++;
	assert_int_equal(err, 0);
	assert_int_equal(count, 16384);
	life_free(life);
}

TEST(body_may_delete_what_it_is_given)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	struct pair pair;
	uint32_t key, count = 0;
	int err = 1;

	fill(big, STABLE);
	skep_map_foreach(big, &key, &pair, &err) {
		assert_ok(skep_map_del(big, &key));
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, STABLE);
	skep_map_foreach(big, &key, &pair, &err)
		fail_msg("%u is still there", key);
	life_free(life);
}

struct meddler {
	life_big_map map;
	atomic_bool stop;
	uint64_t rounds;
};

/* Keys beyond the stable ones come and go all the time. */
static void *meddle(void *ctx)
{
	struct meddler *m = ctx;
	struct pair pair = { 0, 0 };

	while (!m->stop) {
		for (uint32_t key = STABLE; key < STABLE + 3000; key++)
			if (skep_map_put(m->map, &key, &pair))
				return "put";
		for (uint32_t key = STABLE; key < STABLE + 3000; key++)
			if (skep_map_del(m->map, &key))
				return "del";
		m->rounds++;
	}
	return NULL;
}

TEST(stable_keys_come_once_each_while_others_come_and_go)
{
	static uint8_t seen[STABLE];
	struct life *life = start();
	struct meddler meddler = { .map = life_map_big(life) };
	pthread_t thread;
	struct pair pair;
	void *failed;
	uint32_t key;
	int err = 1;

	fill(meddler.map, STABLE);
	assert_int_equal(pthread_create(&thread, NULL, meddle, &meddler), 0);
	for (int round = 0; round < (test_is_full() ? 1000 : 30); round++) {
		memset(seen, 0, sizeof(seen));
		skep_map_foreach(meddler.map, &key, &pair, &err)
			if (key < STABLE)
				seen[key]++;
		assert_int_equal(err, 0);
		for (key = 0; key < STABLE; key++)
			assert_int_equal(seen[key], 1);
	}
	meddler.stop = true;
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_true(meddler.rounds > 0);
	life_free(life);
}

static uint32_t first_key(life_big_map big)
{
	struct pair pair;
	uint32_t key;
	int err;

	skep_map_foreach(big, &key, &pair, &err)
		return key;
	return UINT32_MAX;
}

TEST(break_and_return_leak_nothing)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	size_t bytes = 0;
	int fds = 0, err;
	struct pair pair;
	uint32_t key;

	fill(big, 100);
	for (int i = 0; i < 200; i++) {
		if (i == 5) { /* what the first calls set up stays */
			bytes = app_heap_bytes();
			fds = app_open_fds();
		}
		assert_int_not_equal(first_key(big), UINT32_MAX);
		skep_map_foreach(big, &key, &pair, &err)
			break;
	}
	/* malloc() keeps a little for itself; 390 leaks of anything are more than this. */
	assert_true(app_heap_bytes() < bytes + 390 * 8);
	assert_int_equal(app_open_fds(), fds);
	life_free(life);
}

TEST(loops_over_keys_alone_nest_and_see_each_once)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	uint32_t outer, inner, pairs = 0, sum = 0;
	int err = 1, also = 1;

	fill(big, 50);
	skep_map_foreach_key(big, &outer, &err) {
		skep_map_foreach_key(big, &inner, &also)
			pairs++;
		assert_int_equal(also, 0);
		sum += outer;
	}
	assert_int_equal(err, 0);
	assert_int_equal(pairs, 2500);
	assert_int_equal(sum, 49 * 25);
	life_free(life);
}

TEST(get_or_put_puts_what_is_new_and_gets_what_is_there)
{
	struct life *life = start();
	life_big_map big = life_map_big(life);
	struct pair pair = { 1, 2 }, other = { 3, 4 };
	uint32_t key = 7;

	assert_ok(skep_map_get_or_put(big, &key, &pair));
	assert_true(pair.a == 1 && pair.b == 2);
	assert_ok(skep_map_get_or_put(big, &key, &other));
	assert_true(other.a == 1 && other.b == 2);
	assert_error(skep_map_put_new(big, &key, &pair), EEXIST);
	key = 8;
	assert_error(skep_map_put_existing(big, &key, &pair), ENOENT);
	life_free(life);
}

static int open_and_leave(struct life *life, int *fd)
{
	SKEP_AUTO_MAP(life_big_map) big = { NULL };

	assert_ok(skep_map_open(&big, life_object(life), "big"));
	*fd = skep_map_fd(big.map);
	assert_true(*fd >= 0 && fcntl(*fd, F_GETFD) >= 0);
	return 0;
}

TEST(handle_frees_itself_at_the_end_of_its_scope)
{
	struct life *life = start();
	int fd = -1;

	assert_ok(open_and_leave(life, &fd));
	assert_true(fcntl(fd, F_GETFD) < 0);
	life_free(life);
}
