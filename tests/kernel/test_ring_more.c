// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Rings in loops, in other processes, from other processors, and without file descriptors. */
#include "harness/machine.h"
#include "harness/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	struct skep_object *object;
	struct skep_loop *loop;
	uint64_t count, last, stop_at;
};

static struct app start(void)
{
	struct app app = { .ring = NULL };

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	app.object = ring_object(app.ring);
	assert_ok(skep_loop_new(&app.loop, NULL));
	return app;
}

static void end(struct app *app)
{
	skep_loop_free(app->loop);
	ring_free(app->ring);
}

static int on_record(const struct record *e, void *ctx)
{
	struct app *app = ctx;

	app->count++;
	app->last = e->seq;
	return app->stop_at && e->seq >= app->stop_at;
}

TEST(loop_delivers_each_record_in_order_to_a_typed_callback)
{
	struct app app = start();

	app.stop_at = 100;
	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	for (uint64_t i = 1; i <= 100; i++)
		app_run(app.object, "leave", WAY_END, i);
	assert_ok(skep_loop_run(app.loop));
	assert_int_equal(app.count, 100);
	assert_int_equal(app.last, 100);
	end(&app);
}

static int on_var(const struct var_record *e, size_t bytes, void *ctx)
{
	struct app *app = ctx;

	assert_int_equal(bytes, sizeof(*e) + e->asked);
	app->count++;
	return 0;
}

TEST(callback_of_a_variable_ring_is_told_the_size)
{
	struct app app = start();

	assert_ok(ring_on_vars(app.ring, app.loop, on_var, &app));
	for (uint64_t i = 0; i < 50; i++)
		app_run(app.object, "emit_var", i * 3, i);
	assert_ok(skep_loop_step(app.loop, 0));
	assert_int_equal(app.count, 50);
	assert_error(skep_loop_step(app.loop, 0), ETIMEDOUT);
	end(&app);
}

TEST(stopped_loop_delivers_what_is_in_its_rings_first)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	for (uint64_t i = 1; i <= 100; i++)
		app_run(app.object, "leave", i % 2 ? WAY_END : WAY_BREAK, i);
	skep_loop_stop(app.loop);
	assert_ok(skep_loop_run(app.loop));
	assert_int_equal(app.count, 50);
	end(&app);
}

static int fail_silently(const struct record *e, void *ctx)
{
	(void)e;
	(void)ctx;
	return -ERANGE;
}

static int fail_with_words(const struct record *e, void *ctx)
{
	(void)ctx;
	return skep_error_set(ENOTTY, "try later", "record %d is not mine", (int)e->seq);
}

TEST(loop_keeps_words_of_a_failing_callback_or_names_it)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, fail_silently, NULL));
	app_run(app.object, "leave", WAY_END, 9);
	assert_error(skep_loop_run(app.loop), ERANGE);
	assert_string_equal(skep_error_last()->message, "handler 'records' returned -34");
	skep_loop_free(app.loop);

	assert_ok(skep_loop_new(&app.loop, NULL));
	assert_ok(ring_on_records(app.ring, app.loop, fail_with_words, NULL));
	app_run(app.object, "leave", WAY_END, 9);
	assert_error(skep_loop_run(app.loop), ENOTTY);
	assert_string_equal(skep_error_last()->message, "record 9 is not mine");
	assert_string_equal(skep_error_last()->hint, "try later");
	end(&app);
}

static int fail_with_eagain(const struct record *e, void *ctx)
{
	(void)e;
	(void)ctx;
	return -EAGAIN;
}

TEST(callback_may_fail_with_the_code_that_means_no_record)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, fail_with_eagain, NULL));
	app_run(app.object, "leave", WAY_END, 9);
	assert_error(skep_loop_run(app.loop), EAGAIN);
	assert_string_equal(skep_error_last()->message, "handler 'records' returned -11");
	end(&app);
}

TEST(bad_record_ends_a_loop_with_ebadmsg)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	app_run(app.object, "emit_raw", 8, 0);
	assert_error(skep_loop_run(app.loop), EBADMSG);
	end(&app);
}

static int on_any(const void *record, size_t bytes, void *ctx)
{
	(void)record;
	(void)bytes;
	(void)ctx;
	return 0;
}

TEST(loop_lends_its_rings_by_name)
{
	struct app app = start();
	const struct skep_ring *ring;

	assert_null(skep_loop_ring(app.loop, "records"));
	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	ring = skep_loop_ring(app.loop, "records");
	assert_non_null(ring);
	assert_string_equal(skep_ring_name(ring), "records");
	assert_true(fcntl(skep_ring_fd(ring), F_GETFD) & FD_CLOEXEC);
	assert_null(skep_loop_ring(app.loop, "record"));
	end(&app);
}

TEST(drain_delivers_what_is_there_and_waits_for_nothing)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, on_record, &app));
	assert_ok(skep_loop_drain(app.loop));
	assert_int_equal(app.count, 0);
	for (uint64_t i = 1; i <= 3; i++)
		app_run(app.object, "leave", WAY_END, i);
	assert_ok(skep_loop_drain(app.loop));
	assert_int_equal(app.count, 3);
	assert_ok(skep_loop_drain(app.loop));
	assert_int_equal(app.count, 3);
	end(&app);
}

TEST(drain_fails_as_its_callback_does)
{
	struct app app = start();

	assert_ok(ring_on_records(app.ring, app.loop, fail_silently, NULL));
	app_run(app.object, "leave", WAY_END, 9);
	assert_error(skep_loop_drain(app.loop), ERANGE);
	assert_string_equal(skep_error_last()->message, "handler 'records' returned -34");
	end(&app);
}

TEST(object_tells_the_type_of_its_rings_and_of_nothing_else)
{
	struct app app = start();
	struct skep_ring_type type = { .bytes = 4711 };

	assert_false(skep_ring_type(app.object, "nothing", &type));
	assert_int_equal(type.bytes, 4711);
	assert_true(skep_ring_type(app.object, "records", &type));
	assert_int_equal(type.bytes, sizeof(struct record));
	assert_int_equal(type.most_bytes, sizeof(struct record));
	end(&app);
}

TEST(ring_goes_into_a_loop_once)
{
	struct app app = start();
	ring_records_ring records;

	assert_ok(ring_open_records(app.ring, &records, NULL));
	assert_ok(skep_loop_add_ring(app.loop, records.ring, on_any, NULL));
	assert_error(skep_loop_add_ring(app.loop, records.ring, on_any, NULL), EEXIST);
	assert_string_equal(skep_error_last()->message, "ring 'records' is in this loop already");
	skep_loop_free(app.loop);
	assert_ok(skep_loop_new(&app.loop, NULL));
	assert_ok(skep_loop_add_ring(app.loop, records.ring, on_any, NULL));
	skep_loop_free(app.loop);
	skep_ring_free(records.ring);
	ring_free(app.ring);
}

/* A child inherits the reader; what it frees is its own, and no business of the parent's. */
TEST(child_that_frees_the_reader_disturbs_nothing)
{
	struct app app = start();
	const struct record *e = NULL;
	ring_records_ring records;
	pid_t child;
	int status, pipes[2];
	char byte = 0;

	assert_ok(ring_open_records(app.ring, &records, NULL));
	assert_int_equal(pipe(pipes), 0);
	child = fork();
	if (!child) {
		if (read(pipes[0], &byte, 1) != 1)
			_exit(1);
		skep_ring_free(records.ring);
		skep_loop_free(app.loop);
		ring_free(app.ring);
		_exit(0);
	}
	for (uint64_t i = 0; i < 170; i++)
		app_run(app.object, "leave", WAY_END, i);
	for (uint64_t i = 0; i < 170; i++)
		assert_ok(skep_ring_next(records, &e, 0));
	assert_error(skep_ring_next(records, &e, 0), EAGAIN);
	assert_int_equal(write(pipes[1], &byte, 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* The ring is empty but for the last, held back: there is room for as many others again. */
	for (uint64_t i = 0; i < 169; i++)
		app_run(app.object, "leave", WAY_END, 1000 + i);
	for (uint64_t i = 0; i < 169; i++) {
		assert_ok(skep_ring_next(records, &e, 0));
		assert_int_equal(e->seq, 1000 + i);
	}
	close(pipes[0]);
	close(pipes[1]);
	skep_ring_free(records.ring);
	end(&app);
}

struct producer {
	const struct app *app;
	unsigned int cpu;
	uint64_t runs;
	atomic_bool *done;
};

static void *produce(void *ctx)
{
	struct producer *p = ctx;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(p->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (uint64_t i = 1; i <= p->runs; i++)
		app_run(p->app->object, "leave", i * 2654435761u % (WAY_GOTO + 1), i);
	*p->done = true;
	return NULL;
}

/* The smallest ring, so that it is full most of the time. */
TEST(producer_on_another_processor_loses_nothing_uncounted)
{
	struct app app = start();
	const uint64_t *attempts = &ring_bss(app.ring)->attempts;
	atomic_bool done = false;
	struct producer producer = { &app, sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 1 : 0,
				     test_is_full() ? 2000000 : 100000, &done };
	struct skep_ring_stats stats;
	uint64_t last = 0, seen = 0;
	ring_records_ring records;
	pthread_t thread;
	int err = 0;

	assert_ok(ring_open_records(app.ring, &records, NULL));
	assert_int_equal(pthread_create(&thread, NULL, produce, &producer), 0);
	for (bool more = true; more;) {
		more = !done; /* asked before: what came until then is seen */
		skep_ring_foreach(records, e, 0, &err) {
			assert_true(e->seq > last);
			assert_int_equal(e->check, (uint32_t)e->seq * 3 + e->way);
			last = e->seq;
			seen++;
		}
		assert_int_equal(err, 0);
	}
	pthread_join(thread, NULL);
	skep_ring_stats(records.ring, &stats);
	printf("# %llu consumed, %llu discarded, %llu dropped\n",
	       (unsigned long long)stats.consumed, (unsigned long long)stats.discarded,
	       (unsigned long long)stats.dropped);
	assert_int_equal(*attempts, producer.runs);
	assert_int_equal(stats.consumed, seen);
	assert_int_equal(stats.consumed + stats.discarded + stats.dropped, *attempts);
	assert_int_equal(stats.pending_bytes, 0);
	skep_ring_free(records.ring);
	end(&app);
}

TEST(resized_ring_has_the_size_asked_for)
{
	struct skep_ring_stats stats;
	ring_records_ring records;
	struct ring *ring = NULL;

	require_root();
	assert_ok(ring_open(&ring, NULL));
	assert_error(ring_resize_records(ring, 5000), EINVAL);
	assert_error(ring_resize_records(ring, 2048), EINVAL);
	assert_ok(ring_resize_records(ring, 1 << 16));
	assert_ok(ring_load(ring));
	assert_error(ring_resize_records(ring, 1 << 17), EBUSY);
	assert_ok(ring_open_records(ring, &records, NULL));
	skep_ring_stats(records.ring, &stats);
	assert_int_equal(stats.size_bytes, 1 << 16);
	skep_ring_free(records.ring);
	ring_free(ring);
}

static int on_second(uint64_t expirations, void *ctx)
{
	(void)expirations;
	(void)ctx;
	return 0;
}

TEST(without_file_descriptors_opening_fails_and_leaks_nothing)
{
	struct app app = start();
	struct rlimit before, none;
	ring_records_ring records = { .ring = NULL };
	int ring_err, loop_err, on_err, timer_err, fds = app_open_fds();
	struct skep_loop *loop = NULL;

	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = (rlim_t)dup(0); /* the lowest that is free */
	close((int)none.rlim_cur);
	setrlimit(RLIMIT_NOFILE, &none);
	ring_err = ring_open_records(app.ring, &records, NULL);
	on_err = ring_on_records(app.ring, app.loop, on_record, NULL);
	loop_err = skep_loop_new(&loop, NULL);
	timer_err = skep_loop_add_timer(app.loop, SKEP_SECOND, on_second, NULL);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_error(ring_err, EMFILE);
	assert_error(on_err, EMFILE);
	assert_error(loop_err, EMFILE);
	assert_error(timer_err, EMFILE);
	assert_null(records.ring);
	assert_null(loop);
	assert_int_equal(app_open_fds(), fds);
	end(&app);
}
