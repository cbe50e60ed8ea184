// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Pinned maps, on a BPF file system that only this process sees. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "life.skep.h"

typedef SKEP_MAP(uint32_t, struct pair) pair_map;
typedef SKEP_MAP(uint32_t, uint32_t) wrong_map;

static char *path_of(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	return path;
}

static struct life *start(void)
{
	struct life *life = NULL;

	require_root();
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("bpf", test_tmpdir(), "bpf", 0, NULL), 0);
	assert_ok(life_open(&life, NULL));
	assert_ok(life_load(life));
	return life;
}

static void end(struct life *life)
{
	life_free(life);
	assert_int_equal(umount2(test_tmpdir(), MNT_DETACH), 0);
}

TEST(pinned_map_is_the_same_map_and_outlives_its_object)
{
	struct life *life = start();
	uint32_t key = 8;
	struct pair pair = { 1, 2 }, got;
	pair_map map;

	assert_int_equal(bpf_obj_pin(skep_map_fd(life_map_big(life).map), path_of("big")), 0);
	assert_ok(skep_map_put(life_map_big(life), &key, &pair));
	life_free(life);
	assert_ok(skep_map_open_pinned(&map, path_of("big")));
	assert_ok(skep_map_get(map, &key, &got));
	assert_memory_equal(&got, &pair, sizeof(pair));
	assert_string_equal(skep_map_name(map.map), "big");
	skep_map_free(map.map);
	end(NULL);
}

TEST(what_is_pinned_but_not_this_map_is_refused)
{
	struct life *life = start();
	wrong_map wrong = { .map = NULL };
	pair_map map = { .map = NULL };

	assert_int_equal(bpf_obj_pin(skep_map_fd(life_map_big(life).map), path_of("big")), 0);
	assert_int_equal(bpf_obj_pin(skep_program_fd(life_program_add(life)), path_of("add")), 0);
	assert_int_equal(bpf_obj_pin(skep_map_fd(skep_object_map(life_object(life), "per_cpu")),
				     path_of("per_cpu")),
			 0);
	assert_error(skep_map_open_pinned(&wrong, path_of("big")), EPROTOTYPE);
	assert_error(skep_map_open_pinned(&map, path_of("add")), EINVAL);
	assert_error(skep_map_open_pinned(&wrong, path_of("per_cpu")), EPROTOTYPE);
	assert_error(skep_map_open_pinned(&map, path_of("nothing")), ENOENT);
	app_assert_hints("check the path");
	assert_error(skep_map_open_pinned(&map, "/dev/null"), EACCES);
	assert_null(map.map);
	assert_null(wrong.map);
	end(life);
}
