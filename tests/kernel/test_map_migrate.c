// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Pinned maps of yesterday's types: wholly in today's afterwards, or as they were. */
#include "harness/machine.h"
#include "harness/test.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_types.skep.h"
#include "map_types_new.skep.h"

#define DROPS SKEP_OPTS(skep_map_migrate_opts, .allow_drops = true)

typedef struct map_types__flow flow_t;
typedef struct map_types__count old_t;
typedef struct map_types_new__count new_t;

static char *path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	return path;
}

/* Yesterday's object is loaded, its maps are pinned, and it is gone. */
static struct map_types *start(void)
{
	struct map_types *app = NULL;

	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", test_tmpdir(), "bpf", 0, NULL), 0);
	assert_ok(map_types_open(&app, NULL));
	assert_int_equal(
		bpf_map__set_pin_path(skep_map_libbpf(map_types_map_by_name(app).map), NULL), 0);
	assert_ok(map_types_load(app));
	assert_ok(skep_map_pin(map_types_map_flows(app).map, path_of("flows")));
	assert_ok(skep_map_pin(map_types_map_per_cpu(app).map, path_of("per_cpu")));
	assert_ok(skep_map_pin(map_types_map_slots(app).map, path_of("slots")));
	return app;
}

static struct map_types_new *open_new(void)
{
	struct map_types_new *app = NULL;

	assert_ok(map_types_new_open(&app, NULL));
	assert_int_equal(
		bpf_map__set_pin_path(skep_map_libbpf(map_types_new_map_by_name(app).map), NULL),
		0);
	return app;
}

/* The kernel's own files there have a dot in their names. */
static int pins(void)
{
	DIR *folder = opendir(test_tmpdir());
	const struct dirent *entry;
	int count = 0;

	while ((entry = readdir(folder)))
		count += !strchr(entry->d_name, '.');
	closedir(folder);
	return count;
}

static void end(struct map_types *app, struct map_types_new *new)
{
	assert_int_equal(pins(), 3);
	map_types_free(app);
	map_types_new_free(new);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
}

static int migrate_flows(struct map_types_new *new, const struct skep_map_migrate_opts *opts)
{
	return skep_map_migrate(path_of("flows"), map_types_new_map_flows(new).map, opts, NULL);
}

static uint32_t id_at(const char *path)
{
	struct skep_map_info info = { .sz = sizeof(info) };
	struct skep_map *map = NULL;
	uint32_t id;

	assert_ok(skep_map_open_pinned_raw(&map, path, NULL));
	assert_ok(skep_map_info(map, &info));
	id = info.id;
	skep_map_free(map);
	return id;
}

static old_t old_count(uint32_t i)
{
	old_t count = {
		.packets = i,
		.bytes = 1000 * i,
		.balance = -(int64_t)i,
		.parts = { { .size = (uint16_t)i, .weight = -7 }, { .size = 9, .weight = (int)i } },
		.errors = i + 1,
		.low = i & 31,
		.high = i & 15,
		.ratio = 0.5F,
	};

	snprintf(count.name, sizeof(count.name), "name %u", i);
	return count;
}

static void put_old(struct map_types *app, uint32_t i, const old_t *count)
{
	flow_t flow;

	memset(&flow, 0, sizeof(flow));
	flow.from = i;
	assert_ok(skep_map_put(map_types_map_flows(app), &flow, count));
}

static void fill(struct map_types *app, uint32_t entries)
{
	for (uint32_t i = 0; i < entries; i++) {
		old_t count = old_count(i);

		put_old(app, i, &count);
	}
}

static void check_new(const new_t *count, uint32_t i)
{
	char name[24];

	memset(name, 0, sizeof(name));
	snprintf(name, sizeof(name), "name %u", i);
	assert_int_equal(count->bytes, 1000 * i);
	assert_int_equal(count->packets, i);
	assert_int_equal(count->balance, -(int)i);
	assert_int_equal(count->errors, i + 1);
	assert_int_equal(count->parts[0].size, i);
	assert_int_equal(count->parts[0].weight, -7);
	assert_int_equal(count->parts[1].weight, i);
	assert_int_equal(count->parts[2].size + count->parts[2].weight, 0);
	assert_memory_equal(count->name, name, sizeof(name));
	assert_int_equal(count->low, i & 31);
	assert_int_equal(count->high, i & 15);
	assert_true(count->ratio > 0.49 && count->ratio < 0.51);
	assert_int_equal(count->added, 0);
}

static const struct skep_migrated_field *field(const struct skep_migration *r, const char *name)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (!strcmp(r->fields[i].name, name))
			return &r->fields[i];
	fail_msg("the report does not have %s", name);
	return NULL;
}

TEST(entries_are_there_in_their_new_types_under_the_old_pin_and_in_the_object)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	struct skep_migration *report = NULL;
	uint32_t before = id_at(path_of("flows"));
	map_types_new_flows_map flows;
	flow_t flow;
	new_t count;

	fill(app, 50);
	assert_ok(skep_object_migrate_map(map_types_new_object(new), "flows", path_of("flows"),
					  DROPS, &report));
	assert_int_equal(report->entries, 50);
	assert_int_equal(field(report, "key.port")->fate, SKEP_FATE_KEPT);
	assert_int_equal(field(report, "value.bytes")->fate, SKEP_FATE_CONVERTED);
	assert_int_equal(field(report, "value.packets")->fate, SKEP_FATE_CONVERTED);
	assert_int_equal(field(report, "value.errors")->fate, SKEP_FATE_KEPT);
	assert_int_equal(field(report, "value.gone")->fate, SKEP_FATE_DROPPED);
	assert_int_equal(field(report, "value.added")->fate, SKEP_FATE_ADDED);
	assert_int_equal(report->added, 1);
	assert_int_equal(report->dropped, 1);
	assert_int_equal(report->kept + report->converted + report->added + report->dropped,
			 report->field_count);
	skep_migration_free(report);

	assert_int_not_equal(id_at(path_of("flows")), before);
	assert_ok(map_types_new_load(new));
	flows = map_types_new_map_flows(new);
	memset(&flow, 0, sizeof(flow));
	for (flow.from = 0; flow.from < 50; flow.from++) {
		assert_ok(skep_map_get_raw(flows.map, &flow, &count));
		check_new(&count, flow.from);
	}
	assert_ok(map_types_new_open_pinned_flows(&flows, path_of("flows")));
	assert_ok(skep_map_get_raw(flows.map, &(flow_t){ .from = 3 }, &count));
	skep_map_free(flows.map);
	end(app, new);
}

TEST(per_cpu_values_are_migrated_for_each_cpu)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	struct skep_migration *report = NULL;
	int cpus = libbpf_num_possible_cpus();
	size_t old_bytes = (sizeof(old_t) + 7) / 8 * 8, new_bytes = (sizeof(new_t) + 7) / 8 * 8;
	char *old_values = calloc((size_t)cpus, old_bytes);
	char *new_values = calloc((size_t)cpus, new_bytes);
	uint32_t key = 8;

	for (int cpu = 0; cpu < cpus; cpu++) {
		old_t count = old_count(20U + (uint32_t)cpu);

		memcpy(old_values + (size_t)cpu * old_bytes, &count, sizeof(count));
	}
	assert_int_equal(bpf_map_update_elem(skep_map_fd(map_types_map_per_cpu(app).map), &key,
					     old_values, BPF_ANY),
			 0);
	/* Loaded before: then into the map that the object has made. */
	assert_ok(map_types_new_load(new));
	assert_ok(skep_map_migrate(path_of("per_cpu"), map_types_new_map_per_cpu(new).map, DROPS,
				   &report));
	assert_int_equal(report->entries, 1);
	skep_migration_free(report);
	assert_int_equal(bpf_map_lookup_elem(skep_map_fd(map_types_new_map_per_cpu(new).map), &key,
					     new_values),
			 0);
	for (int cpu = 0; cpu < cpus; cpu++)
		check_new((const new_t *)(new_values + (size_t)cpu * new_bytes),
			  20U + (uint32_t)cpu);
	free(old_values);
	free(new_values);
	end(app, new);
}

TEST(array_is_migrated_by_index)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	uint64_t value;

	for (uint32_t key = 0; key < 4; key++) {
		value = key * 11;
		assert_ok(skep_map_put(map_types_map_slots(app), &key, &value));
	}
	assert_ok(skep_object_migrate_map(map_types_new_object(new), "slots", path_of("slots"),
					  NULL, NULL));
	assert_ok(map_types_new_load(new));
	for (uint32_t key = 0; key < 4; key++) {
		assert_ok(skep_map_get(map_types_new_map_slots(new), &key, &value));
		assert_int_equal(value, key * 11);
	}
	end(app, new);
}

/* The old map is pinned and complete, the other folder entries are as they were. */
static void assert_untouched(struct map_types *app, uint32_t id, uint32_t entries)
{
	flow_t flow;
	old_t count, expected;

	assert_int_equal(id_at(path_of("flows")), id);
	assert_int_equal(pins(), 3);
	memset(&flow, 0, sizeof(flow));
	for (flow.from = 0; flow.from < entries; flow.from++) {
		expected = old_count(flow.from);
		assert_ok(skep_map_get_raw(map_types_map_flows(app).map, &flow, &count));
		assert_memory_equal(&count, &expected, sizeof(count));
	}
}

TEST(value_that_does_not_fit_is_named_and_nothing_is_changed)
{
	static const struct {
		const char *says;
		old_t count;
	} cases[] = {
		{ "value field 'packets' of an entry is 256: it does not fit 1 byte, unsigned",
		  { .packets = 256 } },
		{ "value field 'balance' of an entry is -32769: it does not fit 2 bytes, signed",
		  { .balance = -32769 } },
		{ "value field 'high' of an entry is 16: it does not fit 4 bits", { .high = 16 } },
	};
	struct map_types *app = start();
	uint32_t id = id_at(path_of("flows"));
	struct skep_migration *report = NULL;

	fill(app, 20);
	for (size_t i = 0; i < 3; i++) {
		struct map_types_new *new = open_new();
		flow_t flow;

		memset(&flow, 0, sizeof(flow));
		flow.from = 1000;
		assert_ok(skep_map_put(map_types_map_flows(app), &flow, &cases[i].count));
		assert_error(skep_object_migrate_map(map_types_new_object(new), "flows",
						     path_of("flows"), DROPS, &report),
			     ERANGE);
		app_assert_says(cases[i].says);
		assert_null(report);
		assert_untouched(app, id, 20);
		map_types_new_free(new);
	}
	end(app, NULL);
}

TEST(new_map_that_is_too_small_leaves_the_old_one_in_place)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	uint32_t id = id_at(path_of("flows"));
	flow_t flow;

	fill(app, 50);
	assert_ok(map_types_new_resize_flows(new, 49));
	assert_error(skep_object_migrate_map(map_types_new_object(new), "flows", path_of("flows"),
					     DROPS, NULL),
		     E2BIG);
	app_assert_says("has 50 entries, and the new one room for 49");
	assert_untouched(app, id, 50);
	assert_ok(map_types_new_load(new));
	assert_error(migrate_flows(new, DROPS), E2BIG);
	assert_untouched(app, id, 50);
	assert_int_not_equal(
		bpf_map_get_next_key(skep_map_fd(map_types_new_map_flows(new).map), NULL, &flow),
		0);
	end(app, new);
}

/* Stands before libbpf's: the kernel refuses in the middle. */
static int fail_at, calls, fail_pin;

int __real_bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
{
	if (fail_at && ++calls == fail_at)
		return -ENOMEM;
	return __real_bpf_map_update_elem(fd, key, value, flags);
}

int __real_bpf_obj_pin(int fd, const char *path);
int __wrap_bpf_obj_pin(int fd, const char *path);
int __wrap_bpf_obj_pin(int fd, const char *path)
{
	return fail_pin ? -ENOSPC : __real_bpf_obj_pin(fd, path);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
static bool fail_rename;
int __wrap_rename(const char *from, const char *to)
{
	if (!fail_rename)
		return __real_rename(from, to);
	errno = EIO;
	return -1;
}

TEST(failure_in_the_middle_leaves_the_old_map_and_takes_back_the_new_one)
{
	static const struct {
		int at;
		bool pin, rename;
		int code;
	} faults[] = {
		{ 1, 0, 0, ENOMEM }, { 25, 0, 0, ENOMEM }, { 0, 1, 0, ENOSPC }, { 0, 0, 1, EIO }
	};
	struct map_types *app = start();
	uint32_t id = id_at(path_of("flows"));

	fill(app, 50);
	for (size_t i = 0; i < 4; i++) {
		struct map_types_new *new = open_new();
		flow_t flow;
		int err;

		assert_ok(map_types_new_load(new));
		calls = 0;
		fail_at = faults[i].at;
		fail_pin = faults[i].pin;
		fail_rename = faults[i].rename;
		err = migrate_flows(new, DROPS);
		fail_at = fail_pin = fail_rename = 0;
		assert_error(err, faults[i].code);
		assert_untouched(app, id, 50);
		assert_int_not_equal(
			bpf_map_get_next_key(skep_map_fd(map_types_new_map_flows(new).map), NULL,
					     &flow),
			0);
		/* And then it works. */
		if (i == 3)
			assert_ok(migrate_flows(new, DROPS));
		map_types_new_free(new);
	}
	end(app, NULL);
}

TEST(dry_run_reports_and_writes_nothing)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	uint32_t id = id_at(path_of("flows"));
	struct skep_migration *report = NULL;

	fill(app, 30);
	assert_ok(skep_object_migrate_map(
		map_types_new_object(new), "flows", path_of("flows"),
		SKEP_OPTS(skep_map_migrate_opts, .dry_run = true, .allow_drops = true), &report));
	assert_int_equal(report->entries, 30);
	assert_int_equal(report->dropped, 1);
	skep_migration_free(report);
	assert_untouched(app, id, 30);
	end(app, new);
}

TEST(drops_are_refused_unless_allowed_and_other_maps_are_no_targets)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	uint32_t id = id_at(path_of("flows"));
	struct skep_map *bare = NULL;
	flow_t flow;
	new_t count;
	int fd;

	fill(app, 5);
	assert_ok(map_types_new_load(new));
	assert_error(migrate_flows(new, NULL), EPROTOTYPE);
	app_assert_says("field 'value.gone' is not in the new map");
	app_assert_hints(".allow_drops = true");
	assert_error(
		skep_map_migrate(path_of("flows"), map_types_new_map_slots(new).map, NULL, NULL),
		EPROTOTYPE);
	assert_error(skep_map_migrate(path_of("flows"), map_types_map_flows(app).map, NULL, NULL),
		     EINVAL);
	assert_error(
		skep_map_migrate(path_of("none"), map_types_new_map_flows(new).map, NULL, NULL),
		ENOENT);
	assert_error(skep_map_migrate(NULL, map_types_new_map_flows(new).map, NULL, NULL), EINVAL);
	assert_error(skep_object_migrate_map(map_types_new_object(new), "flows", path_of("flows"),
					     NULL, NULL),
		     EBUSY);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "bare", sizeof(flow), 8, 64, NULL);
	assert_ok(skep_map_adopt_fd_raw(&bare, fd, NULL));
	close(fd);
	assert_error(skep_map_migrate(path_of("flows"), bare, NULL, NULL), EPROTOTYPE);
	app_assert_says("made without BTF");
	skep_map_free(bare);
	memset(&flow, 0, sizeof(flow));
	memset(&count, 0, sizeof(count));
	assert_ok(skep_map_put_raw(map_types_new_map_flows(new).map, &flow, &count, SKEP_PUT_ANY));
	assert_error(migrate_flows(new, DROPS), EEXIST);
	assert_untouched(app, id, 5);
	end(app, new);
}

/* Others add and remove all the time: what stays is there afterwards. */
TEST(entries_that_stay_arrive_while_others_come_and_go)
{
	struct map_types *app = start();
	struct map_types_new *new = open_new();
	uint32_t stays = 30;
	pid_t child;
	flow_t flow;
	new_t count;

	fill(app, stays);
	child = fork();
	if (!child) {
		int fd = skep_map_fd(map_types_map_flows(app).map);
		old_t value = old_count(1);

		memset(&flow, 0, sizeof(flow));
		for (;;) {
			for (flow.from = 100; flow.from < 120; flow.from++)
				__real_bpf_map_update_elem(fd, &flow, &value, BPF_ANY);
			for (flow.from = 100; flow.from < 120; flow.from++)
				bpf_map_delete_elem(fd, &flow);
		}
	}
	assert_ok(skep_object_migrate_map(map_types_new_object(new), "flows", path_of("flows"),
					  DROPS, NULL));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_ok(map_types_new_load(new));
	memset(&flow, 0, sizeof(flow));
	for (flow.from = 0; flow.from < stays; flow.from++) {
		assert_ok(skep_map_get_raw(map_types_new_map_flows(new).map, &flow, &count));
		check_new(&count, flow.from);
	}
	end(app, new);
}
