// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* All entries at once; and wrong use of what goes through maps. */
#include "map_made.h"

#include <bpf/btf.h>

static void assert_whole(count_map map, uint32_t expected, bool unlocked, bool drained)
{
	SKEP_MAP_SNAPSHOT(uint32_t, uint64_t) all = { NULL, NULL, NULL, 0 };
	uint8_t *seen = calloc(1, expected + 1);

	if (drained)
		assert_ok(skep_map_drain(map, &all));
	else
		assert_ok(skep_map_snapshot_with(
			map, &all, SKEP_OPTS(skep_map_snapshot_opts, .unlocked = unlocked)));
	assert_int_equal(all.count, expected);
	for (size_t i = 0; i < all.count; i++) {
		assert_true(all.keys[i] < expected);
		assert_int_equal(all.values[i], all.keys[i] * 10ull);
		assert_int_equal(seen[all.keys[i]]++, 0);
	}
	if (unlocked)
		printf("# unlocked: %d\n", all.owner->unlocked);
	skep_map_snapshot_free(all.owner);
	free(seen);
}

TEST(snapshot_has_each_entry_once)
{
	static const uint32_t sizes[] = { 0, 1, 100, 9000, 30000 };

	for (size_t i = 0; i < 5; i++) {
		count_map map = make(BPF_MAP_TYPE_HASH, 30000, 0);

		fill(map, sizes[i]);
		assert_whole(map, sizes[i], false, false);
		assert_whole(map, sizes[i], true, false);
		assert_whole(map, sizes[i], false, true);
		assert_whole(map, 0, false, false);
		skep_map_free(map.map);
	}
}

TEST(large_hash_is_read_by_a_program_where_the_kernel_can)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 30000, 0);
	SKEP_MAP_SNAPSHOT(uint32_t, uint64_t) all = { NULL, NULL, NULL, 0 };

	fill(map, 20000);
	assert_ok(skep_map_snapshot_with(map, &all,
					 SKEP_OPTS(skep_map_snapshot_opts, .unlocked = true)));
	assert_int_equal(all.count, 20000);
	assert_true(all.owner->unlocked); /* every kernel that we test on can */
	skep_map_snapshot_free(all.owner);
	skep_map_free(map.map);
}

TEST(values_of_odd_sizes_come_whole)
{
	static const uint32_t sizes[] = { 1, 3, 7, 13, 255, 1000 };

	for (size_t i = 0; i < 6; i++) {
		int fd = create(BPF_MAP_TYPE_HASH, 5, sizes[i], 10000, 0);
		struct skep_map *map = NULL;
		uint8_t key[5], value[1000];

		assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
		close(fd);
		for (uint32_t n = 0; n < 500; n++) {
			key[4] = 9;
			memcpy(key, &n, 4);
			memset(value, (int)n, sizeof(value));
			assert_ok(skep_map_put_raw(map, key, value, SKEP_PUT_ANY));
		}
		for (int unlocked = 0; unlocked < 2; unlocked++) {
			struct skep_map_snapshot *all = NULL;

			assert_ok(skep_map_snapshot_raw(
				&all, map, 5, sizes[i],
				SKEP_OPTS(skep_map_snapshot_opts, .unlocked = unlocked)));
			assert_int_equal(all->count, 500);
			for (size_t n = 0; n < 500; n++) {
				const uint8_t *k = (uint8_t *)all->keys + n * 5;
				const uint8_t *v = (uint8_t *)all->values + n * sizes[i];

				assert_int_equal(k[4], 9);
				assert_int_equal(v[0], k[0]);
				assert_int_equal(v[sizes[i] - 1], k[0]);
			}
			skep_map_snapshot_free(all);
		}
		skep_map_free(map);
	}
}

/* --- wrong use --- */

static int none(uint32_t *key, uint64_t *value, void *ctx)
{
	fail_msg("asked for an entry: %p %p %p", (void *)key, (void *)value, ctx);
	return 0;
}

TEST(handle_that_was_never_opened_is_refused_everywhere)
{
	count_map map = { .map = NULL };
	SKEP_MAP_SNAPSHOT(uint32_t, uint64_t) all = { NULL, NULL, NULL, 0 };
	SKEP_AUTO(skep_map_iter) *place = NULL;
	uint32_t key = 1;
	uint64_t value = 1;
	size_t n = 1;
	int err = 0;

	assert_error(skep_map_get(map, &key, &value), EBADF);
	app_assert_hints("skep_map_open()");
	assert_error(skep_map_put(map, &key, &value), EBADF);
	assert_error(skep_map_del(map, &key), EBADF);
	assert_error(skep_map_take(map, &key, &value), EBADF);
	assert_error(skep_map_get_locked(map, &key, &value), EBADF);
	assert_error(skep_map_count(map, &value), EBADF);
	assert_error(skep_map_clear(map), EBADF);
	skep_map_foreach(map, &key, &value, &err)
		fail_msg("an entry of no map");
	assert_int_equal(err, -EBADF);
	assert_error(skep_map_get_batch(map, &place, &key, &value, &n), EBADF);
	n = 1;
	assert_error(skep_map_take_batch(map, &place, &key, &value, &n), EBADF);
	n = 1;
	assert_error(skep_map_put_batch(map, &key, &value, &n), EBADF);
	n = 1;
	assert_error(skep_map_del_batch(map, &key, &n), EBADF);
	assert_int_equal(n, 0);
	assert_error(skep_map_fill(map, none, NULL), EBADF);
	assert_error(skep_map_snapshot(map, &all), EBADF);
	assert_error(skep_map_drain(map, &all), EBADF);
	assert_null(all.owner);
	assert_null(place);
}

TEST(descriptor_closed_under_a_handle_is_ebadf)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 10, 0);
	SKEP_MAP_SNAPSHOT(uint32_t, uint64_t) all = { NULL, NULL, NULL, 0 };
	uint32_t key = 1;
	uint64_t value = 1;
	size_t n = 1;
	int err = 0;

	close(skep_map_fd(map.map));
	assert_error(skep_map_get(map, &key, &value), EBADF);
	assert_error(skep_map_take(map, &key, &value), EBADF);
	assert_error(skep_map_put_batch(map, &key, &value, &n), EBADF);
	assert_error(skep_map_count(map, &value), EBADF);
	assert_error(skep_map_clear(map), EBADF);
	assert_error(skep_map_snapshot(map, &all), EBADF);
	skep_map_foreach(map, &key, &value, &err)
		fail_msg("an entry of no map");
	assert_int_equal(err, -EBADF);
	skep_map_free(map.map);
}

TEST(kinds_that_cannot_be_gone_through_say_what_to_do)
{
	static const enum bpf_map_type types[] = { BPF_MAP_TYPE_QUEUE, BPF_MAP_TYPE_STACK,
						   BPF_MAP_TYPE_BLOOM_FILTER };
	struct skep_map_snapshot *all = NULL;
	struct skep_map *map = NULL;
	uint64_t count;

	for (size_t i = 0; i < 3; i++) {
		int fd = create(types[i], 0, 8, 10, 0);

		assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
		close(fd);
		assert_error(skep_map_count_raw(map, &count), EPROTOTYPE);
		assert_error(skep_map_clear_raw(map), EPROTOTYPE);
		assert_error(skep_map_snapshot_raw(&all, map, 0, 0, NULL), EPROTOTYPE);
		app_assert_says("cannot go through map 'made'");
		skep_map_free(map);
	}
}

TEST(storage_is_gone_through_by_programs_only)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	struct btf *btf = btf__new_empty();
	struct skep_map *map = NULL;
	uint64_t count;
	int fd, err = 0;

	require_root();
	assert_non_null(btf);
	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	assert_int_equal(btf__load_into_kernel(btf), 0);
	opts.btf_fd = (uint32_t)btf__fd(btf);
	opts.btf_key_type_id = opts.btf_value_type_id = 1;
	fd = bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "made", 4, 4, 0, &opts);
	btf__free(btf);
	assert_true(fd >= 0);
	assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
	close(fd);
	assert_null(skep_map_iter_new(map, &err));
	assert_int_equal(err, -EPROTOTYPE);
	app_assert_hints("iter/bpf_sk_storage_map");
	assert_error(skep_map_count_raw(map, &count), EPROTOTYPE);
	assert_error(skep_map_clear_raw(map), EPROTOTYPE);
	skep_map_free(map);
}

TEST(values_for_each_cpu_are_no_single_values)
{
	int fd = create(BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 10, 0), err = 0;
	struct skep_map_snapshot *all = NULL;
	struct skep_map_iter *place = NULL;
	struct skep_map *map = NULL;
	uint32_t key = 0;
	uint64_t value[2] = { 5, 5 }, count = 9;
	size_t n = 1;

	assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
	close(fd);
	assert_error(skep_map_take_raw(map, &key, value, SKEP_TAKE_ATOMIC), EPROTOTYPE);
	assert_error(skep_map_get_batch_raw(map, &place, &key, value, &n), EPROTOTYPE);
	n = 1;
	assert_error(skep_map_put_batch_raw(map, &key, value, &n, SKEP_PUT_ANY), EPROTOTYPE);
	assert_error(skep_map_snapshot_raw(&all, map, 4, 8, NULL), EPROTOTYPE);
	assert_null(skep_map_iter_new_sized(map, 4, 8, &err));
	assert_int_equal(err, -EPROTOTYPE);
	assert_int_equal(value[0] + value[1], 10);
	assert_ok(skep_map_count_raw(map, &count)); /* needs no value */
	assert_int_equal(count, 0);
	assert_ok(skep_map_clear_raw(map));
	skep_map_free(map);
}

TEST(loop_of_other_sizes_is_refused)
{
	count_map map = make(BPF_MAP_TYPE_HASH, 10, 0);
	SKEP_MAP(uint64_t, uint64_t) other = { .map = map.map };
	uint64_t key, value;
	int err = 0;

	fill(map, 3);
	skep_map_foreach(other, &key, &value, &err)
		fail_msg("an entry of another size");
	assert_int_equal(err, -EPROTOTYPE);
	app_assert_says("the key has 4 bytes in the kernel, 8 here");
	skep_map_free(map.map);
}

TEST(empty_places_of_a_devmap_are_left_out)
{
	SKEP_MAP(uint32_t, uint32_t) map = { .map = NULL };
	int fd = create(BPF_MAP_TYPE_DEVMAP, 4, 4, 1000, 0), err = 1;
	uint32_t key, value, loopback = 1;
	uint64_t count = 0;

	assert_ok(skep_map_adopt_fd(&map, fd));
	close(fd);
	for (key = 3; key < 1000; key += 300)
		assert_ok(skep_map_put(map, &key, &loopback));
	skep_map_foreach(map, &key, &value, &err) {
		assert_int_equal(key % 300, 3);
		assert_int_equal(value, 1);
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 4);
	assert_ok(skep_map_clear(map));
	assert_ok(skep_map_count(map, &count));
	assert_int_equal(count, 0);
	skep_map_free(map.map);
}
