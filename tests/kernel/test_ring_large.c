// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of a run-time length beyond what can be reserved by a constant: whole, byte for byte. */
#include "harness/machine.h"
#include "harness/test.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "large.skep.h"

struct app {
	struct large *object;
	large_blobs_ring blobs;
	unsigned char *memory; /* LARGE_MOST bytes, none like the one 251 before */
};

static struct app start(void)
{
	struct app app = { .object = NULL };

	require_root();
	assert_ok(large_open(&app.object, NULL));
	assert_ok(large_resize_huge(app.object, 1 << 16)); /* 32 MiB are for one case only */
	if (large_load(app.object))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	assert_ok(large_open_blobs(app.object, &app.blobs, NULL));
	app.memory = malloc(LARGE_MOST);
	assert_non_null(app.memory);
	for (size_t i = 0; i < LARGE_MOST; i++)
		app.memory[i] = (unsigned char)(i % 251 + i / 65536);
	large_bss(app.object)->from = (uint64_t)(uintptr_t)app.memory;
	return app;
}

static void end(struct app *app)
{
	free(app->memory);
	skep_ring_free(app->blobs.ring);
	large_free(app->object);
}

static void run(const struct app *app, const char *program, uint64_t bytes, uint64_t more)
{
	app_run(large_object(app->object), program, bytes, more);
}

static struct skep_ring_stats stats_of(const struct app *app)
{
	struct skep_ring_stats stats;

	skep_ring_stats(app->blobs.ring, &stats);
	return stats;
}

static const struct blob *take(const struct app *app, size_t room)
{
	const struct blob *e = NULL;
	size_t bytes = 0;

	assert_ok(skep_ring_next_sized(app->blobs, &e, &bytes, 0));
	assert_int_equal(bytes, sizeof(*e) + room);
	assert_int_equal(e->room, room);
	return e;
}

TEST(records_of_each_length_are_whole)
{
	static const size_t lengths[] = { 0,     1,      7,      8,      4095,   4096,
					  4097,  8191,   32752,  32753,  65535,  65536,
					  99999, 100000, 102400, 131072, 199999, LARGE_MOST };
	struct app app = start();

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		run(&app, "emit", lengths[i], 0);
		assert_int_equal(large_bss(app.object)->result, 0);
		assert_memory_equal(take(&app, lengths[i])->bytes, app.memory, lengths[i]);
	}
	assert_int_equal(stats_of(&app).dropped + stats_of(&app).discarded, 0);
	end(&app);
}

TEST(records_stay_whole_where_the_ring_ends)
{
	struct app app = start();

	for (int i = 0; i < 40; i++) { /* 4 MB through a ring of one */
		run(&app, "halves", 100003, 0);
		assert_int_equal(large_bss(app.object)->result, 0);
		assert_memory_equal(take(&app, 100003)->bytes, app.memory, 100003);
	}
	assert_int_equal(stats_of(&app).consumed, 40);
	end(&app);
}

TEST(length_is_cut_to_what_was_declared_and_none_below_zero)
{
	struct app app = start();

	run(&app, "emit", LARGE_MOST + 1, 0);
	assert_memory_equal(take(&app, LARGE_MOST)->bytes, app.memory, LARGE_MOST);
	run(&app, "emit", (uint64_t)INT64_MAX, 0);
	assert_memory_equal(take(&app, LARGE_MOST)->bytes, app.memory, LARGE_MOST);
	run(&app, "emit", (uint64_t)-14, 0);
	assert_int_equal(take(&app, 0)->asked, -14);
	run(&app, "emit", (uint64_t)INT64_MIN, 0);
	assert_int_equal(take(&app, 0)->asked, INT64_MIN);
	end(&app);
}

TEST(what_does_not_fit_is_counted)
{
	struct app app = start();
	uint64_t taken = 0;

	for (int i = 0; i < 20; i++)
		run(&app, "emit", 100000, 0);
	for (const struct blob *e; !skep_ring_next(app.blobs, &e, 0); taken++)
		assert_memory_equal(e->bytes, app.memory, 100000);
	assert_int_equal(taken, 10);
	assert_int_equal(stats_of(&app).dropped, 10);
	assert_int_equal(stats_of(&app).consumed, 10);
	assert_int_equal(stats_of(&app).bad + stats_of(&app).pending, 0);
	end(&app);
}

TEST(memory_that_is_not_there_or_too_much_of_it_gives_the_record_up)
{
	const struct blob *e = NULL;
	struct app app = start();

	run(&app, "emit", 5000, 1); /* reads one byte more than there is room for */
	assert_int_equal(large_bss(app.object)->result, -E2BIG);
	run(&app, "emit", 5000, UINT64_MAX);
	assert_int_equal(large_bss(app.object)->result, -E2BIG);
	large_bss(app.object)->from = 8;
	run(&app, "emit", 100000, 0);
	assert_int_equal(large_bss(app.object)->result, -EFAULT);
	assert_error(skep_ring_next(app.blobs, &e, 0), EAGAIN);
	assert_int_equal(stats_of(&app).discarded, 3);
	assert_int_equal(stats_of(&app).dropped, 0);
	end(&app);
}

TEST(each_way_out_is_counted_and_leaves_the_ring_usable)
{
	const struct blob *e = NULL;
	struct app app = start();

	for (uint64_t i = 0; i < 400; i++)
		run(&app, "leave", i % 4, 0);
	for (int i = 0; i < 100; i++)
		take(&app, 100);
	assert_error(skep_ring_next(app.blobs, &e, 0), EAGAIN);
	assert_int_equal(stats_of(&app).discarded, 300);
	assert_int_equal(stats_of(&app).consumed, 100);
	assert_int_equal(stats_of(&app).skipped, 300);
	end(&app);
}

TEST(programs_own_memory_is_written_within_the_record_only)
{
	struct app app = start();

	run(&app, "own", 20, 8);
	assert_int_equal(large_bss(app.object)->result, 0);
	assert_memory_equal(take(&app, 20)->bytes + 8, "skepskepxxxx", 12);
	run(&app, "own", 20, 13);
	assert_int_equal(large_bss(app.object)->result, -E2BIG);
	take(&app, 20);
	run(&app, "own", 20, UINT32_MAX);
	assert_int_equal(large_bss(app.object)->result, -E2BIG);
	take(&app, 20);
	run(&app, "own", 20, UINT64_MAX); /* would be a byte of the head */
	assert_int_equal(large_bss(app.object)->result, -E2BIG);
	assert_int_equal(take(&app, 20)->asked, 20);
	end(&app);
}

TEST(memory_of_the_kernel_is_read_or_efault)
{
	struct app app = start();

	run(&app, "kernels", 20, 0);
	assert_int_equal(large_bss(app.object)->result, 0);
	assert_memory_equal(take(&app, 20)->bytes, "of the kernel\0\0\0\0\0\0", 20);
	run(&app, "kernels", 20, 1);
	assert_int_equal(large_bss(app.object)->result, -EFAULT);
	take(&app, 20);
	end(&app);
}

TEST(object_tells_the_longest_record)
{
	struct app app = start();
	struct skep_ring_type type;

	assert_true(skep_ring_type(large_object(app.object), "blobs", &type));
	assert_int_equal(type.bytes, sizeof(struct blob));
	assert_int_equal(type.most_bytes, sizeof(struct blob) + LARGE_MOST);
	end(&app);
}

TEST(longest_that_can_be_declared_passes_the_verifier_and_comes_whole)
{
	const size_t most = (1 << 24) - 1 - sizeof(struct blob);
	unsigned char *memory = malloc(1 << 24);
	struct skep_ring_stats stats;
	const struct blob *e = NULL;
	struct large *app = NULL;
	large_huge_ring huge;
	size_t bytes = 0;

	require_root();
	assert_non_null(memory);
	for (size_t i = 0; i < (1 << 24) / 8; i++)
		((uint64_t *)(void *)memory)[i] = i * 0x9e3779b97f4a7c15;
	assert_ok(large_open(&app, NULL));
	assert_ok(skep_program_enable(large_program_emit_huge(app), true));
	assert_ok(large_load(app));
	assert_ok(large_open_huge(app, &huge, NULL));
	large_bss(app)->from = (uint64_t)(uintptr_t)memory;
	app_run(large_object(app), "emit_huge", most, 0);
	app_run(large_object(app), "emit_huge", most, 0); /* no room for two */
	assert_ok(skep_ring_next_sized(huge, &e, &bytes, 0));
	assert_int_equal(bytes, sizeof(*e) + most);
	assert_memory_equal(e->bytes, memory, most);
	skep_ring_stats(huge.ring, &stats);
	assert_int_equal(stats.dropped, 1);
	assert_int_equal(stats.discarded, 0);
	skep_ring_free(huge.ring);
	large_free(app);
	free(memory);
}

/* As programs with dynptrs are on kernels before 5.19, of which there is none here. */
TEST(helper_that_is_newer_than_the_kernel_is_named_with_its_version)
{
	bool is_older = skep_kernel_version() < SKEP_KERNEL_VERSION(6, 2, 0);
	struct large *app = NULL;

	require_root();
	assert_ok(large_open(&app, NULL));
	assert_ok(large_resize_huge(app, 1 << 16));
	assert_ok(skep_program_enable(large_program_newer(app), true));
	assert_error(large_load(app), is_older ? EOPNOTSUPP : EACCES);
	assert_non_null(skep_error_last()->log);
	if (is_older) {
		app_assert_says("program 'newer' needs bpf_cgrp_storage_get(), which came with "
				"Linux 6.2");
		app_assert_hints("this kernel is 6.1");
	} else {
		app_assert_says("the verifier refused program 'newer'");
	}
	large_free(app);
}
