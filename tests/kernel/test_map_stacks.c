// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Stack traces that programs take. */
#include "harness/machine.h"
#include "harness/test.h"

#include <unistd.h>

#include <bpf/bpf.h>

#include "app.h"
#include "map_uses.h"

#define FILE_ "map_uses.bpf.o"
#define DEPTH 64

typedef SKEP_STACKS() stack_map;

static struct skep_object *open_stacks(stack_map *stacks, const char *name)
{
	struct skep_object *object = app_load(FILE_);

	assert_ok(skep_map_open(stacks, object, name));
	return object;
}

TEST(stack_of_the_kernel_is_got_by_its_id)
{
	stack_map stacks;
	struct skep_object *object = open_stacks(&stacks, "stacks");
	uint64_t addresses[DEPTH];
	uint32_t depth = DEPTH;
	int id = app_run(object, "take_stack", 0, 0);

	assert_int_equal(skep_stacks_depth(stacks), DEPTH);
	assert_true(id >= 0);
	assert_ok(skep_stacks_get(stacks, id, addresses, &depth));
	assert_in_range(depth, 2, DEPTH);
	for (uint32_t i = 0; i < depth; i++)
		assert_true((int64_t)addresses[i] < 0); /* the upper half is the kernel's */
	skep_map_free(stacks.map);
	skep_object_free(object);
}

TEST(room_that_is_too_small_is_e2big_and_nothing_is_written)
{
	stack_map stacks;
	struct skep_object *object = open_stacks(&stacks, "stacks");
	uint64_t addresses[2] = { 1, 2 };
	uint32_t depth = 1;
	int id = app_run(object, "take_stack", 0, 0);

	assert_error(skep_stacks_get(stacks, id, addresses, &depth), E2BIG);
	app_assert_says("frames, the room 1");
	assert_int_equal(depth, 1);
	assert_int_equal(addresses[0] + addresses[1], 3);
	skep_map_free(stacks.map);
	skep_object_free(object);
}

TEST(deleted_stack_is_enoent)
{
	stack_map stacks;
	struct skep_object *object = open_stacks(&stacks, "stacks");
	uint64_t addresses[DEPTH];
	uint32_t depth = DEPTH;
	int id = app_run(object, "take_stack", 0, 0);

	assert_ok(skep_stacks_del(stacks, id));
	assert_error(skep_stacks_get(stacks, id, addresses, &depth), ENOENT);
	assert_string_equal(skep_error_last()->message, "map 'stacks' has no stack of that id");
	assert_error(skep_stacks_del(stacks, id), ENOENT);
	assert_error(skep_stacks_get(stacks, 2000, addresses, &depth), ENOENT);
	skep_map_free(stacks.map);
	skep_object_free(object);
}

TEST(error_of_the_helper_is_no_id)
{
	stack_map stacks;
	struct skep_object *object = open_stacks(&stacks, "stacks");
	uint64_t addresses[DEPTH];
	uint32_t depth = DEPTH, as_u32 = (uint32_t)-EEXIST;

	assert_error(skep_stacks_get(stacks, -EFAULT, addresses, &depth), EINVAL);
	assert_string_equal(skep_error_last()->message,
			    "-14 is no stack's id: bpf_get_stackid() failed");
	assert_error(skep_stacks_get(stacks, as_u32, addresses, &depth), EINVAL);
	app_assert_hints("BPF_F_REUSE_STACKID");
	assert_error(skep_stacks_del(stacks, -1), EINVAL);
	skep_map_free(stacks.map);
	skep_object_free(object);
}

/* Stacks by hand: the kernel takes them only from programs. */
static uint32_t take_some(struct skep_object *object, int ids[32])
{
	uint32_t count = 0;

	for (int i = 0; i < 32; i++) {
		int id = app_run(object, "take_stack", (uint64_t)i % 2, 0);
		bool is_new = id >= 0;

		for (uint32_t j = 0; j < count; j++)
			is_new = is_new && ids[j] != id;
		if (is_new)
			ids[count++] = id;
	}
	return count;
}

TEST(loop_sees_each_id_once_in_order_also_while_they_are_deleted)
{
	stack_map stacks;
	struct skep_object *object = open_stacks(&stacks, "stacks");
	int ids[32], err = 1;
	uint32_t count = take_some(object, ids), seen = 0;
	int64_t id, last = -1;

	assert_true(count >= 1);
	skep_stacks_foreach(stacks, &id, &err)
	{
		assert_true(id > last);
		last = id;
		seen++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(seen, count);
	skep_stacks_foreach(stacks, &id, &err)
	{
		assert_ok(skep_stacks_del(stacks, id));
		seen--;
	}
	assert_int_equal(err, 0);
	assert_int_equal(seen, 0);
	skep_stacks_foreach(stacks, &id, &err) fail();
	assert_int_equal(err, 0);
	skep_map_free(stacks.map);
	skep_object_free(object);
}

/* An id of our own process: the test is an ELF file with a build id, or else has addresses. */
TEST(stack_of_user_space_has_build_ids_or_addresses)
{
	stack_map places;
	struct skep_object *object = open_stacks(&places, "places");
	struct bpf_stack_build_id frames[DEPTH];
	uint32_t depth = DEPTH;
	int id = app_run(object, "take_place", 0, 0);

	if (id < 0)
		fail_msg("bpf_get_stackid() returned %d", id);
	assert_int_equal(skep_stacks_depth(places), DEPTH);
	assert_ok(skep_stacks_get_build_ids(places, id, frames, &depth));
	assert_in_range(depth, 1, DEPTH);
	for (uint32_t i = 0; i < depth; i++)
		assert_in_range(frames[i].status, BPF_STACK_BUILD_ID_VALID, BPF_STACK_BUILD_ID_IP);
	depth = 0;
	assert_error(skep_stacks_get_build_ids(places, id, frames, &depth), E2BIG);
	skep_map_free(places.map);
	skep_object_free(object);
}

TEST(wrong_form_map_or_handle_is_refused)
{
	stack_map stacks, places, none = { .map = NULL };
	struct skep_object *object = open_stacks(&stacks, "stacks");
	struct skep_map *queue = skep_object_map(object, "jobs");
	struct bpf_stack_build_id frames[DEPTH];
	uint64_t addresses[DEPTH];
	uint32_t depth = DEPTH;
	int64_t id;
	int err = 0;

	assert_ok(skep_map_open(&places, object, "places"));
	assert_error(skep_stacks_get(places, 0, addresses, &depth), EPROTOTYPE);
	app_assert_hints("skep_stacks_get_build_ids()");
	assert_error(skep_stacks_get_build_ids(stacks, 0, frames, &depth), EPROTOTYPE);
	assert_error(skep_map_open(&none, object, "jobs"), EPROTOTYPE);
	assert_error(skep_stacks_get_raw(queue, 0, addresses, &depth), EPROTOTYPE);
	assert_error(skep_stacks_del_raw(queue, 0), EPROTOTYPE);
	assert_int_equal(skep_stacks_depth_raw(queue), 0);
	assert_int_equal(skep_stacks_depth(none), 0);
	assert_error(skep_stacks_get(none, 0, addresses, &depth), EBADF);
	skep_stacks_foreach(none, &id, &err) fail();
	assert_int_equal(err, -EBADF);
	close(skep_map_fd(stacks.map));
	assert_error(skep_stacks_get(stacks, 0, addresses, &depth), EBADF);
	skep_stacks_foreach(stacks, &id, &err) fail();
	assert_int_equal(err, -EBADF);
	skep_map_free(places.map);
	skep_map_free(stacks.map);
	skep_object_free(object);
}
