// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* One source, loaded as rings and as perf buffers; and perf buffers of others. */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include <bpf/libbpf.h>

#include "app.h"
#include "perf.skep.h"

/* Linked in place of libbpf's: a kernel without rings. */
static bool no_rings;
int __real_libbpf_probe_bpf_map_type(enum bpf_map_type type, const void *opts);
int __wrap_libbpf_probe_bpf_map_type(enum bpf_map_type type, const void *opts);

int __wrap_libbpf_probe_bpf_map_type(enum bpf_map_type type, const void *opts)
{
	return no_rings && type == BPF_MAP_TYPE_RINGBUF
		       ? 0
		       : __real_libbpf_probe_bpf_map_type(type, opts);
}

/* And of the system call: processors that are off; how the last buffer was opened. */
static int off_for; /* so many tries find no processor on */
static struct perf_event_attr asked;
long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f);

long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	if (number == SYS_perf_event_open) {
		memcpy(&asked, (const void *)a, sizeof(asked));
		if (off_for > 0) {
			off_for--;
			errno = ENODEV;
			return -1;
		}
	}
	return __real_syscall(number, a, b, c, d, e, f);
}

static struct perf *start(bool use_perf)
{
	struct perf *app = NULL;

	require_root();
	assert_ok(perf_open(&app, NULL));
	if (use_perf) {
		assert_ok(skep_perf_use(perf_object(app), "events"));
		assert_ok(skep_perf_use(perf_object(app), "events")); /* twice is once */
		assert_ok(skep_perf_use(perf_object(app), "zeroed"));
		assert_ok(skep_perf_use(perf_object(app), "tails"));
	}
	if (perf_load(app))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return app;
}

static enum bpf_map_type type_of(const struct perf *app, const char *name)
{
	struct bpf_object *object = skep_object_libbpf(perf_object((struct perf *)app));

	return bpf_map__type(bpf_object__find_map_by_name(object, name));
}

static void check_fixed(bool use_perf)
{
	struct perf *app = start(use_perf);
	const struct perf_record *e = NULL;
	struct skep_ring_stats stats;
	perf_events_ring events;

	assert_int_equal(type_of(app, "events"),
			 use_perf ? BPF_MAP_TYPE_PERF_EVENT_ARRAY : BPF_MAP_TYPE_RINGBUF);
	assert_ok(perf_open_events(app, &events, NULL));
	for (uint64_t i = 1; i <= 200; i++) {
		app_run_on(perf_object(app), "emit", 0, i % 10 == 0, i);
		if (i % 10 == 0)
			continue;
		assert_ok(skep_ring_next(events, &e, 0));
		assert_int_equal(e->number, i);
		assert_int_equal(e->check, ~(uint32_t)i);
		assert_int_equal(e->more, UINT32_MAX);
		assert_int_equal(e->cpu, 0);
	}
	assert_error(skep_ring_next(events, &e, 0), EAGAIN);
	skep_ring_stats(events.ring, &stats);
	assert_true(stats.counted);
	assert_int_equal(stats.consumed, 180);
	assert_int_equal(stats.discarded, 20);
	assert_int_equal(stats.dropped + stats.bad + stats.pending, 0);
	skep_ring_free(events.ring);
	perf_free(app);
}

TEST(one_source_writes_to_a_ring)
{
	check_fixed(false);
}

TEST(one_source_writes_to_perf_buffers)
{
	check_fixed(true);
}

TEST(kernel_without_rings_gets_perf_buffers_unasked)
{
	const struct perf_record *e = NULL;
	perf_events_ring events;
	struct perf *app;

	no_rings = true;
	app = start(false);
	no_rings = false;
	assert_int_equal(type_of(app, "events"), BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	assert_int_equal(type_of(app, "tails"), BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	assert_ok(perf_open_events(app, &events, NULL));
	app_run(perf_object(app), "emit", 0, 42);
	assert_ok(skep_ring_next(events, &e, 0));
	assert_int_equal(e->number, 42);
	skep_ring_free(events.ring);
	perf_free(app);
}

static void check_drops(bool use_perf)
{
	struct perf *app = start(use_perf);
	struct skep_ring_stats stats;
	perf_events_ring events;
	uint64_t seen = 0;
	int err;

	assert_ok(perf_open_events(app, &events, NULL));
	for (uint64_t i = 1; i <= 9000; i++)
		app_run_on(perf_object(app), "emit", 0, 0, i);
	skep_ring_foreach(events, e, 0, &err)
		assert_int_equal(e->number, ++seen);
	assert_int_equal(err, 0);
	skep_ring_stats(events.ring, &stats);
	assert_true(stats.dropped > 0);
	assert_int_equal(stats.consumed, seen);
	assert_int_equal(stats.consumed + stats.dropped, 9000);
	skep_ring_free(events.ring);
	perf_free(app);
}

TEST(what_does_not_fit_is_counted_either_way)
{
	check_drops(false);
	check_drops(true);
}

TEST(much_more_than_a_buffer_goes_through_in_order)
{
	struct perf *app = start(true);
	perf_events_ring events;
	uint64_t seen = 0;
	int err;

	assert_ok(perf_open_events(app, &events, NULL));
	for (int i = 0; i < 40; i++) {
		for (uint64_t n = 1; n <= 1000; n++)
			app_run_on(perf_object(app), "emit", 0, 0, (uint64_t)i * 1000 + n);
		skep_ring_foreach(events, e, 0, &err) {
			assert_int_equal(e->number, ++seen);
			assert_int_equal(e->check, ~(uint32_t)e->number);
		}
		assert_int_equal(err, 0);
	}
	assert_int_equal(seen, 40000);
	skep_ring_free(events.ring);
	perf_free(app);
}

TEST(zeroed_and_variable_records_come_through_perf_buffers)
{
	struct perf *app = start(true);
	const struct perf_record *e = NULL;
	const struct perf_tail *t = NULL;
	perf_zeroed_ring zeroed;
	perf_tails_ring tails;
	size_t bytes;

	assert_ok(perf_open_zeroed(app, &zeroed, NULL));
	assert_ok(perf_open_tails(app, &tails, NULL));
	for (uint64_t i = 0; i <= TAIL_MOST; i += 10) {
		app_run(perf_object(app), "emit_zeroed", 0, i);
		assert_ok(skep_ring_next(zeroed, &e, 0));
		assert_int_equal(e->number, i);
		assert_int_equal(e->check, 0);
		assert_int_equal(e->more, 0);
		app_run(perf_object(app), "emit_tail", i, 0);
		assert_ok(skep_ring_next_sized(tails, &t, &bytes, 0));
		assert_int_equal(t->bytes, i);
		assert_true(bytes >= sizeof(*t) + i && bytes < sizeof(*t) + i + 8);
		for (uint64_t j = 0; j < i; j++)
			assert_int_equal(t->tail[j], j);
	}
	skep_ring_free(zeroed.ring);
	skep_ring_free(tails.ring);
	perf_free(app);
}

static void *emit_later(void *app)
{
	usleep(20000);
	app_run(perf_object(app), "emit", 0, 77);
	return NULL;
}

TEST(record_in_a_perf_buffer_wakes_who_waits)
{
	struct perf *app = start(true);
	const struct perf_record *e = NULL;
	perf_events_ring events;
	pthread_t thread;

	assert_ok(perf_open_events(app, &events, NULL));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pthread_create(&thread, NULL, emit_later, app), 0);
		assert_ok(skep_ring_next(events, &e, test_scaled_ms(20000)));
		assert_int_equal(e->number, 77);
		pthread_join(thread, NULL);
	}
	assert_error(skep_ring_next(events, &e, 1), ETIMEDOUT);
	skep_ring_free(events.ring);
	perf_free(app);
}

static int on_event(const struct perf_record *e, void *ctx)
{
	*(uint64_t *)ctx += e->number;
	return 0;
}

TEST(loop_calls_back_for_perf_buffers)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct perf *app = start(true);
	uint64_t sum = 0;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(perf_on_events(app, loop, on_event, &sum));
	for (uint64_t i = 1; i <= 10; i++)
		app_run(perf_object(app), "emit", 0, i);
	assert_ok(skep_loop_step(loop, test_scaled_ms(20000)));
	assert_int_equal(sum, 55);
	skep_loop_free(SKEP_TAKE(loop));
	perf_free(app);
}

TEST(perf_buffers_of_others_are_read_and_checked)
{
	struct perf *app = start(false);
	SKEP_RING(struct perf_record) stock;
	const struct perf_record *e = NULL;
	struct skep_ring_stats stats;

	assert_ok(skep_ring_open(&stock, perf_object(app), "stock", NULL));
	app_run(perf_object(app), "emit_stock", 0, 5);
	app_run(perf_object(app), "emit_stock", 1, 6); /* too short */
	app_run(perf_object(app), "emit_stock", 0, 7);
	assert_ok(skep_ring_next(stock, &e, 0));
	assert_int_equal(e->number, 5);
	assert_error(skep_ring_next(stock, &e, 0), EBADMSG);
	assert_ok(skep_ring_next(stock, &e, 0));
	assert_int_equal(e->number, 7);
	for (uint64_t i = 0; i < 9000; i++)
		app_run_on(perf_object(app), "emit_stock", 0, 0, i);
	while (!skep_ring_next(stock, &e, 0))
		continue;
	app_run_on(perf_object(app), "emit_stock", 0, 0, 1); /* the kernel tells what was lost */
	while (!skep_ring_next(stock, &e, 0))
		continue;
	skep_ring_stats(stock.ring, &stats);
	assert_int_equal(stats.bad, 1);
	assert_true(stats.dropped > 0);
	assert_int_equal(stats.consumed + stats.bad + stats.dropped, 9004);
	skep_ring_free(stock.ring);
	perf_free(app);
}

/* How many records fit when nobody reads. */
static uint64_t count_that_fit(struct perf *app, const struct skep_ring_opts *opts)
{
	struct skep_ring_stats stats;
	perf_events_ring events;
	uint64_t seen = 0;
	int err;

	assert_ok(perf_open_events(app, &events, opts));
	for (uint64_t i = 1; i <= 3000; i++)
		app_run_on(perf_object(app), "emit", 0, 0, i);
	skep_ring_foreach(events, e, 0, &err)
		assert_int_equal(e->number, ++seen);
	assert_int_equal(err, 0);
	skep_ring_stats(events.ring, &stats);
	assert_int_equal(stats.consumed, seen);
	skep_ring_free(events.ring);
	return seen;
}

TEST(buffers_are_as_large_as_asked)
{
	struct perf *app = start(true);
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t wrong[] = { 1, page / 2, page + 1, page * 3, (size_t)1 << 31, SIZE_MAX };
	perf_events_ring events = { .ring = NULL };
	uint64_t small, large;

	small = count_that_fit(app, SKEP_OPTS(skep_ring_opts, .perf_bytes = page));
	assert_int_equal(asked.wakeup_events, 1);
	assert_false(asked.watermark);
	large = count_that_fit(app, SKEP_OPTS(skep_ring_opts, .perf_bytes = page * 8));
	assert_true(small > page / 128 && small <= page / 48);
	assert_true(large > 7 * small);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_error(perf_open_events(app, &events,
					      SKEP_OPTS(skep_ring_opts, .perf_bytes = wrong[i])),
			     EINVAL);
		app_assert_says("is no size for a perf buffer");
		app_assert_hints("a power of two");
	}
	assert_null(events.ring);
	perf_free(app);
}

static void check_opened(struct perf *app, const struct skep_ring_opts *opts)
{
	const struct perf_record *e = NULL;
	perf_events_ring events;

	assert_ok(perf_open_events(app, &events, opts));
	for (uint64_t i = 1; i <= 200; i++)
		app_run_on(perf_object(app), "emit", 0, 0, i);
	for (uint64_t i = 1; i <= 200; i++) {
		assert_ok(skep_ring_next(events, &e, test_scaled_ms(20000)));
		assert_int_equal(e->number, i);
	}
	skep_ring_free(events.ring);
}

TEST(kernel_wakes_for_as_many_as_asked)
{
	struct perf *app = start(true);

	check_opened(app, SKEP_OPTS(skep_ring_opts, .perf_records = 64));
	assert_int_equal(asked.wakeup_events, 64);
	assert_false(asked.watermark);
	check_opened(app, SKEP_OPTS(skep_ring_opts, .wakeup_bytes = 8192));
	assert_true(asked.watermark);
	assert_int_equal(asked.wakeup_watermark, 8192);
	check_opened(app, SKEP_OPTS(skep_ring_opts, .wakeup_bytes = SIZE_MAX));
	assert_int_equal(asked.wakeup_watermark, 1 << 17);
	perf_free(app);
}

TEST(fewer_than_were_asked_for_wake_nobody_and_come_all_the_same)
{
	struct perf *app = start(true);
	const struct perf_record *e = NULL;
	perf_events_ring events;

	assert_ok(perf_open_events(app, &events, SKEP_OPTS(skep_ring_opts, .perf_records = 50)));
	assert_error(skep_ring_next(events, &e, 1), ETIMEDOUT);
	for (uint64_t i = 1; i <= 30; i++)
		app_run_on(perf_object(app), "emit", 0, 0, i);
	for (uint64_t i = 1; i <= 30; i++) {
		assert_ok(skep_ring_next(events, &e, test_scaled_ms(20000)));
		assert_int_equal(e->number, i);
	}
	skep_ring_free(events.ring);
	perf_free(app);
}

TEST(processor_that_comes_later_gets_its_buffer)
{
	struct perf *app = start(true);
	const struct perf_record *e = NULL;
	struct skep_ring_stats stats;
	perf_events_ring events;

	off_for = libbpf_num_possible_cpus();
	assert_ok(perf_open_events(app, &events, NULL));
	assert_int_equal(off_for, 0);
	app_run(perf_object(app), "emit", 0, 1);
	assert_error(skep_ring_next(events, &e, 0), EAGAIN);
	for (uint64_t i = 2; i <= 200 && !e; i++) { /* looked for while somebody waits */
		app_run(perf_object(app), "emit", 0, i);
		(void)!skep_ring_next(events, &e, 100);
	}
	assert_non_null(e);
	skep_ring_stats(events.ring, &stats);
	assert_true(stats.dropped > 0 && e->number > stats.dropped);
	skep_ring_free(events.ring);
	perf_free(app);
}

TEST(wrong_use_is_refused_in_words)
{
	struct perf *app = NULL;

	require_root();
	assert_ok(perf_open(&app, NULL));
	assert_error(skep_perf_use(perf_object(app), "event"), ENOENT);
	assert_error(skep_perf_use(perf_object(app), "stock"), EOPNOTSUPP);
	app_assert_hints("SKEP_WITH_PERF");
	assert_error(skep_perf_use(perf_object(app), ".rodata.skep"), EOPNOTSUPP);
	assert_ok(perf_load(app));
	assert_error(skep_perf_use(perf_object(app), "events"), EBUSY);
	perf_free(app);
}

TEST(nothing_is_left_open)
{
	int fds = app_open_fds();
	struct perf *app = start(true);
	perf_events_ring events;

	assert_ok(perf_open_events(app, &events, NULL));
	skep_ring_free(events.ring);
	assert_ok(perf_open_events(app, &events, NULL)); /* and another time */
	app_run(perf_object(app), "emit", 0, 1);
	skep_ring_free(events.ring);
	perf_free(app);
	assert_int_equal(app_open_fds(), fds);
}
