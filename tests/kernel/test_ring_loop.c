// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Rings in a loop beside others, and rings that are taken out; and what no ring can see. */
#include "harness/machine.h"
#include "harness/test.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "app.h"
#include "ring.skep.h"
#include "soak.skep.h"

struct app {
	struct ring *ring;
	struct skep_object *object;
	struct skep_loop *loop;
	ring_records_ring records;
	ring_bytes_ring bytes;
	uint64_t flood, beside, ticks, reads, id;
	int pipes[2];
};

static struct app start(void)
{
	struct app app = { .ring = NULL };

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	app.object = ring_object(app.ring);
	assert_ok(ring_open_records(app.ring, &app.records, NULL));
	assert_ok(ring_open_bytes(app.ring, &app.bytes, NULL));
	assert_ok(skep_loop_new(&app.loop, NULL));
	return app;
}

static void end(struct app *app)
{
	skep_loop_free(app->loop);
	skep_ring_free(app->records.ring);
	skep_ring_free(app->bytes.ring);
	ring_free(app->ring);
}

/* For each record that is taken another is written: the ring never gets empty. */
static int feed_on(const void *record, size_t bytes, void *ctx)
{
	struct app *app = ctx;

	(void)record;
	(void)bytes;
	app_run(app->object, "leave", WAY_END, 1);
	return ++app->flood < 2000000 ? 0 : -ELOOP;
}

static int count_bytes(const void *record, size_t bytes, void *ctx)
{
	struct app *app = ctx;

	(void)record;
	(void)bytes;
	app->beside++;
	return 0;
}

static int count_reads(int fd, uint32_t events, void *ctx)
{
	struct app *app = ctx;
	char byte;

	(void)events;
	app->reads += read(fd, &byte, 1) == 1;
	return 0;
}

/* Each time something for the others, which the next tick finds done. */
static int tick(uint64_t expirations, void *ctx)
{
	struct app *app = ctx;

	(void)expirations;
	app_run(app->object, "emit_byte", 0, 1);
	assert_int_equal(write(app->pipes[1], "x", 1), 1);
	app->ticks++;
	return app->beside >= 10 && app->reads >= 10;
}

TEST(ring_that_never_gets_empty_starves_nobody)
{
	struct app app = start();

	assert_int_equal(pipe(app.pipes), 0);
	assert_ok(skep_loop_add_ring(app.loop, app.records.ring, feed_on, &app));
	assert_ok(skep_loop_add_ring(app.loop, app.bytes.ring, count_bytes, &app));
	assert_ok(skep_loop_add_fd(app.loop, app.pipes[0], EPOLLIN, count_reads, &app));
	assert_ok(skep_loop_add_timer(app.loop, SKEP_MILLISECOND, tick, &app));
	for (int i = 0; i < 100; i++)
		app_run(app.object, "leave", WAY_END, 1);
	assert_ok(skep_loop_run(app.loop));
	printf("# %llu records of the flood, %llu ticks\n", (unsigned long long)app.flood,
	       (unsigned long long)app.ticks);
	assert_true(app.flood > 10000);
	/* Whoever is ready has a turn in each round: so does the flood, between two ticks. */
	assert_true(app.beside + 4 >= app.ticks);
	assert_true(app.reads + 4 >= app.ticks);
	close(app.pipes[0]);
	close(app.pipes[1]);
	end(&app);
}

static int remove_own(const void *record, size_t bytes, void *ctx)
{
	struct app *app = ctx;

	(void)record;
	(void)bytes;
	app->flood++;
	if (app->flood == 7) {
		assert_ok(skep_loop_remove(app->loop, skep_loop_current(app->loop)));
		if (app->id)
			skep_ring_free(SKEP_TAKE(app->records.ring));
	}
	return 0;
}

TEST(ring_that_its_callback_removes_gives_no_more_and_keeps_the_rest)
{
	struct app app = start();
	const struct record *e = NULL;

	assert_ok(skep_loop_add_ring(app.loop, app.records.ring, remove_own, &app));
	for (uint64_t i = 0; i < 20; i++)
		app_run(app.object, "leave", WAY_END, i);
	assert_ok(skep_loop_step(app.loop, -1));
	assert_error(skep_loop_step(app.loop, 0), ETIMEDOUT);
	assert_int_equal(app.flood, 7);
	assert_null(skep_loop_ring(app.loop, "records"));
	assert_ok(skep_ring_next(app.records, &e, 0));
	assert_int_equal(e->seq, 7);
	/* And it may come back. */
	assert_ok(skep_loop_add_ring(app.loop, app.records.ring, remove_own, &app));
	assert_ok(skep_loop_step(app.loop, -1));
	assert_int_equal(app.flood, 19);
	end(&app);
}

TEST(ring_may_be_freed_by_the_callback_that_removed_it)
{
	for (int drain = 0; drain < 2; drain++) {
		struct app app = start();

		app.id = 1;
		assert_ok(skep_loop_add_ring(app.loop, app.records.ring, remove_own, &app));
		for (uint64_t i = 0; i < 20; i++)
			app_run(app.object, "leave", i % 3 ? WAY_END : WAY_BREAK, i);
		assert_ok(drain ? skep_loop_drain(app.loop) : skep_loop_step(app.loop, -1));
		assert_int_equal(app.flood, 7);
		assert_null(app.records.ring);
		skep_loop_stop(app.loop);
		assert_ok(skep_loop_run(app.loop));
		end(&app);
	}
}

static int remove_other(const struct byte_record *e, void *ctx)
{
	struct app *app = ctx;

	(void)e;
	app->beside++;
	return app->id ? skep_loop_remove(app->loop, app->id) : 0;
}

static int on_record(const struct record *e, void *ctx)
{
	struct app *app = ctx;

	(void)e;
	app->flood++;
	return 0;
}

TEST(ring_of_the_loop_is_closed_when_it_is_removed)
{
	struct app app = start();
	int fds = app_open_fds();

	/* The last that was added is looked into first. */
	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	app.id = skep_loop_added(app.loop);
	assert_ok(ring_on_bytes(app.ring, app.loop, remove_other, &app));
	assert_int_equal(app_open_fds(), fds + 2);
	app_run(app.object, "leave", WAY_END, 1);
	app_run(app.object, "emit_byte", 0, 1);
	assert_ok(skep_loop_step(app.loop, -1));
	assert_int_equal(app.flood, 0);
	assert_int_equal(app.beside, 1);
	assert_int_equal(app_open_fds(), fds + 1);
	app_run(app.object, "emit_byte", 0, 1);
	assert_error(skep_loop_drain(app.loop), ENOENT);
	end(&app);
}

/* A kernel fault of this process: the kernel reads from an address that nobody has. */
static void fault(void)
{
	const void *volatile nobodys = (const void *)16;
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], nobodys, 8), -1);
	close(pipes[0]);
	close(pipes[1]);
}

static uint64_t kernels_count(const struct skep_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	assert_int_equal(bpf_obj_get_info_by_fd(skep_program_fd(program), &info, &size), 0);
	return info.recursion_misses;
}

TEST(misses_are_those_of_the_programs_that_write_to_the_ring)
{
	struct skep_ring_stats faults_stats, events_stats;
	soak_faults_ring faults;
	soak_events_ring events;
	struct soak *app = NULL;

	require_root();
	if (!kernel_at_least(6, 3))
		test_skip("raw tracepoints count misses since 6.3");
	assert_ok(soak_open(&app, NULL));
	soak_consts(app)->only = (uint32_t)getpid();
	assert_ok(soak_load(app));
	assert_ok(soak_open_faults(app, &faults, NULL));
	assert_ok(soak_open_events(app, &events, NULL));
	skep_ring_stats(faults.ring, &faults_stats);
	assert_true(faults_stats.misses_known);
	assert_int_equal(faults_stats.misses, 0);
	assert_ok(soak_attach(app));
	for (int i = 0; i < 10; i++)
		fault();
	skep_ring_stats(faults.ring, &faults_stats);
	skep_ring_stats(events.ring, &events_stats);
	assert_true(faults_stats.pending >= 10);
	/* Each run faults once at least, and each of those faults is a run that is missed. */
	assert_true(faults_stats.misses >= faults_stats.pending);
	assert_int_equal(faults_stats.misses, kernels_count(soak_program_on_fault(app)));
	assert_true(events_stats.misses_known);
	assert_int_equal(events_stats.misses, 0);
	skep_ring_free(events.ring);
	soak_free(app);
	/* The programs are gone, and the reader is not. */
	skep_ring_stats(faults.ring, &faults_stats);
	assert_true(faults_stats.pending >= 10);
	skep_ring_free(faults.ring);
}

TEST(adopted_ring_does_not_know_of_misses)
{
	struct app app = start();
	SKEP_RING(struct record) adopted;
	struct skep_ring_stats stats;

	assert_ok(skep_ring_adopt_fd(&adopted, skep_map_fd(skep_object_map(app.object, "records")),
				     NULL));
	skep_ring_stats(adopted.ring, &stats);
	assert_false(stats.misses_known);
	skep_ring_free(adopted.ring);
	end(&app);
}
