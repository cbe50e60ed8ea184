// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The size that is advised after a load drops nothing when the same load comes again. Loads are
 * played by one thread, so that the second time is the same as the first on every machine.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "app.h"
#include "perf.skep.h"
#include "ring.skep.h"
#include "storm.skep.h"

struct player {
	struct storm *app;
	storm_events_ring events;
	uint64_t number, seen;
};

static void write_some(struct player *p, uint64_t count)
{
	struct storm_order order = { .first = p->number, .count = count };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));

	p->number += count;
	assert_int_equal(
		bpf_prog_test_run_opts(skep_program_fd(storm_program_storm(p->app)), &opts), 0);
}

static void read_some(struct player *p, uint64_t count)
{
	const struct storm_event *e;

	for (uint64_t i = 0; i < count && !skep_ring_next(p->events, &e, 0); i++)
		p->seen += e->check == ~e->number;
}

static void play_burst(struct player *p)
{
	write_some(p, 5000);
}

/* Between bursts the reader gets through a third of one. */
static void play_bursts(struct player *p)
{
	for (int i = 0; i < 20; i++) {
		write_some(p, 300);
		read_some(p, 100);
	}
}

/* Two come while one is read. */
static void play_slow_reader(struct player *p)
{
	for (int i = 0; i < 1000; i++) {
		write_some(p, 2);
		read_some(p, 1);
	}
}

/* A batch stays in the ring while the next records come. */
static void play_batches(struct player *p)
{
	const struct storm_event *some[64];

	for (int i = 0; i < 40; i++) {
		int count = skep_ring_batch(p->events, some, 64, 0);

		assert_true(count >= 0 || count == -EAGAIN);
		p->seen += count > 0 ? (uint64_t)count : 0;
		write_some(p, 170);
	}
}

static void (*const loads[])(struct player *p) = { play_burst, play_bursts, play_slow_reader,
						   play_batches };

/* What it dropped, and what is advised then. */
static uint64_t play(void (*load)(struct player *p), uint64_t bytes, uint64_t *advice)
{
	struct skep_ring_stats stats;
	struct player p = { .number = 1 };

	assert_ok(storm_open(&p.app, NULL));
	assert_ok(storm_resize_events(p.app, (uint32_t)bytes));
	assert_ok(storm_load(p.app));
	assert_ok(storm_open_events(p.app, &p.events, NULL));
	load(&p);
	read_some(&p, UINT64_MAX);
	skep_ring_stats(p.events.ring, &stats);
	assert_int_equal(stats.consumed, p.seen);
	assert_int_equal(stats.consumed + stats.dropped + stats.discarded, p.number - 1);
	*advice = skep_ring_advice(p.events.ring);
	skep_ring_free(p.events.ring);
	storm_free(p.app);
	return stats.dropped;
}

TEST(advised_size_drops_nothing_of_bursts_slow_readers_and_batches)
{
	require_root();
	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
		uint64_t advice, again, dropped = play(loads[i], 4096, &advice);

		printf("# load %zu: %llu dropped, then %llu bytes\n", i,
		       (unsigned long long)dropped, (unsigned long long)advice);
		assert_true(dropped > 0);
		assert_int_equal(advice & (advice - 1), 0);
		assert_int_equal(play(loads[i], advice, &again), 0);
		assert_int_equal(again, advice); /* what was enough is not called too small */
	}
}

/* Short records come through where long ones do not: the mean of what was read says nothing. */
TEST(advised_size_has_room_for_the_long_records_that_were_dropped)
{
	uint64_t advice = 0, bytes = 4096;

	require_root();
	for (int round = 0; round < 2; round++, bytes = advice) {
		const struct var_record *e;
		struct ring *app = NULL;
		struct skep_ring_stats stats;
		ring_vars_ring vars;

		assert_ok(ring_open(&app, NULL));
		assert_ok(ring_resize_vars(app, (uint32_t)bytes));
		assert_ok(ring_load(app));
		assert_ok(ring_open_vars(app, &vars, NULL));
		for (uint64_t i = 0; i < 100; i++) /* 24 bytes each: then there is room for few */
			app_run(ring_object(app), "emit_var", 0, i);
		for (uint64_t i = 0; i < 300; i++) /* ... of 280 */
			app_run(ring_object(app), "emit_var", VAR_MOST, i);
		while (!skep_ring_next(vars, &e, 0))
			continue;
		skep_ring_stats(vars.ring, &stats);
		assert_int_equal(stats.consumed + stats.dropped, 400);
		assert_int_equal(stats.dropped > 0, !round);
		advice = skep_ring_advice(vars.ring);
		skep_ring_free(vars.ring);
		ring_free(app);
	}
}

TEST(advised_bytes_of_perf_buffers_drop_nothing_of_the_same_load)
{
	struct skep_ring_opts opts = { .sz = sizeof(opts) };

	require_root();
	for (int round = 0; round < 2; round++) {
		struct perf *app = NULL;
		struct skep_ring_stats stats;
		perf_events_ring events;
		const struct perf_record *e;

		assert_ok(perf_open(&app, NULL));
		assert_ok(skep_perf_use(perf_object(app), "events"));
		assert_ok(perf_load(app));
		assert_ok(perf_open_events(app, &events, &opts));
		for (uint64_t i = 1; i <= 9000; i++)
			app_run_on(perf_object(app), "emit", 0, 0, i);
		while (!skep_ring_next(events, &e, 0))
			continue;
		skep_ring_stats(events.ring, &stats);
		assert_int_equal(stats.consumed + stats.dropped, 9000);
		assert_int_equal(stats.dropped > 0, !round);
		opts.perf_bytes = skep_ring_advice(events.ring);
		skep_ring_free(events.ring);
		perf_free(app);
	}
}

TEST(ring_of_others_that_was_seen_full_should_be_twice_as_large)
{
	struct ring *app = NULL;
	SKEP_RING(struct record) records;
	struct skep_ring_stats stats;
	const struct record *e;

	require_root();
	assert_ok(ring_open(&app, NULL));
	assert_ok(ring_load(app));
	assert_ok(skep_ring_adopt_fd(
		&records, skep_map_fd(skep_object_map(ring_object(app), "records")), NULL));
	for (uint64_t i = 0; i < 100; i++)
		app_run(ring_object(app), "leave", WAY_END, i);
	while (!skep_ring_next(records, &e, 0))
		continue;
	assert_int_equal(skep_ring_advice(records.ring), 4096);
	for (uint64_t i = 0; i < 200; i++) /* 170 fit */
		app_run(ring_object(app), "leave", WAY_END, i);
	skep_ring_stats(records.ring, &stats);
	assert_false(stats.counted);
	assert_int_equal(skep_ring_advice(records.ring), 8192);
	skep_ring_free(records.ring);
	ring_free(app);
}

/* The counters are in the program's memory: whoever may write there can say anything. */
TEST(advice_is_never_more_than_a_ring_can_have)
{
	struct ring *app = NULL;
	ring_records_ring records;
	struct bpf_map *section;
	uint32_t key = 0;
	void *value;
	size_t bytes;

	require_root();
	assert_ok(ring_open(&app, NULL));
	assert_ok(ring_load(app));
	assert_ok(ring_open_records(app, &records, NULL));
	section = bpf_object__find_map_by_name(skep_object_libbpf(ring_object(app)), ".data.skep");
	assert_non_null(section);
	bytes = bpf_map__value_size(section);
	value = malloc(bytes);
	assert_non_null(value);
	for (unsigned int fill = 0xff; fill; fill = fill == 0xff ? 0x7f : 0) {
		memset(value, (int)fill, bytes);
		assert_int_equal(bpf_map_update_elem(bpf_map__fd(section), &key, value, BPF_ANY),
				 0);
		assert_int_equal(skep_ring_advice(records.ring), UINT32_C(1) << 31);
	}
	free(value);
	skep_ring_free(records.ring);
	ring_free(app);
}
