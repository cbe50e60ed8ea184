// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps made from user space, of every kind that needs no object. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "app.h"

typedef SKEP_MAP(uint32_t, uint64_t) number_map;
typedef SKEP_MAP_OF_MAPS(uint32_t, number_map) outer_map;
typedef SKEP_STORAGE(uint64_t) storage_map;
typedef SKEP_SOCKET_MAP(uint32_t) socket_map;
typedef SKEP_PROGRAM_ARRAY() program_map;
typedef SKEP_FD_MAP() fd_map;
typedef SKEP_MAP(uint32_t, struct bpf_devmap_val) devmap;
typedef SKEP_MAP(uint32_t, struct bpf_cpumap_val) cpumap;

struct lpm {
	uint32_t bits;
	uint8_t address[4];
};
typedef SKEP_MAP(struct lpm, uint64_t) lpm_map;

/* The kernel's type and name of what `map` is. */
static void assert_is(const struct skep_map *map, enum skep_map_type type, const char *name)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(skep_map_fd(map), &info, &bytes), 0);
	assert_int_equal(info.type, type);
	assert_string_equal(info.name, name);
}

TEST(plain_kinds_are_made_and_hold_what_is_put)
{
	static const enum skep_map_type types[] = { SKEP_MAP_TYPE_HASH, SKEP_MAP_TYPE_ARRAY,
						    SKEP_MAP_TYPE_LRU_HASH };
	struct snapshot before;

	require_root();
	snapshot_take(&before);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		uint32_t key = 3;
		uint64_t value = 33, got = 0;
		number_map map;

		assert_ok(skep_map_new(&map, types[i], "plain", 16, NULL));
		assert_is(map.map, types[i], "plain");
		assert_ok(skep_map_put(map, &key, &value));
		assert_ok(skep_map_get(map, &key, &got));
		assert_int_equal(got, 33);
		skep_map_free(map.map);
	}
	snapshot_assert_unchanged(&before);
}

TEST(flags_that_a_kind_cannot_do_without_are_added)
{
	struct lpm key = { 8, { 10, 0, 0, 0 } };
	uint64_t value = 1;
	storage_map storage;
	lpm_map lpm;

	require_root();
	assert_ok(skep_map_new(&lpm, SKEP_MAP_TYPE_LPM_TRIE, "lpm", 16, NULL));
	assert_ok(skep_map_put(lpm, &key, &value));
	assert_ok(skep_map_new(&storage, SKEP_MAP_TYPE_SK_STORAGE, "storage", 0, NULL));
	assert_is(storage.map, SKEP_MAP_TYPE_SK_STORAGE, "storage");
	skep_map_free(lpm.map);
	skep_map_free(storage.map);
}

#define MAKE(handle, type, entries)                                                                \
	do {                                                                                       \
		assert_ok(skep_map_new(&(handle), type, "made", entries, NULL));                   \
		assert_is((handle).map, type, "made");                                             \
		skep_map_free((handle).map);                                                       \
	} while (0)

TEST(kinds_of_file_descriptors_are_made)
{
	program_map programs;
	socket_map sockets;
	devmap ports;
	cpumap cpus;
	fd_map fds;

	require_root();
	MAKE(programs, SKEP_MAP_TYPE_PROG_ARRAY, 4);
	MAKE(sockets, SKEP_MAP_TYPE_SOCKMAP, 4);
	MAKE(sockets, SKEP_MAP_TYPE_SOCKHASH, 4);
	MAKE(sockets, SKEP_MAP_TYPE_REUSEPORT_SOCKARRAY, 4);
	MAKE(fds, SKEP_MAP_TYPE_XSKMAP, 4);
	MAKE(fds, SKEP_MAP_TYPE_CGROUP_ARRAY, 4);
	MAKE(fds, SKEP_MAP_TYPE_PERF_EVENT_ARRAY, 4);
	MAKE(ports, SKEP_MAP_TYPE_DEVMAP, 4);
	MAKE(ports, SKEP_MAP_TYPE_DEVMAP_HASH, 4);
	MAKE(cpus, SKEP_MAP_TYPE_CPUMAP, 4);
}

TEST(kinds_with_calls_of_their_own_are_made)
{
	SKEP_PERCPU_MAP(uint32_t, uint64_t) per_cpu;
	SKEP_QUEUE(uint64_t) queue;
	SKEP_BLOOM(uint64_t) bloom;
	SKEP_STACKS() stacks;
	SKEP_USER_RING(uint64_t) ring;
	SKEP_ARENA() arena;

	require_root();
	MAKE(per_cpu, SKEP_MAP_TYPE_PERCPU_HASH, 4);
	MAKE(per_cpu, SKEP_MAP_TYPE_PERCPU_ARRAY, 4);
	MAKE(per_cpu, SKEP_MAP_TYPE_LRU_PERCPU_HASH, 64);
	MAKE(queue, SKEP_MAP_TYPE_QUEUE, 4);
	MAKE(queue, SKEP_MAP_TYPE_STACK, 4);
	MAKE(bloom, SKEP_MAP_TYPE_BLOOM_FILTER, 4);
	MAKE(stacks, SKEP_MAP_TYPE_STACK_TRACE, 4);
	MAKE(ring, SKEP_MAP_TYPE_USER_RINGBUF, 4096);
	if (kernel_at_least(6, 9)) {
		MAKE(arena, SKEP_MAP_TYPE_ARENA, 4);
		return;
	}
	assert_error(skep_map_new(&arena, SKEP_MAP_TYPE_ARENA, "arena", 4, NULL), EOPNOTSUPP);
	app_assert_says("6.9");
}

TEST(map_of_maps_is_made_after_an_inner_one)
{
	number_map inner, got;
	outer_map outer = { .map = NULL };
	uint32_t key = 1;

	require_root();
	assert_error(skep_map_new(&outer, SKEP_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4, NULL), EINVAL);
	app_assert_hints(".inner");
	assert_ok(skep_map_new(&inner, SKEP_MAP_TYPE_HASH, "inner", 16, NULL));
	assert_ok(skep_map_new(&outer, SKEP_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4,
			       SKEP_OPTS(skep_map_new_opts, .inner = inner.map)));
	assert_ok(skep_map_set_inner(outer, &key, inner));
	assert_ok(skep_map_get_inner(outer, &key, &got));
	assert_is(got.map, SKEP_MAP_TYPE_HASH, "inner");
	skep_map_free(inner.map);
	skep_map_free(got.map);
	skep_map_free(outer.map);
}

TEST(cgroup_storage_is_made_or_the_kernel_that_brought_it_is_named)
{
	storage_map map = { .map = NULL };
	int err;

	require_root();
	err = skep_map_new(&map, SKEP_MAP_TYPE_CGRP_STORAGE, "cgroups", 0, NULL);
	if (kernel_at_least(6, 2)) {
		assert_ok(err);
		skep_map_free(map.map);
		return;
	}
	assert_error(err, EOPNOTSUPP);
	app_assert_says("6.2");
	assert_null(map.map);
}

TEST(a_kind_that_no_kernel_has_is_refused)
{
	struct skep_map *map = NULL;

	require_root();
	assert_true(skep_map_new_raw(
			    &map, (enum skep_map_type)9999, "x", 1, NULL,
			    SKEP_OPTS(skep_map_new_opts, .key_bytes = 4, .value_bytes = 4)) < 0);
	assert_null(map);
}

TEST(a_kind_that_is_not_the_handles_is_refused_before_anything_is_made)
{
	number_map map = { .map = NULL };

	require_root();
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_PERCPU_HASH, "x", 4, NULL), EPROTOTYPE);
	app_assert_hints("SKEP_PERCPU_MAP");
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_STRUCT_OPS, "x", 4, NULL), EINVAL);
	assert_null(map.map);
}

TEST(sizes_that_cannot_be_are_refused_with_the_rule)
{
	typedef SKEP_MAP(uint64_t, uint64_t) wide_map;
	number_map map = { .map = NULL };
	storage_map storage = { .map = NULL };
	wide_map wide = { .map = NULL };

	require_root();
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "x", 0, NULL), EINVAL);
	app_assert_says("map 'x' has 0 entries");
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "x", 1u << 30, NULL), E2BIG);
	app_assert_says("map 'x' has 1073741824 entries");
	assert_error(skep_map_new_raw(&map.map, SKEP_MAP_TYPE_HASH, "x", 4, NULL,
				      SKEP_OPTS(skep_map_new_opts, .key_bytes = 4)),
		     EINVAL);
	app_assert_says("map 'x' has values of 0 bytes");
	assert_error(skep_map_new(&map, (enum skep_map_type)999, "x", 4, NULL), EINVAL);
	app_assert_says("999 is no kind");
	assert_error(skep_map_new(&wide, SKEP_MAP_TYPE_ARRAY, "x", 4, NULL), EINVAL);
	app_assert_hints("a __u32");
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_LPM_TRIE, "x", 4, NULL), EINVAL);
	app_assert_hints("length of the prefix");
	assert_error(skep_map_new(&storage, SKEP_MAP_TYPE_TASK_STORAGE, "x", 5, NULL), EINVAL);
	app_assert_hints("0 entries");
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "no spaces", 4, NULL), EINVAL);
	app_assert_says("cannot be a map's name");
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "x", 4,
				  SKEP_OPTS(skep_map_new_opts, .flags = 1u << 31)),
		     EINVAL);
	assert_null(map.map);
	assert_null(wide.map);
	assert_null(storage.map);
}

TEST(long_names_stay_whole_in_the_handle)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	number_map map, unnamed;

	require_root();
	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "a_name_of_more_than_15", 4, NULL));
	assert_string_equal(skep_map_name(map.map), "a_name_of_more_than_15");
	assert_is(map.map, SKEP_MAP_TYPE_HASH, "a_name_of_more_");
	assert_ok(skep_map_info(map.map, &info));
	assert_string_equal(info.name, "a_name_of_more_than_15");
	assert_string_equal(info.kernel_name, "a_name_of_more_");
	assert_ok(skep_map_new(&unnamed, SKEP_MAP_TYPE_HASH, NULL, 4, NULL));
	assert_is(unnamed.map, SKEP_MAP_TYPE_HASH, "");
	skep_map_free(map.map);
	skep_map_free(unnamed.map);
}

TEST(options_of_a_newer_library_are_refused)
{
	struct {
		struct skep_map_new_opts known;
		uint64_t newer;
	} opts = { .known = { .sz = sizeof(opts) }, .newer = 1 };
	number_map map = { .map = NULL };

	require_root();
	assert_error(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "x", 4, &opts.known), E2BIG);
	assert_null(map.map);
}

TEST(a_map_like_another_is_empty_and_of_its_make)
{
	number_map map, like = { .map = NULL };
	lpm_map wrong = { .map = NULL };
	uint32_t key = 1;
	uint64_t value = 1;

	require_root();
	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "map", 4,
			       SKEP_OPTS(skep_map_new_opts, .flags = BPF_F_NO_PREALLOC)));
	assert_ok(skep_map_put(map, &key, &value));
	assert_error(skep_map_new_like(&wrong, map.map, "like", 0), EPROTOTYPE);
	assert_error(skep_map_new_like(&like, NULL, "like", 0), EBADF);
	assert_ok(skep_map_new_like(&like, map.map, "like", 0));
	assert_is(like.map, SKEP_MAP_TYPE_HASH, "like");
	assert_error(skep_map_get(like, &key, &value), ENOENT);
	assert_ok(skep_map_put(like, &key, &value));
	skep_map_free(map.map);
	skep_map_free(like.map);
}

/* What each way of use says of a map whose file descriptor is closed, or another file's. */
static void assert_all_refuse(number_map inner, outer_map outer, socket_map sockets,
			      program_map programs, storage_map storage, devmap ports)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint32_t key = 0;
	uint64_t value = 0;
	number_map got = { .map = NULL };

	assert_error(skep_map_set_inner(outer, &key, inner), EBADF);
	assert_error(skep_map_get_inner(outer, &key, &got), EBADF);
	assert_error(skep_map_set_socket(sockets, &key, fd), EBADF);
	app_assert_says("was closed");
	app_assert_hints("skep_map_free()");
	assert_error(skep_map_get_socket(sockets, &key, &value), EBADF);
	assert_error(skep_map_set_program_fd(programs, 0, fd), EBADF);
	assert_error(skep_storage_put(storage, fd, &value), EBADF);
	assert_error(skep_devmap_put(ports, &key, "lo", NULL), EBADF);
	close(fd);
}

TEST(maps_closed_behind_their_handles_are_refused_and_not_mistaken)
{
	number_map inner;
	outer_map outer;
	socket_map sockets;
	program_map programs;
	storage_map storage;
	devmap ports;
	int fds[5], other = open("/dev/null", O_RDWR | O_CLOEXEC);

	require_root();
	assert_ok(skep_map_new(&inner, SKEP_MAP_TYPE_HASH, "inner", 16, NULL));
	assert_ok(skep_map_new(&outer, SKEP_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4,
			       SKEP_OPTS(skep_map_new_opts, .inner = inner.map)));
	assert_ok(skep_map_new(&sockets, SKEP_MAP_TYPE_SOCKMAP, "sockets", 4, NULL));
	assert_ok(skep_map_new(&programs, SKEP_MAP_TYPE_PROG_ARRAY, "programs", 4, NULL));
	assert_ok(skep_map_new(&storage, SKEP_MAP_TYPE_SK_STORAGE, "storage", 0, NULL));
	assert_ok(skep_map_new(&ports, SKEP_MAP_TYPE_DEVMAP, "ports", 4, NULL));
	fds[0] = skep_map_fd(outer.map);
	fds[1] = skep_map_fd(sockets.map);
	fds[2] = skep_map_fd(programs.map);
	fds[3] = skep_map_fd(storage.map);
	fds[4] = skep_map_fd(ports.map);
	for (int i = 0; i < 5; i++)
		assert_int_equal(dup3(other, fds[i], O_CLOEXEC), fds[i]);
	assert_all_refuse(inner, outer, sockets, programs, storage, ports);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	assert_error(skep_map_set_inner(outer, &(uint32_t){ 0 }, inner), EBADF);
	for (int i = 0; i < 5; i++)
		assert_true(dup3(other, fds[i], O_CLOEXEC) >= 0);
	skep_map_free(outer.map);
	skep_map_free(sockets.map);
	skep_map_free(programs.map);
	skep_map_free(storage.map);
	skep_map_free(ports.map);
	skep_map_free(inner.map);
	close(other);
}

TEST(words_of_a_put_say_which_of_full_index_prefix_and_closed_it_is)
{
	typedef SKEP_MAP(struct lpm, uint64_t) tree_map;
	struct lpm key = { 33, { 0 } };
	uint32_t one = 1, far = 9;
	number_map map = { .map = NULL };
	tree_map tree = { .map = NULL };
	uint64_t value = 1;
	int fd;

	require_root();
	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_HASH, "small", 1, NULL));
	assert_ok(skep_map_put(map, &one, &value));
	assert_error(skep_map_put(map, &far, &value), E2BIG);
	app_assert_says("map 'small' is full");
	fd = skep_map_fd(map.map);
	close(fd);
	assert_error(skep_map_get(map, &one, &value), EBADF);
	app_assert_says("map 'small': its file descriptor is closed");
	assert_int_equal(dup2(0, fd), fd);
	assert_error(skep_map_get(map, &one, &value), EBADF);
	app_assert_says("is another file's now");
	skep_map_free(map.map);
	assert_ok(skep_map_new(&map, SKEP_MAP_TYPE_ARRAY, "slots", 4, NULL));
	assert_error(skep_map_put(map, &far, &value), E2BIG);
	app_assert_says("map 'slots' has no such index");
	skep_map_free(map.map);
	assert_ok(skep_map_new(&tree, SKEP_MAP_TYPE_LPM_TRIE, "tree", 4, NULL));
	assert_error(skep_map_put(tree, &key, &value), EINVAL);
	app_assert_says("map 'tree': the key's prefixlen");
	skep_map_free(tree.map);
}
