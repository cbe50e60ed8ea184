// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Migrations whose types were made for it: what they may become, and what not. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "app.h"

static char *path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	return path;
}

/* A hash whose key is struct { u32 a, b; } or struct { u32 a; }, and whose value is one field. */
enum value_kind {
	NUMBERS_4,
	NUMBERS_2,
	UNION_OLD,
	UNION_NEW,
	REAL,
	POINTED
};

static int add_value(struct btf *btf, enum value_kind kind, uint32_t *bytes)
{
	int number = btf__add_int(btf, "u32", 4, 0), type = number, part;

	*bytes = kind == NUMBERS_4 ? 16 : kind == NUMBERS_2 || kind == POINTED ? 8 : 4;
	if (kind == NUMBERS_4 || kind == NUMBERS_2)
		type = btf__add_array(btf, number, number, *bytes / 4);
	else if (kind == REAL)
		type = btf__add_float(btf, "float", 4);
	else if (kind == POINTED)
		type = btf__add_ptr(btf, 0);
	if (kind == UNION_OLD || kind == UNION_NEW) {
		part = btf__add_int(btf, "u16", 2, 0);
		type = btf__add_union(btf, "either", 4);
		btf__add_field(btf, "whole", number, 0, 0);
		btf__add_field(btf, kind == UNION_OLD ? "half" : "other", part, 0, 0);
	}
	part = btf__add_struct(btf, "value", *bytes);
	btf__add_field(btf, "field", type, 0, 0);
	return part;
}

static struct skep_map *make(bool wide_key, enum value_kind kind)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "u32", 4, 0), key, fd;
	struct skep_map *map = NULL;
	uint32_t bytes;
	LIBBPF_OPTS(bpf_map_create_opts, opts);

	key = btf__add_struct(btf, "key", wide_key ? 8 : 4);
	btf__add_field(btf, "a", number, 0, 0);
	if (wide_key)
		btf__add_field(btf, "b", number, 32, 0);
	opts.btf_key_type_id = (uint32_t)key;
	opts.btf_value_type_id = (uint32_t)add_value(btf, kind, &bytes);
	assert_int_equal(btf__load_into_kernel(btf), 0);
	opts.btf_fd = (uint32_t)btf__fd(btf);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "made", wide_key ? 8 : 4, bytes, 8, &opts);
	assert_true(fd >= 0);
	assert_ok(skep_map_adopt_fd_raw(&map, fd, NULL));
	close(fd);
	btf__free(btf);
	return map;
}

/* The old map has the keys {1,1} and {2,second}, and {1, 2, 3, fourth} in each. */
static int migrate_made(enum value_kind from, bool wide_to, enum value_kind to, uint32_t second,
			uint32_t fourth)
{
	struct skep_map *old = make(true, from), *new = make(wide_to, to);
	uint32_t keys[][2] = { { 1, 1 }, { second, 2 } }, value[] = { 1, 2, 3, fourth };
	int err;

	for (int i = 0; i < 2; i++)
		assert_ok(skep_map_put_raw(old, keys[i], value, SKEP_PUT_ANY));
	assert_ok(skep_map_pin(old, path_of("made")));
	err = skep_map_migrate(path_of("made"), new,
			       SKEP_OPTS(skep_map_migrate_opts, .allow_drops = true), NULL);
	assert_ok(skep_map_unpin(err ? old : new, path_of("made")));
	if (err)
		assert_int_not_equal(bpf_map_get_next_key(skep_map_fd(new), NULL, value), 0);
	skep_map_free(old);
	skep_map_free(new);
	return err;
}

TEST(keys_that_become_one_and_what_cannot_be_converted_are_refused_by_name)
{
	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", test_tmpdir(), "bpf", 0, NULL), 0);
	assert_ok(migrate_made(NUMBERS_4, false, NUMBERS_4, 2, 4));
	assert_error(migrate_made(NUMBERS_4, false, NUMBERS_4, 1, 4), EEXIST);
	app_assert_says("two entries have the same key");
	assert_ok(migrate_made(NUMBERS_2, true, NUMBERS_4, 2, 4));
	assert_error(migrate_made(NUMBERS_4, true, NUMBERS_2, 2, 4), ERANGE);
	app_assert_says(
		"value field 'field' of an entry has something in elements that are cut off");
	assert_ok(migrate_made(UNION_OLD, true, UNION_OLD, 2, 4));
	assert_error(migrate_made(UNION_OLD, true, UNION_NEW, 2, 4), EPROTOTYPE);
	app_assert_says("a union that changed");
	assert_error(migrate_made(REAL, true, POINTED, 2, 4), EPROTOTYPE);
	app_assert_says(
		"value field 'field' cannot be migrated from 4 bytes, floating point to 8 bytes, "
		"pointer: these are not of one kind");
	assert_error(migrate_made(REAL, true, NUMBERS_4, 2, 4), EPROTOTYPE);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
}
