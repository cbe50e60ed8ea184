// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Going through maps that the kernel cannot read in batches, and through what has no keys. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"

typedef SKEP_MAP(uint32_t, uint32_t) device_map;

/* A hash that the kernel cannot read in batches; every key may point to the loopback device. */
static device_map make_unbatched(uint32_t entries)
{
	device_map map = { .map = NULL };
	uint32_t loopback = 1;
	int fd;

	require_root();
	fd = bpf_map_create(BPF_MAP_TYPE_DEVMAP_HASH, "unbatched", 4, 4, entries + 8, NULL);
	assert_true(fd >= 0);
	assert_ok(skep_map_adopt_fd(&map, fd));
	close(fd);
	for (uint32_t key = 0; key < entries; key++)
		assert_ok(skep_map_put(map, &key, &loopback));
	return map;
}

TEST(map_without_batches_comes_key_by_key_once_each)
{
	device_map map = make_unbatched(500);
	uint8_t seen[500] = { 0 };
	uint32_t key, value, count = 8;
	int err = 1;

	/* If the kernel learns batches here, this test needs another kind of map. */
	assert_true(bpf_map_lookup_batch(skep_map_fd(map.map), NULL, &key, &key, &value, &count,
					 NULL) < 0);
	skep_map_foreach(map, &key, &value, &err) {
		assert_true(key < 500);
		assert_int_equal(value, 1);
		seen[key]++;
	}
	assert_int_equal(err, 0);
	for (key = 0; key < 500; key++)
		assert_int_equal(seen[key], 1);
	skep_map_free(map.map);
}

/* Key by key, a deleted key starts it anew: it ends, and all that stays is seen. */
TEST(map_without_batches_ends_while_its_keys_are_deleted)
{
	device_map map = make_unbatched(500);
	uint8_t seen[500] = { 0 };
	uint32_t key, value;
	int err = 1;

	skep_map_foreach(map, &key, &value, &err) {
		seen[key]++;
		if (key % 2)
			assert_ok(skep_map_del(map, &key));
	}
	assert_true(err == 0 || err == -EAGAIN);
	if (!err)
		for (key = 0; key < 500; key++)
			assert_true(seen[key] >= 1);
	skep_map_free(map.map);
}

struct device_meddler {
	device_map map;
	atomic_bool stop;
};

static void *meddle_with_devices(void *ctx)
{
	struct device_meddler *m = ctx;
	uint32_t loopback = 1;

	while (!m->stop) {
		for (uint32_t key = 500; key < 505; key++)
			if (skep_map_put(m->map, &key, &loopback))
				return "put";
		for (uint32_t key = 500; key < 505; key++)
			if (skep_map_del(m->map, &key))
				return "del";
	}
	return NULL;
}

/* Keys vanish between being named and being read, too. */
TEST(map_without_batches_shows_stable_keys_while_others_come_and_go)
{
	struct device_meddler meddler = { .map = make_unbatched(500) };
	uint8_t seen[505];
	pthread_t thread;
	void *failed;
	uint32_t key, value;
	int whole = 0, err = 1;

	assert_int_equal(pthread_create(&thread, NULL, meddle_with_devices, &meddler), 0);
	for (int round = 0; round < 200; round++) {
		memset(seen, 0, sizeof(seen));
		skep_map_foreach(meddler.map, &key, &value, &err)
			seen[key] = 1;
		if (err == -EAGAIN)
			continue;
		assert_int_equal(err, 0);
		whole++;
		for (key = 0; key < 500; key++)
			assert_int_equal(seen[key], 1);
	}
	meddler.stop = true;
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_true(whole > 0);
	skep_map_free(meddler.map.map);
}

TEST(body_that_empties_a_map_without_batches_sees_all_of_it)
{
	device_map map = make_unbatched(200);
	uint32_t key, value, count = 0;
	int err = 1;

	skep_map_foreach(map, &key, &value, &err) {
		assert_ok(skep_map_del(map, &key));
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 200);
	skep_map_free(map.map);
}

TEST(map_that_cannot_be_gone_through_says_so)
{
	struct skep_map *queue = NULL;
	struct skep_map_iter *iter;
	uint32_t key, value;
	int fd, err = 0;

	require_root();
	fd = bpf_map_create(BPF_MAP_TYPE_QUEUE, "queue", 0, sizeof(value), 4, NULL);
	assert_true(fd >= 0);
	assert_ok(skep_map_adopt_fd_raw(&queue, fd, 0, 0));
	close(fd);
	iter = skep_map_iter_new(queue, &err);
	assert_false(skep_map_iter_next(iter, &key, &value));
	assert_true(err < 0);
	app_assert_says("cannot go through map 'queue'");
	skep_map_iter_free(iter);
	skep_map_free(queue);
}
