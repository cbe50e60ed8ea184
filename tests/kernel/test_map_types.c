// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Maps that somebody else made: opened in every way, held to the caller's types, pinned, frozen. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_types.skep.h"
#include "map_types_new.skep.h"

struct part {
	uint16_t size;
	int32_t weight;
};
struct flow {
	uint32_t from;
	uint16_t port;
	uint32_t to;
};
struct count {
	uint64_t packets;
	uint32_t bytes, gone;
	int64_t balance;
	struct part parts[2];
	char name[16];
	uint32_t errors;
	uint32_t low : 5, high : 27;
	float ratio;
};
SKEP_LAYOUT(flow_layout, struct flow, from, port, to);
SKEP_LAYOUT(count_layout, struct count, packets, bytes, gone, balance, parts, parts[0].size,
	    parts[0].weight, name, errors, ratio);

typedef SKEP_MAP(struct flow, struct count) flow_map;

static char *path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	return path;
}

static struct map_types *start(void)
{
	struct map_types *app = NULL;
	struct bpf_map *by_name;

	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", test_tmpdir(), "bpf", 0, NULL), 0);
	assert_ok(map_types_open(&app, NULL));
	by_name = skep_map_libbpf(map_types_map_by_name(app).map);
	assert_int_equal(bpf_map__set_pin_path(by_name, path_of("by_name")), 0);
	return app;
}

static struct map_types *start_loaded(void)
{
	struct map_types *app = start();

	assert_ok(map_types_load(app));
	return app;
}

static void end(struct map_types *app)
{
	map_types_free(app);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
}

static uint32_t id_of(const struct skep_map *map)
{
	struct skep_map_info info = { .sz = sizeof(info) };

	assert_ok(skep_map_info(map, &info));
	return info.id;
}

TEST(map_is_opened_by_id_by_libbpfs_map_by_pin_and_by_fd_and_is_one_map)
{
	struct map_types *app = start_loaded();
	struct skep_map *lent = map_types_map_flows(app).map;
	flow_map maps[5];
	struct flow flow = { .port = 7 };
	struct count count = { .packets = 1 };
	uint32_t id;

	assert_ok(skep_map_pin(lent, path_of("flows")));
	assert_ok(skep_map_open_id_checked(&maps[0], id_of(lent), &flow_layout, &count_layout));
	assert_ok(skep_map_adopt_checked(&maps[1], skep_map_libbpf(lent), &flow_layout,
					 &count_layout));
	assert_ok(skep_map_open_pinned_checked(&maps[2], path_of("flows"), &flow_layout,
					       &count_layout));
	assert_ok(skep_map_adopt_fd_checked(&maps[3], skep_map_fd(lent), &flow_layout,
					    &count_layout));
	assert_ok(skep_map_open_checked(&maps[4], map_types_object(app), "flows", &flow_layout,
					&count_layout));
	map_types_free(app);
	assert_ok(skep_map_put(maps[0], &flow, &count));
	id = id_of(maps[0].map);
	for (int i = 0; i < 5; i++) {
		assert_ok(skep_map_check(maps[i], &flow_layout, &count_layout));
		assert_ok(skep_map_get(maps[i], &flow, &count));
		assert_int_equal(id_of(maps[i].map), id);
		skep_map_free(maps[i].map);
	}
	end(NULL);
}

TEST(what_is_no_map_has_a_fixed_errno_and_says_what_it_is)
{
	struct map_types *app = start();
	uint64_t count;
	flow_map map = { .map = NULL };
	int fd;

	assert_error(skep_map_adopt(&map, skep_map_libbpf(map_types_map_flows(app).map)), EBADF);
	app_assert_says("map 'flows' is not loaded");
	assert_error(skep_map_count(map_types_map_flows(app), &count), EBADF);
	app_assert_says("map 'flows' is not loaded");
	app_assert_hints("load its object first");
	assert_ok(map_types_load(app));
	assert_error(skep_map_adopt(&map, NULL), EINVAL);
	app_assert_hints("bpf_object__find_map_by_name");
	assert_error(skep_map_open_id(&map, 0), ENOENT);
	assert_error(skep_map_open_id(&map, UINT32_MAX), ENOENT);
	app_assert_says("no map with id 4294967295");
	assert_error(skep_map_open_pinned(&map, NULL), EINVAL);
	assert_error(skep_map_open_pinned(&map, ""), EINVAL);
	assert_error(skep_map_open(&map, NULL, "flows"), EINVAL);
	assert_error(skep_map_open(&map, map_types_object(app), NULL), EINVAL);
	fd = open("/dev/null", O_RDONLY);
	assert_error(skep_map_adopt_fd(&map, fd), EINVAL);
	close(fd);
	assert_error(skep_map_adopt_fd(&map, fd), EBADF);
	assert_error(skep_map_adopt_fd(&map, -1), EBADF);
	assert_int_equal(
		bpf_obj_pin(skep_program_fd(map_types_program_touch(app)), path_of("program")), 0);
	assert_error(skep_map_open_pinned(&map, path_of("program")), EINVAL);
	app_assert_says("is not a map");
	assert_null(map.map);
	end(app);
}

TEST(handle_that_was_not_opened_is_ebadf_everywhere)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	struct map_types *app = start();
	flow_map none = { .map = NULL };
	struct skep_map *unloaded = map_types_map_flows(app).map;

	assert_error(skep_map_check(none, &flow_layout, NULL), EBADF);
	assert_error(skep_map_info(NULL, &info), EBADF);
	assert_error(skep_map_pin(NULL, path_of("x")), EBADF);
	assert_error(skep_map_unpin(NULL, path_of("x")), EBADF);
	assert_error(skep_map_freeze(NULL), EBADF);
	assert_error(skep_map_pin(unloaded, path_of("x")), EBADF);
	assert_error(skep_map_freeze(unloaded), EBADF);
	assert_error(skep_object_reuse_open_map(map_types_object(app), "flows", NULL), EBADF);
	assert_error(skep_map_migrate(path_of("x"), NULL, NULL, NULL), EBADF);
	assert_int_equal(skep_map_fd(NULL), -1);
	assert_string_equal(skep_map_name(NULL), "(none)");
	assert_null(skep_map_libbpf(NULL));
	skep_map_free(NULL);
	end(app);
}

TEST(info_says_what_a_map_is_as_far_as_the_caller_has_room)
{
	struct map_types *app = start();
	struct skep_map *map = map_types_map_per_cpu(app).map;
	struct skep_map_info info = { .sz = sizeof(info) };

	assert_ok(skep_map_info(map, &info));
	assert_int_equal(info.id, 0);
	assert_ok(map_types_load(app));
	assert_ok(skep_map_info(map, &info));
	assert_string_equal(info.kind, "per-CPU hash");
	assert_string_equal(info.name, "per_cpu");
	assert_string_equal(info.handle, "SKEP_PERCPU_MAP(K, V)");
	assert_int_equal(info.type, BPF_MAP_TYPE_PERCPU_HASH);
	assert_int_equal(info.entries, 64);
	assert_int_equal(info.key_bytes, 4);
	assert_int_equal(info.value_bytes, sizeof(struct count));
	assert_true(info.id && info.btf_id && info.has_types && !info.is_frozen);
	assert_true(info.memory_bytes > 0);
	memset(&info, 0, sizeof(info));
	info.sz = offsetof(struct skep_map_info, key_bytes);
	assert_ok(skep_map_info(map, &info));
	assert_int_equal(info.entries, 64);
	assert_int_equal(info.key_bytes, 0);
	assert_int_equal(info.sz, offsetof(struct skep_map_info, key_bytes));
	info.sz = 0;
	assert_error(skep_map_info(map, &info), EINVAL);
	assert_error(skep_map_info(map, NULL), EINVAL);
	end(app);
}

#define WRONG(name, ...)                                                                           \
	struct name {                                                                              \
		__VA_ARGS__                                                                        \
	}

WRONG(moved, uint64_t packets; uint32_t gone, bytes; int64_t balance; struct part parts[2];
      char name[16]; uint32_t errors; uint32_t low : 5, high : 27; float ratio;);
WRONG(wider, uint64_t packets; uint32_t gone; uint64_t bytes;);
WRONG(unsign, uint64_t packets; uint32_t bytes, gone; uint64_t balance;);
WRONG(renamed, uint64_t packets; uint32_t octets, gone; int64_t balance;);

#define REFUSED(type, sentence, ...)                                                               \
	do {                                                                                       \
		SKEP_LAYOUT(layout_, struct type, __VA_ARGS__);                                    \
		assert_error(skep_map_check_raw(map, SKEP_OPTS(skep_map_shape,                     \
							       .access = SKEP_ACCESS_KEYED,        \
							       .value_layout = &layout_)),         \
			     EPROTOTYPE);                                                          \
		assert_string_equal(skep_error_last()->message, sentence);                         \
	} while (0)

TEST(first_field_that_differs_is_named_with_both_places)
{
	struct map_types *app = start_loaded();
	struct skep_map *map = map_types_map_flows(app).map;

	REFUSED(moved,
		"map 'flows': value field 'gone' is at offset 12 with 4 bytes, unsigned, in the "
		"map; at 8 with 4 bytes here",
		packets, gone, bytes);
	REFUSED(wider,
		"map 'flows': value field 'bytes' is at offset 8 with 4 bytes, unsigned, in the "
		"map; at 16 with 8 bytes here",
		packets, bytes);
	REFUSED(unsign,
		"map 'flows': value field 'balance' is at offset 16 with 8 bytes, signed, in the "
		"map; at 16 with 8 bytes, unsigned here",
		packets, bytes, gone, balance);
	REFUSED(renamed,
		"map 'flows': value field 'octets' of struct renamed is not in the map, which has "
		"'bytes' at offset 8",
		packets, octets, gone, balance);
	REFUSED(count,
		"map 'flows': value field 'parts[0].weight', at offset 28 with 4 bytes, signed in "
		"the map, is not in struct count here",
		packets, bytes, gone, balance, parts[0].size, name, errors, ratio);
	end(app);
}

TEST(generated_functions_hold_a_map_to_the_objects_own_types)
{
	struct map_types *app = start_loaded();
	map_types_flows_map mine = { .map = NULL };
	map_types_new_flows_map theirs = { .map = NULL };
	map_types_per_cpu_map cpus = { .map = NULL };
	int fd = skep_map_fd(map_types_map_flows(app).map);

	assert_ok(skep_map_pin(map_types_map_flows(app).map, path_of("flows")));
	assert_ok(map_types_open_pinned_flows(&mine, path_of("flows")));
	skep_map_free(mine.map);
	assert_ok(map_types_adopt_flows(&mine, fd));
	skep_map_free(mine.map);
	assert_error(map_types_new_open_pinned_flows(&theirs, path_of("flows")), EPROTOTYPE);
	app_assert_says("map 'flows': value field 'bytes' is at offset 8 with 4 bytes, unsigned, "
			"in the map; at 0 with 8 bytes here");
	assert_error(map_types_new_adopt_flows(&theirs, fd), EPROTOTYPE);
	assert_error(map_types_adopt_per_cpu(&cpus, fd), EPROTOTYPE);
	assert_null(theirs.map);
	assert_null(cpus.map);
	end(app);
}

TEST(map_without_btf_has_no_fields_to_check_and_sizes_alone_are_the_callers_choice)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	flow_map map = { .map = NULL };
	SKEP_LAYOUT_PLAIN(plain, uint32_t);
	int fd;

	require_root();
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "bare", sizeof(struct flow), sizeof(struct count), 4,
			    NULL);
	assert_true(fd >= 0);
	assert_error(skep_map_adopt_fd_checked(&map, fd, &flow_layout, &count_layout), EPROTOTYPE);
	app_assert_says("map 'bare' has no types to compare");
	app_assert_hints("without _checked");
	assert_null(map.map);
	assert_ok(skep_map_adopt_fd(&map, fd));
	assert_ok(skep_map_info(map.map, &info));
	assert_false(info.has_types);
	assert_error(skep_map_check(map, &flow_layout, NULL), EPROTOTYPE);
	assert_error(skep_map_check(map, &plain, NULL), EINVAL);
	app_assert_says("the layout of uint32_t has 4 bytes, and the handle's key 12");
	skep_map_free(map.map);
	close(fd);
}

TEST(layout_that_is_none_is_refused_before_it_is_read)
{
	struct map_types *app = start_loaded();
	struct skep_layout broken = count_layout;
	struct skep_field nameless[1];
	map_types_flows_map flows = map_types_map_flows(app);

	broken.sz = 0;
	assert_error(skep_map_check(flows, NULL, &broken), EINVAL);
	broken = count_layout;
	broken.field_bytes = 1;
	assert_error(skep_map_check(flows, NULL, &broken), EINVAL);
	broken = count_layout;
	broken.fields = NULL;
	assert_error(skep_map_check(flows, NULL, &broken), EINVAL);
	nameless[0] = count_layout.fields[0];
	nameless[0].name = NULL;
	broken.fields = nameless;
	broken.count = 1;
	assert_error(skep_map_check(flows, NULL, &broken), EINVAL);
	end(app);
}

static int told;
static char told_line[512];

static void hear(enum skep_log_level level, const char *line)
{
	if (level != SKEP_LOG_WARN || !strstr(line, "padding"))
		return;
	told++;
	snprintf(told_line, sizeof(told_line), "%s", line);
}

TEST(padding_of_a_hashs_key_is_told_once_with_its_place)
{
	struct map_types *app = start_loaded();
	flow_map map;

	told = 0;
	skep_log_set(hear, SKEP_LOG_WARN);
	for (int i = 0; i < 3; i++) {
		assert_ok(skep_map_open(&map, map_types_object(app), "flows"));
		skep_map_free(map.map);
	}
	skep_log_set(NULL, SKEP_LOG_OFF);
	assert_int_equal(told, 1);
	assert_non_null(strstr(told_line, "map 'flows': its key, struct flow, has padding: 2 bytes "
					  "at offset 6;"));
	end(app);
}

TEST(pin_says_what_is_wrong_with_the_path)
{
	struct map_types *app = start_loaded();
	struct skep_map *map = map_types_map_flows(app).map, *other = map_types_map_slots(app).map;

	assert_error(skep_map_pin(map, "/tmp/flows"), EINVAL);
	app_assert_hints("mount -t bpf bpf /sys/fs/bpf");
	assert_error(skep_map_pin(map, path_of("no/flows")), ENOENT);
	app_assert_hints("mkdir -p");
	assert_error(skep_map_pin(map, path_of("flows.v1")), EINVAL);
	app_assert_says("no names with a dot");
	assert_error(skep_map_pin(map, path_of("")), EINVAL);
	assert_error(skep_map_pin(map, NULL), EINVAL);
	assert_ok(skep_map_pin(map, path_of("flows")));
	assert_error(skep_map_pin(map, path_of("flows")), EEXIST);
	assert_error(skep_map_unpin(other, path_of("flows")), EINVAL);
	app_assert_says("not 'slots'");
	assert_ok(skep_map_unpin(map, path_of("flows")));
	assert_error(skep_map_unpin(map, path_of("flows")), ENOENT);
	end(app);
}

TEST(frozen_map_is_read_only_for_user_space_for_good)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	struct map_types *app = start_loaded();
	map_types_slots_map slots = map_types_map_slots(app);
	uint32_t key = 0;
	uint64_t value = 1;

	assert_ok(skep_map_put(slots, &key, &value));
	assert_ok(skep_map_freeze(slots.map));
	assert_ok(skep_map_info(slots.map, &info));
	assert_true(info.is_frozen);
	assert_error(skep_map_put(slots, &key, &value), EPERM);
	assert_ok(skep_map_get(slots, &key, &value));
	assert_error(skep_map_freeze(slots.map), EBUSY);
	end(app);
}

TEST(object_uses_a_pinned_map_of_its_own_types_and_no_other)
{
	struct map_types *app = start_loaded(), *again = NULL;
	struct map_types_new *new = NULL;
	struct skep_map *flows = map_types_map_flows(app).map;

	assert_ok(skep_map_pin(flows, path_of("flows")));
	assert_ok(map_types_open(&again, NULL));
	assert_int_equal(bpf_map__set_pin_path(skep_map_libbpf(map_types_map_by_name(again).map),
					       path_of("by_name")),
			 0);
	assert_error(skep_object_reuse_map(map_types_object(again), "flows", path_of("no")),
		     ENOENT);
	assert_error(skep_object_reuse_map(map_types_object(again), "no", path_of("flows")),
		     ENOENT);
	assert_error(skep_object_reuse_map(map_types_object(again), "slots", path_of("flows")),
		     EPROTOTYPE);
	app_assert_says(
		"map 'slots' is of kind 'array' in the object, and the one that is there of kind 'hash'");
	assert_ok(map_types_resize_flows(again, 65));
	assert_error(skep_object_reuse_map(map_types_object(again), "flows", path_of("flows")),
		     EPROTOTYPE);
	app_assert_says("entries: 64 in the map that is there, 65 in the object");
	assert_ok(map_types_resize_flows(again, 64));
	assert_ok(skep_object_reuse_map(map_types_object(again), "flows", path_of("flows")));
	assert_ok(map_types_load(again));
	assert_int_equal(id_of(map_types_map_flows(again).map), id_of(flows));
	/* What libbpf does by name. */
	assert_int_equal(id_of(map_types_map_by_name(again).map),
			 id_of(map_types_map_by_name(app).map));
	assert_error(skep_object_reuse_map(map_types_object(again), "flows", path_of("flows")),
		     EBUSY);
	assert_ok(map_types_new_open(&new, NULL));
	assert_error(skep_object_reuse_map(map_types_new_object(new), "flows", path_of("flows")),
		     EPROTOTYPE);
	app_assert_says("value field 'bytes'");
	map_types_new_free(new);
	map_types_free(again);
	end(app);
}
