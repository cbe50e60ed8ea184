// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Arrays and global variables as plain memory. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sys/resource.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "map_uses.h"

#define FILE_ "map_uses.bpf.o"

typedef SKEP_MAP(__u32, struct gauge) gauge_map;
typedef SKEP_MEMORY(struct gauge) gauge_memory;

/* The variables of map_uses.bpf.c. */
struct globals {
	uint64_t orders_read, amount, next_number, out_of_order, odd_bytes;
};

static struct skep_object *open_gauges(gauge_map *gauges, gauge_memory *memory)
{
	struct skep_object *object = app_load(FILE_);

	assert_ok(skep_map_open(gauges, object, "gauges"));
	assert_ok(skep_map_memory(*gauges, memory));
	return object;
}

TEST(programs_and_user_space_share_the_memory)
{
	gauge_map gauges;
	gauge_memory memory;
	struct skep_object *object = open_gauges(&gauges, &memory);
	uint32_t key = 999;
	struct gauge gauge;

	assert_int_equal(skep_memory_count(memory), 1000);
	assert_true(skep_memory_is_writable(memory));
	app_run(object, "set_gauge", 0, 5);
	app_run(object, "set_gauge", 7, 70);
	app_run(object, "set_gauge", 7, 77);
	app_run(object, "set_gauge", 999, 9990);
	assert_int_equal(skep_memory_at(memory, 0)->level, 5);
	assert_int_equal(skep_memory_at(memory, 7)->level, 77);
	assert_int_equal(skep_memory_at(memory, 7)->changes, 2);
	assert_int_equal(skep_memory_at(memory, 999)->level, 9990);
	skep_memory_at(memory, 999)->more = 3;
	assert_ok(skep_map_get(gauges, &key, &gauge));
	assert_int_equal(gauge.more, 3);
	assert_int_equal(gauge.level, 9990);
	skep_memory_free(&memory);
	skep_map_free(gauges.map);
	skep_object_free(object);
}

TEST(memory_outlives_its_handle_and_object)
{
	gauge_map gauges;
	gauge_memory memory;
	struct skep_object *object = open_gauges(&gauges, &memory);

	skep_map_free(gauges.map);
	skep_object_free(object);
	skep_memory_at(memory, 999)->level = 4;
	assert_int_equal(skep_memory_at(memory, 999)->level, 4);
	skep_memory_free(&memory);
	assert_null(memory.memory.base);
	skep_memory_free(&memory);
}

TEST(frozen_array_is_memory_to_read)
{
	gauge_map gauges;
	gauge_memory memory = { .value = NULL }, again;
	struct skep_object *object = app_load(FILE_);

	assert_ok(skep_map_open(&gauges, object, "gauges"));
	app_run(object, "set_gauge", 1, 11);
	assert_int_equal(bpf_map_freeze(skep_map_fd(gauges.map)), 0);
	assert_ok(skep_map_memory(gauges, &memory));
	assert_false(skep_memory_is_writable(memory));
	assert_int_equal(skep_memory_at(memory, 1)->level, 11);
	app_run(object, "set_gauge", 1, 12);
	assert_int_equal(skep_memory_at(memory, 1)->level, 12);
	assert_ok(skep_map_memory(gauges, &again));
	assert_int_equal(skep_memory_at(again, 1)->level, 12);
	skep_memory_free(&again);
	skep_memory_free(&memory);
	skep_map_free(gauges.map);
	skep_object_free(object);
}

TEST(what_is_no_memory_says_what_it_is)
{
	struct skep_object *object = app_load(FILE_);
	gauge_memory memory = { .value = NULL };
	gauge_map hidden, none = { .map = NULL };
	struct skep_memory raw = { .count = 3 };

	assert_ok(skep_map_open(&hidden, object, "hidden"));
	assert_error(skep_map_memory(hidden, &memory), EPROTOTYPE);
	assert_string_equal(skep_error_last()->message,
			    "map 'hidden' is no memory: it was made without BPF_F_MMAPABLE");
	app_assert_hints("SKEP_ARRAY_MMAP()");
	assert_error(skep_map_memory_raw(skep_object_map(object, "jobs"), &raw), EPROTOTYPE);
	app_assert_says("is a queue");
	assert_error(skep_map_memory(none, &memory), EBADF);
	close(skep_map_fd(hidden.map));
	skep_map_free(hidden.map);
	assert_int_equal(raw.count, 3);
	assert_null(memory.value);
	skep_object_free(object);
}

TEST(closed_or_replaced_descriptor_is_refused)
{
	struct skep_object *object = app_load(FILE_);
	gauge_memory memory = { .value = NULL };
	gauge_map gauges;
	int fd;

	assert_ok(skep_map_open(&gauges, object, "gauges"));
	fd = skep_map_fd(gauges.map);
	close(fd);
	assert_error(skep_map_memory(gauges, &memory), EBADF);
	assert_null(memory.value);
	skep_map_free(gauges.map);
	skep_object_free(object);
}

/* Of an object that libbpf loaded, and skep only adopted. */
TEST(global_variables_of_a_foreign_object_are_memory)
{
	typedef SKEP_MAP(__u32, struct globals) globals_map;
	typedef SKEP_MEMORY(struct globals) globals_memory;
	struct bpf_object *foreign;
	struct bpf_map *bss;
	globals_memory memory;
	globals_map globals;
	struct globals copy;
	uint32_t key = 0;

	require_root();
	foreign = bpf_object__open(test_file(FILE_));
	assert_non_null(foreign);
	assert_int_equal(bpf_object__load(foreign), 0);
	bss = bpf_object__find_map_by_name(foreign, ".bss");
	assert_non_null(bss);
	assert_ok(skep_map_adopt_fd(&globals, bpf_map__fd(bss)));
	assert_ok(skep_map_memory(globals, &memory));
	memory.value->amount = 12;
	memory.value->odd_bytes = 5;
	assert_int_equal(bpf_map_lookup_elem(bpf_map__fd(bss), &key, &copy), 0);
	assert_int_equal(copy.amount, 12);
	assert_int_equal(copy.odd_bytes, 5);
	assert_int_equal(skep_memory_count(memory), 1);
	skep_memory_free(&memory);
	skep_map_free(globals.map);
	bpf_object__close(foreign);
}

TEST(without_address_space_there_is_enomem)
{
	struct skep_object *object = app_load(FILE_);
	struct rlimit before, none = { 0, 0 };
	gauge_memory memory = { .value = NULL };
	gauge_map gauges;
	int err;

	assert_ok(skep_map_open(&gauges, object, "gauges"));
	getrlimit(RLIMIT_AS, &before);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
	err = skep_map_memory(gauges, &memory);
	setrlimit(RLIMIT_AS, &before);
	assert_error(err, ENOMEM);
	assert_null(memory.value);
	skep_map_free(gauges.map);
	skep_object_free(object);
}
