// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Going through maps that the kernel cannot read in batches, and through what has no keys. */
#include "harness/machine.h"
#include "harness/test.h"

#include <dlfcn.h>
#include <sys/syscall.h>
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

static int named, vanished = 3; /* so many have: none any more */

/* Stands before libc's: a few keys vanish between being named and being read. */
long syscall(long number, ...)
{
	union {
		void *symbol;
		long (*call)(long number, ...);
	} real = { .symbol = dlsym(RTLD_NEXT, "syscall") };
	union bpf_attr *attr;
	long a[6], result;
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	result = real.call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number != SYS_bpf || a[0] != BPF_MAP_GET_NEXT_KEY || result || vanished >= 3 ||
	    ++named % 100)
		return result;
	attr = (union bpf_attr *)a[1]; /* NOLINT(performance-no-int-to-ptr) */
	vanished++;
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	assert_int_equal(bpf_map_delete_elem((int)attr->map_fd, (void *)attr->next_key), 0);
	return result;
}

TEST(map_without_batches_shows_what_stays_when_a_key_vanishes_before_it_is_read)
{
	device_map map = make_unbatched(500);
	uint8_t seen[500] = { 0 };
	uint32_t key, value, count = 0;
	int err = 1;

	named = vanished = 0;
	skep_map_foreach(map, &key, &value, &err)
		seen[key] = 1;
	assert_int_equal(err, 0);
	assert_int_equal(vanished, 3);
	for (key = 0; key < 500; key++)
		count += seen[key];
	/* One that vanished may have been seen before, when it came round a second time. */
	assert_true(count >= 497);
	for (key = 0; key < 500; key++)
		if (!seen[key])
			assert_error(skep_map_get(map, &key, &value), ENOENT);
	skep_map_free(map.map);
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
	assert_ok(skep_map_adopt_fd_raw(&queue, fd, NULL));
	close(fd);
	iter = skep_map_iter_new(queue, &err);
	assert_false(skep_map_iter_next(iter, &key, &value));
	assert_true(err < 0);
	app_assert_says("cannot go through map 'queue'");
	skep_map_iter_free(iter);
	skep_map_free(queue);
}
