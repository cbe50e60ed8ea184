// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Many entries at a time; take, count, clear and fill; LPM tries. */
#include "map_made.h"

struct prefix {
	uint32_t bits;
	uint8_t address[4];
};
typedef SKEP_MAP(struct prefix, uint32_t) prefix_map;

static const enum bpf_map_type hashes[] = { BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH };

TEST(put_batch_puts_all_and_get_batch_reads_each_once)
{
	static uint32_t keys[5000];
	static uint64_t values[5000];
	static uint8_t seen[5000];

	for (size_t i = 0; i < 2; i++) {
		count_map map = make(hashes[i], 20000, 0);
		SKEP_AUTO(skep_map_iter) *place = NULL;
		size_t n = 5000, total = 0;

		for (uint32_t k = 0; k < 5000; k++) {
			keys[k] = k;
			values[k] = k * 10ull;
		}
		assert_ok(skep_map_put_batch(map, keys, values, &n));
		assert_int_equal(n, 5000);
		memset(seen, 0, sizeof(seen));
		do {
			n = 999;
			assert_ok(skep_map_get_batch(map, &place, keys, values, &n));
			for (size_t k = 0; k < n; k++) {
				assert_int_equal(values[k], keys[k] * 10ull);
				assert_int_equal(seen[keys[k]]++, 0);
			}
			total += n;
		} while (n);
		assert_int_equal(total, 5000);
		skep_map_free(map.map);
	}
}

TEST(batch_that_is_refused_says_how_far_it_came)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 10, 0);
	uint32_t keys[20];
	uint64_t values[20] = { 0 };
	size_t n = 20;

	for (uint32_t k = 0; k < 20; k++)
		keys[k] = k;
	assert_error(skep_map_put_batch(map, keys, values, &n), E2BIG);
	assert_int_equal(n, 10);
	app_assert_says("'made' is full");
	n = 20;
	assert_error(skep_map_put_batch_with(map, keys + 5, values, &n, SKEP_PUT_EXISTING), ENOENT);
	assert_int_equal(n, 5);
	n = 1;
	assert_error(skep_map_put_batch_with(map, keys, values, &n, SKEP_PUT_NEW), EEXIST);
	assert_int_equal(n, 0);
	n = 12;
	assert_error(skep_map_del_batch(map, keys, &n), ENOENT);
	assert_int_equal(n, 10);
	n = 0;
	assert_ok(skep_map_put_batch(map, keys, values, &n));
	n = 3;
	assert_error(skep_map_put_batch_with(map, keys, values, &n, (enum skep_put)3), EINVAL);
	assert_int_equal(n, 0);
	skep_map_free(map.map);
}

TEST(array_is_put_and_read_in_batches_and_cleared_to_zero)
{
	count_map map = make(BPF_MAP_TYPE_ARRAY, 3000, 0);
	SKEP_AUTO(skep_map_iter) *place = NULL;
	static uint32_t keys[3001];
	static uint64_t values[3001];
	uint64_t count = 0, value;
	size_t n = 3001;
	int err;

	for (uint32_t k = 0; k < 3001; k++) {
		keys[k] = k;
		values[k] = k + 7;
	}
	assert_error(skep_map_put_batch(map, keys, values, &n), E2BIG);
	assert_int_equal(n, 3000);
	assert_error(skep_map_del_batch(map, keys, &n), EINVAL);
	assert_int_equal(n, 0);
	n = 3001;
	assert_ok(skep_map_get_batch(map, &place, keys, values, &n));
	assert_int_equal(n, 3000);
	assert_int_equal(values[2999], 3006);
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 3000);
	skep_map_iter_free(SKEP_TAKE(place));
	assert_error(skep_map_take_batch(map, &place, keys, values, &n), EPROTOTYPE);
	assert_error(skep_map_take(map, keys, values), EPROTOTYPE);
	assert_ok(skep_map_clear(map));
	skep_map_foreach(map, keys, &value, &err)
		assert_int_equal(value, 0);
	assert_int_equal(err, 0);
	skep_map_free(map.map);
}

TEST(take_gets_and_deletes_at_once)
{
	for (size_t i = 0; i < 2; i++) {
		count_map map = make(hashes[i], 100, 0);
		uint32_t key = 5;
		uint64_t value = 1;

		fill(map, 10);
		assert_ok(skep_map_take(map, &key, &value));
		assert_int_equal(value, 50);
		assert_error(skep_map_take(map, &key, &value), ENOENT);
		key = 6;
		assert_ok(skep_map_take_with(map, &key, &value, SKEP_TAKE_TWO_STEPS));
		assert_int_equal(value, 60);
		assert_error(skep_map_take_with(map, &key, &value, (enum skep_take)7), EINVAL);
		skep_map_free(map.map);
	}
}

TEST(take_where_no_kernel_can_is_refused_unless_two_steps_will_do)
{
	prefix_map map = { .map = NULL };
	struct prefix prefix = { 8, { 10, 0, 0, 0 } };
	uint32_t value = 7;
	int fd = create(BPF_MAP_TYPE_LPM_TRIE, 8, 4, 10, BPF_F_NO_PREALLOC);

	assert_ok(skep_map_adopt_fd(&map, fd));
	close(fd);
	assert_ok(skep_map_put(map, &prefix, &value));
	value = 0;
	assert_error(skep_map_take(map, &prefix, &value), EPROTOTYPE);
	assert_int_equal(value, 0);
	app_assert_says("no kernel gets and deletes from it at once");
	app_assert_hints("SKEP_TAKE_TWO_STEPS");
	assert_ok(skep_map_take_with(map, &prefix, &value, SKEP_TAKE_TWO_STEPS));
	assert_int_equal(value, 7);
	assert_error(skep_map_get(map, &prefix, &value), ENOENT);
	skep_map_free(map.map);
}

TEST(take_batch_empties_the_map_and_loses_nothing)
{
	static uint8_t seen[4000];
	count_map map = make(BPF_MAP_TYPE_HASH, 8000, 0);
	SKEP_AUTO(skep_map_iter) *place = NULL;
	uint32_t keys[100];
	uint64_t values[100], count = 9;
	size_t n;

	fill(map, 4000);
	do {
		n = 100;
		assert_ok(skep_map_take_batch(map, &place, keys, values, &n));
		for (size_t k = 0; k < n; k++)
			assert_int_equal(seen[keys[k]]++, 0);
	} while (n);
	for (uint32_t key = 0; key < 4000; key++)
		assert_int_equal(seen[key], 1);
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 0);
	assert_error(skep_map_get_batch(map, &place, keys, values, &n), EINVAL);
	app_assert_hints("NULL");
	skep_map_free(map.map);
}

TEST(bucket_with_more_than_the_room_is_told_and_nothing_is_taken)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 64, 0);
	SKEP_AUTO(skep_map_iter) *place = NULL;
	uint32_t keys[64];
	uint64_t values[64];
	size_t n = 1, taken = 0;
	int err;

	fill(map, 64); /* in 64 buckets: some have two */
	while (!(err = skep_map_take_batch(map, &place, keys, values, &n)) && n == 1)
		taken++;
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(n, 0);
	app_assert_hints("larger arrays");
	n = 64;
	assert_ok(skep_map_take_batch(map, &place, keys, values, &n));
	assert_int_equal(taken + n, 64);
	skep_map_free(map.map);
}

TEST(entries_that_are_evicted_meanwhile_do_not_come_twice)
{
	static uint8_t seen[20000];
	count_map map = make(BPF_MAP_TYPE_LRU_HASH, 2000, 0);
	uint32_t key, next = 2000;
	uint64_t value, count = 0;
	int err = 1;

	fill(map, 2000);
	skep_map_foreach(map, &key, &value, &err) {
		assert_int_equal(seen[key]++, 0);
		count++;
		for (int i = 0; i < 3 && next < 20000;
		     i++, next++) /* more than there is room for */
			assert_ok(skep_map_put(map, &next, &value));
	}
	assert_int_equal(err, 0);
	assert_true(next > 2000 && count > 0 && count < 20000);
	skep_map_free(map.map);
}

/* --- one bucket with more entries than are read at once --- */

static uint32_t turn(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

/* The kernel's hash of a key of four bytes, where the seed is zero: lookup3 by Bob Jenkins. */
static uint32_t hash_of(uint32_t key)
{
	uint32_t a = 0xdeadbeef + 4, b = a, c = a;

	a += key;
	c = (c ^ b) - turn(b, 14);
	a = (a ^ c) - turn(c, 11);
	b = (b ^ a) - turn(a, 25);
	c = (c ^ b) - turn(b, 16);
	a = (a ^ c) - turn(c, 4);
	b = (b ^ a) - turn(a, 14);
	return (c ^ b) - turn(b, 24);
}

#define CROWD 300

/* A hash whose first bucket has CROWD entries, and others some. */
static count_map make_crowded(void)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 4096, BPF_F_ZERO_SEED);
	uint32_t keys[64], count = 64, place, found = 0;
	uint64_t value = 0, values[64];

	for (uint32_t key = 0; found < CROWD; key++)
		if (hash_of(key) % 4096 == 7 || key < 1000) {
			value = key * 10ull;
			assert_ok(skep_map_put(map, &key, &value));
			found += hash_of(key) % 4096 == 7;
		}
	/* The kernel itself must find it too large, or this shows nothing. */
	do {
		count = 64;
	} while (!bpf_map_lookup_batch(skep_map_fd(map.map), value ? NULL : &place, &place, keys,
				       values, &count, NULL) &&
		 !(value = 0));
	assert_int_equal(errno, ENOSPC);
	return map;
}

TEST(crowded_bucket_is_gone_through_once_each)
{
	count_map map = make_crowded();
	SKEP_AUTO(skep_map_iter) *place = NULL;
	uint64_t value, count = 0, sum = 0, expected = 0, got = 0, values[3];
	uint32_t key, keys[3];
	size_t n = 3;
	int err;

	skep_map_foreach(map, &key, &value, &err) {
		assert_int_equal(value, key * 10ull);
		sum += key;
		count++;
	}
	assert_int_equal(err, 0);
	assert_ok(skep_map_count(map, &expected));
	assert_int_equal(count, expected);
	assert_true(count >= CROWD);
	for (; !skep_map_get_batch(map, &place, keys, values, &n) && n; n = 3)
		for (size_t i = 0; i < n; i++, got++)
			sum -= keys[i];
	assert_int_equal(got, expected);
	assert_int_equal(sum, 0);
	skep_map_free(map.map);
}

TEST(crowded_bucket_is_drained_and_cleared)
{
	for (int i = 0; i < 2; i++) {
		count_map map = make_crowded();
		SKEP_MAP_SNAPSHOT(uint32_t, uint64_t) all = { NULL, NULL, NULL, 0 };
		uint64_t before = 0, after = 1;

		assert_ok(skep_map_count(map, &before));
		if (i)
			assert_ok(skep_map_clear(map));
		else
			assert_ok(skep_map_drain(map, &all));
		if (!i)
			assert_int_equal(all.count, before);
		assert_ok(skep_map_count(map, &after));
		assert_int_equal(after, 0);
		skep_map_snapshot_free(all.owner);
		skep_map_free(map.map);
	}
}

/* --- fill --- */

struct supply {
	uint32_t next, end;
	int result;
};

static int next_count(uint32_t *key, uint64_t *value, void *ctx)
{
	struct supply *s = ctx;

	assert_int_equal(*key, 0);
	assert_int_equal(*value, 0);
	if (s->next == s->end)
		return s->result;
	*key = s->next++;
	*value = *key * 10ull;
	return 1;
}

TEST(fill_puts_what_the_function_gives)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 20000, 0);
	struct supply supply = { 0, 10000, 0 };
	uint64_t count = 0, value = 0;
	uint32_t key = 9999;

	assert_ok(skep_map_fill(map, next_count, &supply));
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 10000);
	assert_ok(skep_map_get(map, &key, &value));
	assert_int_equal(value, 99990);
	skep_map_free(map.map);
}

TEST(fill_that_fails_keeps_what_came_before)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 6000, 0);
	struct supply supply = { 0, 5000, -EIO };
	uint64_t count = 0;

	assert_error(skep_map_fill(map, next_count, &supply), EIO);
	app_assert_says("the function that fills map 'made' returned -5");
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 5000);
	supply = (struct supply){ 0, 9000, 0 };
	assert_error(skep_map_fill(map, next_count, &supply), E2BIG);
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 6000);
	skep_map_free(map.map);
}

/* --- LPM tries --- */

static prefix_map make_prefixes(void)
{
	prefix_map map = { .map = NULL };
	int fd = create(BPF_MAP_TYPE_LPM_TRIE, 8, 4, 5000, BPF_F_NO_PREALLOC);

	assert_ok(skep_map_adopt_fd(&map, fd));
	close(fd);
	for (uint32_t i = 0; i < 1000; i++) {
		struct prefix host = { 32, { 10, (uint8_t)(i / 250), (uint8_t)(i % 250), 1 } };
		struct prefix net = { 24, { 10, (uint8_t)(i / 250), (uint8_t)(i % 250), 0 } };

		assert_ok(skep_map_put(map, &host, &i));
		assert_ok(skep_map_put(map, &net, &i));
	}
	return map;
}

TEST(trie_comes_in_order_once_each_with_longer_prefixes_first)
{
	prefix_map map = make_prefixes();
	struct prefix prefix, last = { 0, { 0 } };
	uint32_t value, count = 0;
	int err = 1;

	skep_map_foreach(map, &prefix, &value, &err) {
		if (prefix.bits == 24)
			assert_memory_equal(prefix.address, last.address, 3);
		else if (count)
			assert_true(memcmp(prefix.address, last.address, 4) > 0);
		last = prefix;
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 2000);
	skep_map_free(map.map);
}

TEST(body_may_delete_from_a_trie_what_it_is_given)
{
	for (uint32_t every = 1; every < 4; every++) {
		prefix_map map = make_prefixes();
		uint32_t value, count = 0;
		struct prefix prefix;
		uint64_t left = 0;
		int err = 1;

		skep_map_foreach(map, &prefix, &value, &err)
			if (count++ % every == 0)
				assert_ok(skep_map_del(map, &prefix));
		assert_int_equal(err, 0);
		assert_int_equal(count, 2000);
		assert_ok(skep_map_count(map, &left));
		assert_int_equal(left, 2000 - (2000 + every - 1) / every);
		assert_ok(skep_map_clear(map));
		assert_ok(skep_map_count(map, &left));
		assert_int_equal(left, 0);
		skep_map_free(map.map);
	}
}
