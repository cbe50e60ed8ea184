// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Types of maps before they are used: pins taken by name, maps made with layouts, renamed fields. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "map_types.skep.h"
#include "map_types_new.skep.h"

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

static void end(struct map_types *app)
{
	map_types_free(app);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
}

typedef SKEP_MAP(uint32_t, uint64_t) number_map;

struct halves {
	uint32_t low, high;
};
SKEP_LAYOUT_PLAIN(key_layout, uint32_t);
SKEP_LAYOUT_PLAIN(number_layout, uint64_t);
SKEP_LAYOUT(halves_layout, struct halves, low, high);

/* Pins at the place that the object's `by_name` takes by itself. */
static void pin_by_name(uint32_t entries, const struct skep_layout *value)
{
	number_map map = { .map = NULL };

	unlink(path_of("by_name"));
	assert_ok(skep_map_new_raw(&map.map, SKEP_MAP_TYPE_HASH, "theirs", entries,
				   SKEP_MAP_CHECKED_(&map, &key_layout, value), NULL));
	assert_ok(skep_map_pin(map.map, path_of("by_name")));
	skep_map_free(map.map);
}

TEST(map_pinned_by_name_is_compared_by_fields_before_libbpf_takes_it_by_size)
{
	struct map_types *app = start();

	pin_by_name(8, &halves_layout);
	assert_error(map_types_load(app), EPROTOTYPE);
	app_assert_says("map 'by_name': the value");
	app_assert_hints("skep_object_migrate_map()");
	pin_by_name(9, &number_layout);
	assert_error(map_types_load(app), EPROTOTYPE);
	app_assert_says("map 'by_name': entries: 9 in the map that is there, 8 in the object");
	app_assert_hints("skep_object_migrate_map()");
	/* Nothing was tried: what is mended can be loaded. */
	pin_by_name(8, &number_layout);
	assert_ok(map_types_load(app));
	end(app);
}

TEST(map_pinned_by_name_where_no_bpf_file_system_is_says_how_to_mount_one)
{
	struct map_types *app = start();
	struct bpf_map *map = skep_map_libbpf(map_types_map_by_name(app).map);

	assert_int_equal(bpf_map__set_pin_path(map, "/tmp/by_name"), 0);
	assert_error(map_types_load(app), EINVAL);
	app_assert_says("/tmp/ is not in a BPF file system");
	app_assert_hints("mount -t bpf");
	assert_int_equal(bpf_map__set_pin_path(map, "/tmp/no/such/by_name"), 0);
	assert_error(map_types_load(app), ENOENT);
	/* One folder is made. */
	assert_int_equal(bpf_map__set_pin_path(map, path_of("folder/by_name")), 0);
	assert_ok(map_types_load(app));
	end(app);
}

TEST(sizes_that_no_kernel_takes_are_said_at_load_with_the_maps_name)
{
	struct map_types *app = start();
	struct bpf_map *map = skep_map_libbpf(map_types_map_flows(app).map);

	assert_int_equal(bpf_map__set_max_entries(map, 1u << 30), 0);
	assert_error(map_types_load(app), E2BIG);
	app_assert_says("map 'flows' has 1073741824 entries");
	assert_int_equal(bpf_map__set_max_entries(map, 0), 0);
	assert_error(map_types_load(app), EINVAL);
	app_assert_says("map 'flows' has 0 entries");
	app_assert_hints("skep_object_resize()");
	assert_int_equal(bpf_map__set_max_entries(map, 8), 0);
	assert_ok(map_types_load(app));
	end(app);
}

TEST(open_handles_do_not_keep_what_ends_with_the_object)
{
	struct map_types *app = start();
	struct skep_map *lent = map_types_map_flows(app).map;
	SKEP_MAP(struct map_types__flow, struct map_types__count) opened, adopted;

	assert_ok(map_types_load(app));
	assert_non_null(skep_map_libbpf(lent));
	assert_ok(skep_map_open(&opened, map_types_object(app), "flows"));
	assert_ok(skep_map_adopt(&adopted, skep_map_libbpf(lent)));
	assert_null(skep_map_libbpf(opened.map));
	assert_null(skep_map_libbpf(adopted.map));
	skep_map_free(opened.map);
	skep_map_free(adopted.map);
	end(app);
}

TEST(what_is_not_in_a_bpf_file_system_is_told_apart_from_a_wrong_pin)
{
	number_map map = { .map = NULL };

	require_root();
	assert_int_not_equal(skep_map_open_pinned(&map, "/etc/passwd"), 0);
	app_assert_says("/etc/passwd: it is not in a BPF file system");
}

struct outer {
	struct halves inner;
	struct halves pairs[2];
	char name[16];
	int64_t balance;
	bool is_set;
	void *pointer;
	double ratio;
	int32_t grid[2][3];
};
SKEP_LAYOUT(outer_layout, struct outer, inner.low, inner.high, pairs, pairs[0].low, pairs[0].high,
	    name, balance, is_set, pointer, ratio, grid);
SKEP_LAYOUT(opaque_layout, struct outer, inner, pairs, name, balance, is_set, pointer, ratio, grid);

TEST(map_made_with_layouts_has_types_that_others_can_compare)
{
	SKEP_MAP(uint32_t, struct outer) map = { .map = NULL }, again = { .map = NULL };
	struct skep_map_info info = { .sz = sizeof(info) };
	struct skep_field wrong[16];
	struct skep_layout other = outer_layout;

	require_root();
	assert_ok(skep_map_new_typed(&map, SKEP_MAP_TYPE_ARRAY, "made", 4, &key_layout,
				     &outer_layout, NULL));
	assert_ok(skep_map_info(map.map, &info));
	assert_true(info.has_types);
	assert_ok(skep_map_adopt_fd_checked(&again, skep_map_fd(map.map), &key_layout,
					    &outer_layout));
	skep_map_free(again.map);
	memcpy(wrong, other.fields, other.count * sizeof(*wrong));
	wrong[1].offset += 8;
	other.fields = wrong;
	assert_error(skep_map_check(map, &key_layout, &other), EPROTOTYPE);
	app_assert_says("'inner.high' is at offset 4");
	skep_map_free(map.map);
	assert_ok(skep_map_new_typed(&map, SKEP_MAP_TYPE_HASH, "made", 4, &key_layout,
				     &opaque_layout, NULL));
	assert_ok(skep_map_check(map, &key_layout, &opaque_layout));
	skep_map_free(map.map);
	assert_ok(skep_map_new_typed(&map, SKEP_MAP_TYPE_HASH, "made", 4, NULL, NULL, NULL));
	skep_map_free(map.map);
	assert_error(skep_map_new_typed(&map, SKEP_MAP_TYPE_HASH, "made", 4, &key_layout,
					&halves_layout, NULL),
		     EINVAL);
	app_assert_says("the layout of struct halves has 8 bytes");
}

static int migrate_renamed(struct map_types_new *new, const char *from, const char *to,
			   const char *second_from, const char *second_to)
{
	const struct skep_renamed_field renames[] = { { from, to }, { second_from, second_to } };

	return skep_object_migrate_map(map_types_new_object(new), "flows", path_of("flows"),
				       SKEP_OPTS(skep_map_migrate_opts, .renames = renames,
						 .rename_count = second_from ? 2 : 1),
				       NULL);
}

TEST(renamed_fields_keep_their_values_and_a_misspelt_one_is_refused)
{
	struct map_types *app = start();
	struct map_types_new *new = NULL;
	struct map_types__flow flow = { .from = 3 };
	struct map_types__count old = { .packets = 3, .errors = 4, .gone = 5 };
	struct map_types_new__count count;

	assert_ok(map_types_load(app));
	assert_ok(skep_map_put(map_types_map_flows(app), &flow, &old));
	assert_ok(skep_map_pin(map_types_map_flows(app).map, path_of("flows")));
	assert_ok(map_types_new_open(&new, NULL));
	assert_int_equal(
		bpf_map__set_pin_path(skep_map_libbpf(map_types_new_map_by_name(new).map), NULL),
		0);
	assert_error(migrate_renamed(new, "value.gnoe", "value.added", NULL, NULL), EPROTOTYPE);
	app_assert_says("no field 'value.gnoe' in the old map");
	assert_error(migrate_renamed(new, "value.gone", "value.adedd", NULL, NULL), EPROTOTYPE);
	app_assert_says("no field 'value.adedd' in the new map");
	assert_error(migrate_renamed(new, "value.gone", "key.from", NULL, NULL), EINVAL);
	assert_error(migrate_renamed(new, "gone", "added", NULL, NULL), EINVAL);
	app_assert_hints("value.packets");
	assert_error(migrate_renamed(new, NULL, NULL, NULL, NULL), EINVAL);
	assert_error(migrate_renamed(new, "value.gone", "value.errors", NULL, NULL), EINVAL);
	app_assert_says("two fields of the old map would be 'value.errors'");
	/* One takes the place of another. */
	assert_ok(
		migrate_renamed(new, "value.errors", "value.added", "value.gone", "value.errors"));
	assert_ok(map_types_new_load(new));
	assert_ok(skep_map_get_raw(map_types_new_map_flows(new).map, &flow, &count));
	assert_int_equal(count.added, 4);
	assert_int_equal(count.errors, 5);
	assert_int_equal(count.packets, 3);
	map_types_new_free(new);
	end(app);
}
