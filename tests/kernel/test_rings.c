// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Many rings: made at load, written by processor, read as one. */
#include "harness/machine.h"
#include "harness/test.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "shards.skep.h"

static struct shards *start(void)
{
	struct shards *app = NULL;

	require_root();
	assert_ok(shards_open(&app, NULL));
	if (shards_load(app))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return app;
}

/* On whichever processor this thread is. */
static void run(const struct skep_program *program, struct shard_order order)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));

	assert_int_equal(bpf_prog_test_run_opts(skep_program_fd(program), &opts), 0);
}

static void run_on(const struct skep_program *program, int cpu, struct shard_order order)
{
	cpu_set_t before, set;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&set);
	CPU_SET((unsigned int)cpu, &set);
	assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
	run(program, order);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static int processors(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

TEST(each_processor_has_a_ring_and_writes_to_it)
{
	struct shards *app = start();
	shards_own_rings own;
	const struct shard_event *e = NULL;
	unsigned int count = 0;

	assert_true(skep_rings_declared(shards_object(app), "own", &count));
	assert_int_equal(count, libbpf_num_possible_cpus());
	assert_ok(shards_open_own(app, &own, NULL));
	assert_int_equal(skep_rings_count(own.rings), count);
	for (int cpu = 0; cpu < processors(); cpu++)
		run_on(shards_program_run_own(app), cpu,
		       (struct shard_order){ .first = (uint64_t)cpu * 10 * SHARD_GIVE_UP + 1,
					     .count = 50 });
	for (int i = 0; i < processors() * 50; i++) {
		assert_ok(skep_rings_next(own, &e, 0));
		assert_int_equal(e->check, ~(uint32_t)e->number);
		assert_int_equal(e->cpu, skep_rings_current(own.rings));
		assert_int_equal(e->number / (10 * SHARD_GIVE_UP), e->cpu);
	}
	assert_error(skep_rings_next(own, &e, 0), EAGAIN);
	skep_rings_free(own.rings);
	shards_free(app);
}

TEST(shards_are_as_many_as_declared_and_are_chosen_by_processor)
{
	struct shards *app = start();
	shards_shared_rings shared;
	const struct shard_event *e = NULL;

	assert_ok(shards_open_shared(app, &shared, NULL));
	assert_int_equal(skep_rings_count(shared.rings), 2);
	assert_null(skep_rings_ring(shared.rings, 2));
	assert_string_equal(skep_ring_name(skep_rings_ring(shared.rings, 1)), "shared[1]");
	for (int cpu = 0; cpu < processors(); cpu++)
		run_on(shards_program_run_shared(app), cpu, (struct shard_order){ .count = 10 });
	for (int i = 0; i < processors() * 10; i++) {
		assert_ok(skep_rings_next(shared, &e, 0));
		assert_int_equal(skep_rings_current(shared.rings), e->cpu % 2);
	}
	assert_error(skep_rings_next(shared, &e, 0), EAGAIN);
	skep_rings_free(shared.rings);
	shards_free(app);
}

TEST(what_did_not_fit_or_was_given_up_is_counted_for_the_whole)
{
	struct shards *app = start();
	struct skep_ring_stats stats, first;
	shards_own_rings own;
	uint64_t seen = 0;
	int err;

	assert_ok(shards_open_own(app, &own, NULL));
	for (int cpu = 0; cpu < processors(); cpu++)
		run_on(shards_program_run_own(app), cpu, (struct shard_order){ .count = 20000 });
	skep_rings_foreach(own, e, 0, &err) seen++;
	assert_int_equal(err, 0);
	skep_rings_stats(own.rings, &stats);
	assert_true(stats.counted);
	assert_int_equal(stats.consumed, seen);
	assert_int_equal(stats.pending, 0);
	assert_true(stats.dropped > 0);
	assert_int_equal(stats.discarded, shards_bss(app)->given_up);
	assert_int_equal(stats.consumed + stats.dropped + stats.discarded,
			 shards_bss(app)->attempts);
	skep_ring_stats(skep_rings_ring(own.rings, 0), &first);
	assert_int_equal(first.dropped, stats.dropped);
	/* So each should have been larger, whichever of them lost it. */
	assert_true(skep_rings_advice(own.rings) > first.size_bytes);
	assert_int_equal(skep_rings_advice(own.rings),
			 skep_ring_advice(skep_rings_ring(own.rings, 0)));
	skep_rings_free(own.rings);
	shards_free(app);
}

TEST(foreach_takes_from_each_ring_in_its_order)
{
	struct shards *app = start();
	uint64_t last[SHARDS] = { 0 }, seen = 0, turns = 0;
	shards_chosen_rings chosen;
	unsigned int before = 0;
	int err;

	assert_ok(shards_open_chosen(app, &chosen, NULL));
	for (uint64_t i = 0; i < SHARDS; i++)
		run(shards_program_run_chosen(app),
		    (struct shard_order){ .first = i * 10000 + 1, .count = 5000, .ring = i });
	skep_rings_foreach(chosen, e, 0, &err)
	{
		uint64_t ring = (e->number - 1) / 10000;

		assert_int_equal(ring, skep_rings_current(chosen.rings));
		assert_true(e->number > last[ring]);
		last[ring] = e->number;
		turns += ring != before;
		before = (unsigned int)ring;
		seen++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(seen, SHARDS * 5000);
	assert_true(turns > SHARDS); /* none was read to its end before others had a turn */
	skep_rings_free(chosen.rings);
	shards_free(app);
}

struct writer {
	const struct skep_program *program;
	struct shard_order order;
};

static void *write_later(void *ctx)
{
	struct writer *w = ctx;

	usleep(20000);
	run(w->program, w->order);
	return NULL;
}

static void wait_for_one(const struct skep_ring_opts *opts)
{
	struct shards *app = start();
	struct writer writer = { shards_program_run_chosen(app), { .first = 7, .count = 1 } };
	const struct shard_event *e = NULL;
	shards_chosen_rings chosen;
	pthread_t thread;

	assert_ok(shards_open_chosen(app, &chosen, opts));
	for (writer.order.ring = 0; writer.order.ring < SHARDS; writer.order.ring += 3) {
		assert_int_equal(pthread_create(&thread, NULL, write_later, &writer), 0);
		assert_ok(skep_rings_next(chosen, &e, test_scaled_ms(20000)));
		assert_int_equal(e->number, 7);
		pthread_join(thread, NULL);
	}
	assert_error(skep_rings_next(chosen, &e, 1), ETIMEDOUT);
	skep_rings_free(chosen.rings);
	shards_free(app);
}

TEST(record_in_any_ring_wakes_who_waits)
{
	wait_for_one(NULL);
	wait_for_one(SKEP_OPTS(skep_ring_opts, .wakeup = SKEP_WAKEUP_EVERY));
	wait_for_one(SKEP_OPTS(skep_ring_opts, .wakeup_bytes = 4096));
}

static void *stop_later(void *rings)
{
	usleep(20000);
	skep_rings_stop(rings);
	return NULL;
}

TEST(stop_ends_a_wait_once)
{
	struct shards *app = start();
	const struct shard_event *e = NULL;
	shards_own_rings own;
	pthread_t thread;

	assert_ok(shards_open_own(app, &own, NULL));
	skep_rings_stop(own.rings);
	assert_error(skep_rings_next(own, &e, -1), ECANCELED);
	assert_error(skep_rings_next(own, &e, 1), ETIMEDOUT);
	assert_int_equal(pthread_create(&thread, NULL, stop_later, own.rings), 0);
	assert_error(skep_rings_next(own, &e, -1), ECANCELED);
	pthread_join(thread, NULL);
	skep_rings_free(own.rings);
	shards_free(app);
}

TEST(file_descriptor_is_readable_when_any_ring_has_a_record)
{
	struct shards *app = start();
	struct pollfd fd = { .events = POLLIN };
	const struct shard_event *e = NULL;
	shards_chosen_rings chosen;

	assert_ok(shards_open_chosen(app, &chosen, NULL));
	fd.fd = skep_rings_fd(chosen.rings);
	assert_true(fd.fd >= 0);
	for (uint64_t i = 0; i < SHARDS; i++) {
		uint64_t seen = 0;

		run(shards_program_run_chosen(app), (struct shard_order){ .count = 3, .ring = i });
		while (seen < 3) {
			assert_int_equal(poll(&fd, 1, test_scaled_ms(20000)), 1);
			while (!skep_rings_next(chosen, &e, 0))
				seen++;
		}
		assert_int_equal(seen, 3);
	}
	skep_rings_free(chosen.rings);
	shards_free(app);
}

static int count_own(const struct shard_event *e, void *ctx)
{
	*(uint64_t *)ctx += e->check == ~(uint32_t)e->number;
	return 0;
}

TEST(loop_calls_back_for_all_rings_of_one_name)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct shards *app = start();
	uint64_t count = 0;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(shards_on_own(app, loop, count_own, &count));
	for (int cpu = 0; cpu < processors(); cpu++)
		run_on(shards_program_run_own(app), cpu,
		       (struct shard_order){ .first = 1, .count = 100 });
	assert_ok(skep_loop_drain(loop));
	assert_int_equal(count, processors() * 100);
	assert_non_null(skep_loop_ring(loop, "own[0]"));
	shards_free(app);
}

TEST(variable_records_go_through_many_rings)
{
	struct shards *app = start();
	const struct shard_tail *e = NULL;
	shards_two_tails_rings two;
	shards_tails_rings tails;
	size_t bytes;

	assert_ok(shards_open_tails(app, &tails, NULL));
	assert_ok(shards_open_two_tails(app, &two, NULL));
	for (uint64_t asked = 0; asked <= 64; asked += 16) {
		app_run(shards_object(app), "run_tails", asked, 0);
		assert_ok(skep_rings_next_sized(tails, &e, &bytes, 0));
		assert_int_equal(bytes, sizeof(*e) + asked);
		assert_int_equal(e->bytes, asked);
		assert_int_equal(e->cpu, skep_rings_current(tails.rings));
		assert_ok(skep_rings_next_sized(two, &e, &bytes, 0));
		assert_int_equal(bytes, sizeof(*e) + asked);
		assert_int_equal(e->cpu % 2, skep_rings_current(two.rings));
	}
	skep_rings_free(two.rings);
	skep_rings_free(tails.rings);
	shards_free(app);
}

TEST(resize_is_for_each_ring_and_checked)
{
	struct shards *app = NULL;
	struct skep_ring_stats stats;
	shards_shared_rings shared;

	require_root();
	assert_ok(shards_open(&app, NULL));
	assert_error(shards_resize_shared(app, 5000), EINVAL);
	app_assert_says("5000");
	assert_ok(shards_resize_shared(app, 65536));
	assert_ok(shards_load(app));
	assert_error(shards_resize_shared(app, 4096), EBUSY);
	assert_ok(shards_open_shared(app, &shared, NULL));
	skep_ring_stats(skep_rings_ring(shared.rings, 1), &stats);
	assert_int_equal(stats.size_bytes, 65536);
	skep_rings_free(shared.rings);
	shards_free(app);
}

TEST(rings_of_a_stock_loader_are_made_when_opened_and_drops_before_are_counted)
{
	struct skep_object *object = NULL;
	struct shard_order order = { .first = 1, .count = 10 };
	SKEP_RINGS(struct shard_event) own;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));
	const struct shard_event *e = NULL;
	struct skep_ring_stats stats;
	struct bpf_object *stock;

	require_root();
	stock = bpf_object__open_file(test_file("shards.bpf.o"), NULL);
	assert_non_null(stock);
	assert_int_equal(bpf_object__load(stock), 0);
	assert_ok(skep_object_adopt(&object, stock));
	assert_int_equal(bpf_prog_test_run_opts(
				 skep_program_fd(skep_object_program(object, "run_own")), &opts),
			 0);
	assert_ok(skep_rings_open(&own, object, "own", NULL));
	assert_int_equal(skep_rings_count(own.rings), libbpf_num_possible_cpus());
	assert_int_equal(bpf_prog_test_run_opts(
				 skep_program_fd(skep_object_program(object, "run_own")), &opts),
			 0);
	for (int i = 0; i < 10; i++)
		assert_ok(skep_rings_next(own, &e, 0));
	skep_rings_stats(own.rings, &stats);
	assert_int_equal(stats.dropped, 10);
	assert_int_equal(stats.consumed, 10);
	skep_rings_free(own.rings);
	skep_object_free(object);
	bpf_object__close(stock);
}

TEST(wrong_use_is_refused_in_words)
{
	struct shards *app = start();
	struct skep_object *object = shards_object(app);
	SKEP_RINGS(struct shard_tail) wrong = { .rings = NULL };
	SKEP_RING(struct shard_event) one = { .ring = NULL };
	struct skep_ring *none[2] = { NULL, NULL };
	struct skep_rings *rings = NULL;
	shards_own_rings own;

	assert_error(skep_rings_open(&wrong, object, "own", NULL), EPROTOTYPE);
	app_assert_says("own");
	assert_error(skep_rings_open(&wrong, object, "owner", NULL), ENOENT);
	assert_error(skep_rings_open(&wrong, object, ".bss", NULL), EPROTOTYPE);
	assert_error(skep_ring_open(&one, object, "own", NULL), EPROTOTYPE);
	app_assert_hints("skep_rings_open()");
	assert_error(skep_rings_of(&rings, none, 2), EINVAL);
	assert_error(skep_rings_of(&rings, none, 0), EINVAL);
	assert_ok(shards_open_own(app, &own, NULL));
	none[0] = none[1] = skep_rings_ring(own.rings, 0);
	assert_error(skep_rings_of(&rings, none, 2), EEXIST);
	assert_null(rings);
	assert_null(wrong.rings);
	skep_rings_free(own.rings);
	skep_rings_free(NULL);
	shards_free(app);
}

TEST(nothing_is_left_open)
{
	int fds = app_open_fds();
	struct shards *app;
	shards_own_rings own;
	const struct shard_event *e = NULL;

	app = start();
	assert_ok(shards_open_own(app, &own, NULL));
	assert_true(skep_rings_fd(own.rings) >= 0);
	assert_error(skep_rings_next(own, &e, 1), ETIMEDOUT);
	skep_rings_free(own.rings);
	shards_free(app);
	assert_int_equal(app_open_fds(), fds);
}
