// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Program arrays: a pipeline of tail calls, replaced while it runs. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "app.h"
#include "map_programs.skep.h"

typedef SKEP_PROGRAM_ARRAY() stages_map;

static struct map_programs *start(stages_map *stages)
{
	struct map_programs *app = NULL;

	require_root();
	assert_ok(map_programs_open(&app, NULL));
	assert_ok(map_programs_load(app));
	assert_ok(skep_map_open(stages, map_programs_object(app), "stages"));
	return app;
}

static void fill(stages_map stages, struct map_programs *app)
{
	struct skep_object *object = map_programs_object(app);

	assert_ok(skep_programs_set(stages, 0, object, "stage_1"));
	assert_ok(skep_programs_set(stages, 1, object, "stage_2"));
	assert_ok(skep_map_set_program(stages, 2, map_programs_program_stage_3(app)));
}

static int run_pipeline(struct map_programs *app)
{
	return app_run(map_programs_object(app), "begin", 0, 0);
}

TEST(pipeline_runs_as_it_is_set_stage_by_stage)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	struct skep_object *object = map_programs_object(app);

	assert_int_equal(run_pipeline(app), -1);
	fill(stages, app);
	assert_int_equal(run_pipeline(app), 123);
	assert_ok(skep_programs_set(stages, 1, object, "stage_7"));
	assert_int_equal(run_pipeline(app), 173);
	assert_ok(skep_map_clear_program(stages, 2));
	assert_int_equal(run_pipeline(app), 17);
	assert_error(skep_map_clear_program(stages, 2), ENOENT);
	assert_ok(skep_map_set_program_fd(stages, 1,
					  skep_program_fd(map_programs_program_stage_3(app))));
	assert_int_equal(run_pipeline(app), 13);
	skep_map_free(stages.map);
	map_programs_free(app);
}

struct runner {
	struct map_programs *app;
	int old, new, others;
	bool over;
};

static void *run_on(void *ctx)
{
	struct runner *r = ctx;

	while (!__atomic_load_n(&r->over, __ATOMIC_RELAXED)) {
		int result = run_pipeline(r->app);

		if (result == 123)
			r->old++;
		else if (result == 173)
			r->new ++;
		else
			r->others++;
	}
	return NULL;
}

TEST(stage_that_is_replaced_while_running_is_the_old_or_the_new_one)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	struct runner runner = { .app = app };
	pthread_t thread;

	fill(stages, app);
	assert_int_equal(pthread_create(&thread, NULL, run_on, &runner), 0);
	for (int i = 0; i < 2000; i++)
		assert_ok(skep_programs_set(stages, 1, map_programs_object(app),
					    i % 2 ? "stage_2" : "stage_7"));
	/* On one processor the other thread may not have had its turn. */
	usleep(20000);
	assert_ok(skep_programs_set(stages, 1, map_programs_object(app), "stage_7"));
	usleep(20000);
	__atomic_store_n(&runner.over, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	assert_int_equal(runner.others, 0);
	assert_true(runner.old > 0);
	assert_true(runner.new > 0);
	skep_map_free(stages.map);
	map_programs_free(app);
}

TEST(slot_tells_which_program_it_holds)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	struct skep_program_slot slot = { .id = 5 };

	assert_error(skep_map_get_program(stages, 1, &slot), ENOENT);
	assert_int_equal(slot.id, 5);
	fill(stages, app);
	assert_ok(skep_map_get_program(stages, 1, &slot));
	assert_string_equal(slot.name, "stage_2");
	assert_int_not_equal(slot.id, 5);
	assert_error(skep_map_get_program(stages, 4, &slot), ENOENT);
	skep_map_free(stages.map);
	map_programs_free(app);
}

TEST(handle_keeps_the_array_filled_without_its_object)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	struct skep_program_slot slot;

	fill(stages, app);
	map_programs_free(app);
	assert_ok(skep_map_get_program(stages, 0, &slot));
	assert_string_equal(slot.name, "stage_1");
	skep_map_free(stages.map);
}

/* What the header warns of: the kernel empties an array that user space has no more. */
TEST(array_without_handle_and_object_is_emptied)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	uint64_t args[2] = { 0, 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
	int begin;

	fill(stages, app);
	begin = dup(skep_program_fd(map_programs_program_begin(app)));
	map_programs_free(app);
	assert_int_equal(bpf_prog_test_run_opts(begin, &opts), 0);
	assert_int_equal(opts.retval, 123);
	skep_map_free(stages.map);
	for (int i = 0; i < 100 && opts.retval == 123; i++) {
		usleep(10000);
		assert_int_equal(bpf_prog_test_run_opts(begin, &opts), 0);
	}
	assert_int_equal((int)opts.retval, -1);
	close(begin);
}

TEST(program_that_does_not_fit_is_refused_with_both_types)
{
	stages_map stages;
	struct map_programs *app = start(&stages);
	struct skep_program_slot slot;

	assert_error(skep_programs_set(stages, 0, map_programs_object(app), "other_type"),
		     EPROTOTYPE);
	app_assert_says("map 'stages' belongs to programs of type BPF_PROG_TYPE_RAW_TRACEPOINT: "
			"'other_type' is BPF_PROG_TYPE_XDP");
	app_assert_hints("one type");
	assert_error(skep_map_get_program(stages, 0, &slot), ENOENT);
	skep_map_free(stages.map);
	map_programs_free(app);
}

TEST(array_of_user_space_takes_the_type_of_the_first_program)
{
	stages_map stages, made;
	struct map_programs *app = start(&stages);

	assert_ok(skep_map_new(&made, SKEP_MAP_TYPE_PROG_ARRAY, "made", 2, NULL));
	assert_ok(skep_programs_set(made, 0, map_programs_object(app), "other_type"));
	assert_error(skep_programs_set(made, 1, map_programs_object(app), "stage_1"), EPROTOTYPE);
	app_assert_says("BPF_PROG_TYPE_XDP");
	skep_map_free(made.map);
	skep_map_free(stages.map);
	map_programs_free(app);
}

TEST(misuse_of_program_arrays_is_an_error_in_words)
{
	stages_map stages, none = { .map = NULL };
	struct map_programs *app = start(&stages), *unloaded = NULL;
	struct skep_object *object = map_programs_object(app);
	struct skep_program_slot slot;

	assert_error(skep_programs_set(stages, 0, object, "stage_9"), ENOENT);
	app_assert_hints("stage_7");
	assert_error(skep_programs_set(stages, 4, object, "stage_1"), E2BIG);
	app_assert_says("has 4 slots: there is no 4");
	assert_error(skep_map_clear_program(stages, 4), E2BIG);
	assert_error(skep_map_set_program_fd(stages, 0, 999), EBADF);
	assert_error(skep_map_set_program_fd(stages, 0, -1), EBADF);
	assert_error(skep_map_set_program_fd(stages, 0, skep_map_fd(stages.map)), EINVAL);
	app_assert_says("a BPF map");
	assert_error(skep_map_set_program_fd(stages, 0, 0), EINVAL);
	assert_error(skep_map_set_program(stages, 0, NULL), EINVAL);
	assert_error(skep_programs_set(stages, 0, NULL, "stage_1"), EINVAL);
	assert_error(skep_programs_set(stages, 0, object, NULL), EINVAL);
	assert_error(skep_programs_set(none, 0, object, "stage_1"), EBADF);
	assert_error(skep_map_get_program(none, 0, &slot), EBADF);
	assert_error(skep_map_clear_program(none, 0), EBADF);
	assert_ok(map_programs_open(&unloaded, NULL));
	assert_error(skep_programs_set(stages, 0, map_programs_object(unloaded), "stage_1"), EBADF);
	app_assert_says("program 'stage_1' is not loaded");
	assert_error(skep_map_set_program_fd_raw(skep_object_map(object, "digits"), 0, 0),
		     EPROTOTYPE);
	map_programs_free(unloaded);
	skep_map_free(stages.map);
	map_programs_free(app);
}
