// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What BPF programs write with skep_emit() and its like, and what of it arrives. Built once for
 * each way of compiling the programs.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "ring_records.h"

#define OBJECT      "ring.bpf.o"
#define RECORDS_FIT 170 /* of 16 + 8 bytes, in 4,096 less one */

typedef SKEP_RING(struct record) record_ring;
typedef SKEP_RING(struct byte_record) byte_ring;
typedef SKEP_RING(struct large_record) large_ring;
typedef SKEP_RING(struct huge_record) huge_ring;
typedef SKEP_RING(struct holed_record) holed_ring;
typedef SKEP_RING(struct odd_record) odd_ring;

struct app {
	struct skep_object *object;
	record_ring records;
};

static struct app start(void)
{
	struct app app = { .object = app_load(OBJECT) };

	assert_ok(skep_ring_open(&app.records, app.object, "records", NULL));
	return app;
}

static void end(struct app *app)
{
	skep_ring_free(app->records.ring);
	skep_object_free(app->object);
}

static void assert_counts(const struct skep_ring *ring, uint64_t consumed, uint64_t discarded,
			  uint64_t dropped)
{
	struct skep_ring_stats stats;

	skep_ring_stats(ring, &stats);
	assert_true(stats.counted);
	assert_int_equal(stats.consumed, consumed);
	assert_int_equal(stats.discarded, discarded);
	assert_int_equal(stats.dropped, dropped);
	assert_int_equal(stats.bad, 0);
}

static void assert_next(struct app *app, uint64_t seq, uint32_t way)
{
	const struct record *e = NULL;

	assert_ok(skep_ring_next(app->records, &e, 0));
	assert_int_equal(e->seq, seq);
	assert_int_equal(e->way, way);
	assert_int_equal(e->check, (uint32_t)seq * 3 + way);
}

static void assert_empty(struct app *app)
{
	const struct record *e = NULL;

	assert_error(skep_ring_next(app->records, &e, 0), EAGAIN);
	assert_null(e);
}

TEST(block_run_to_its_end_submits)
{
	struct app app = start();

	assert_int_equal(app_run(app.object, "leave", WAY_END, 11), 0);
	assert_next(&app, 11, WAY_END);
	assert_empty(&app);
	assert_counts(app.records.ring, 1, 0, 0);
	end(&app);
}

TEST(continue_submits)
{
	struct app app = start();

	assert_int_equal(app_run(app.object, "leave", WAY_CONTINUE, 12), 0);
	assert_next(&app, 12, WAY_CONTINUE);
	assert_empty(&app);
	assert_counts(app.records.ring, 1, 0, 0);
	end(&app);
}

static void assert_discards(const char *program, uint64_t way, int returned)
{
	struct app app = start();

	assert_int_equal(app_run(app.object, program, way, 13), returned);
	assert_empty(&app);
	assert_counts(app.records.ring, 0, 1, 0);
	end(&app);
}

TEST(break_discards_and_counts_it)
{
	assert_discards("leave", WAY_BREAK, 0);
}

TEST(return_discards_and_counts_it)
{
	assert_discards("leave", WAY_RETURN, RETURNED);
}

TEST(goto_discards_and_counts_it)
{
	assert_discards("leave", WAY_GOTO, 0);
}

TEST(nested_blocks_are_submitted_each)
{
	struct app app = start();

	app_run(app.object, "nest", WAY_NESTED, 5);
	assert_next(&app, OUTER + 5, WAY_NESTED); /* reserved first, so it comes first */
	assert_next(&app, 5, WAY_NESTED);
	assert_empty(&app);
	assert_counts(app.records.ring, 2, 0, 0);
	end(&app);
}

TEST(break_of_nested_block_discards_it_alone)
{
	struct app app = start();

	app_run(app.object, "nest", WAY_NESTED_BREAK_INNER, 6);
	assert_next(&app, OUTER + 6, WAY_NESTED_BREAK_INNER);
	assert_empty(&app);
	assert_counts(app.records.ring, 1, 1, 0);
	end(&app);
}

TEST(return_from_nested_block_discards_both)
{
	struct app app = start();

	assert_int_equal(app_run(app.object, "nest", WAY_NESTED_RETURN_INNER, 7), RETURNED);
	assert_empty(&app);
	assert_counts(app.records.ring, 0, 2, 0);
	end(&app);
}

TEST(full_ring_drops_and_counts_each)
{
	struct app app = start();
	struct skep_ring_stats stats;

	for (int i = 0; i < RECORDS_FIT + 30; i++)
		app_run(app.object, "leave", WAY_END, (uint64_t)i);
	skep_ring_stats(app.records.ring, &stats);
	assert_int_equal(stats.pending_bytes, RECORDS_FIT * 24);
	assert_int_equal(stats.size_bytes, 4096);
	for (uint64_t i = 0; i < RECORDS_FIT; i++)
		assert_next(&app, i, WAY_END);
	assert_empty(&app);
	assert_counts(app.records.ring, RECORDS_FIT, 0, 30);
	end(&app);
}

/* What is still on its way shows that the counts hold at every moment, not only at the end. */
TEST(attempts_are_consumed_discarded_and_dropped)
{
	struct app app = start();
	const uint64_t *attempts = skep_object_section(app.object, ".bss", NULL);
	uint64_t expected_discards = 0, seen = 0, last = 0;
	struct skep_ring_stats stats;
	const struct record *e = NULL;

	assert_non_null(attempts);
	for (uint64_t i = 1; i <= 3000; i++) {
		uint32_t way = (uint32_t)(i * 7 % (WAY_GOTO + 1));

		app_run(app.object, "leave", way, i);
		skep_ring_stats(app.records.ring, &stats);
		expected_discards = stats.discarded;
		if (i % 500)
			continue;
		while (!skep_ring_next(app.records, &e, 0)) {
			assert_true(e->seq > last);
			assert_true(e->way == WAY_END || e->way == WAY_CONTINUE);
			last = e->seq;
			seen++;
		}
	}
	skep_ring_stats(app.records.ring, &stats);
	assert_int_equal(*attempts, 3000);
	assert_int_equal(stats.consumed, seen);
	assert_int_equal(stats.discarded, expected_discards);
	assert_true(stats.dropped > 0);
	assert_true(stats.discarded > 0);
	assert_int_equal(stats.consumed + stats.discarded + stats.dropped, *attempts);
	end(&app);
}

TEST(ten_thousand_records_wrap_around_once_each_in_order)
{
	struct app app = start();

	for (uint64_t i = 0; i < 10000; i += 100) {
		for (uint64_t j = i; j < i + 100; j++)
			app_run(app.object, "leave", WAY_END, j);
		for (uint64_t j = i; j < i + 100; j++)
			assert_next(&app, j, WAY_END);
	}
	assert_empty(&app);
	assert_counts(app.records.ring, 10000, 0, 0);
	end(&app);
}

TEST(records_of_one_byte_arrive)
{
	struct skep_object *object = app_load(OBJECT);
	const struct byte_record *e = NULL;
	byte_ring bytes;

	assert_ok(skep_ring_open(&bytes, object, "bytes", NULL));
	for (unsigned int i = 0; i < 1000; i++) {
		app_run(object, "emit_byte", 0, i);
		assert_ok(skep_ring_next(bytes, &e, 0));
		assert_int_equal(e->value, (uint8_t)i);
	}
	assert_counts(bytes.ring, 1000, 0, 0);
	skep_ring_free(bytes.ring);
	skep_object_free(object);
}

/* A quarter of the ring each: every fourth one lies across the end of the memory. */
TEST(large_records_are_whole_across_the_rings_end)
{
	struct skep_object *object = app_load(OBJECT);
	const struct large_record *e = NULL;
	large_ring large;

	assert_ok(skep_ring_open(&large, object, "large", NULL));
	for (uint64_t i = 0; i < 50; i++) {
		app_run(object, "emit_large", 0, i);
		assert_ok(skep_ring_next(large, &e, 0));
		assert_int_equal(e->seq, i);
		assert_int_equal(e->bytes[0], i);
		assert_int_equal(e->bytes[sizeof(e->bytes) - 1], i);
	}
	/* This gives the last one back. */
	assert_error(skep_ring_next(large, &e, 0), EAGAIN);
	for (uint64_t i = 0; i < 6; i++)
		app_run(object, "emit_large", 0, i);
	for (uint64_t i = 0; i < 3; i++)
		assert_ok(skep_ring_next(large, &e, 0));
	assert_error(skep_ring_next(large, &e, 0), EAGAIN);
	assert_counts(large.ring, 53, 0, 3);
	skep_ring_free(large.ring);
	skep_object_free(object);
}

TEST(records_of_64_kib_arrive)
{
	struct skep_object *object = app_load(OBJECT);
	const struct huge_record *e = NULL;
	huge_ring huge;

	assert_ok(skep_ring_open(&huge, object, "huge", NULL));
	for (uint64_t i = 0; i < 40; i++) {
		app_run(object, "emit_huge", 0, i);
		assert_ok(skep_ring_next(huge, &e, 0));
		assert_int_equal(e->seq, i);
		assert_int_equal(e->bytes[0], i);
		assert_int_equal(e->bytes[sizeof(e->bytes) - 1], i);
	}
	assert_counts(huge.ring, 40, 0, 0);
	skep_ring_free(huge.ring);
	skep_object_free(object);
}

TEST(zeroed_record_has_nothing_of_older_ones)
{
	struct skep_object *object = app_load(OBJECT);
	const struct holed_record *e = NULL;
	struct holed_record expected;
	holed_ring holed;

	assert_ok(skep_ring_open(&holed, object, "holed", NULL));
	for (int i = 0; i < 300; i++) { /* twice over the ring: every byte was 0xff */
		app_run(object, "emit_dirty", 0, 0);
		assert_ok(skep_ring_next(holed, &e, 0));
		assert_int_equal(e->small, 0xff);
	}
	memset(&expected, 0, sizeof(expected));
	expected.large = 42;
	app_run(object, "emit_zeroed", 0, 42);
	assert_ok(skep_ring_next(holed, &e, 0));
	assert_memory_equal(e, &expected, sizeof(expected));
	skep_ring_free(holed.ring);
	skep_object_free(object);
}

TEST(zeroed_record_of_any_size_is_zeroed_to_its_last_byte)
{
	struct skep_object *object = app_load(OBJECT);
	const struct odd_record *e = NULL;
	struct odd_record expected;
	odd_ring odd;

	assert_ok(skep_ring_open(&odd, object, "odd", NULL));
	for (int i = 0; i < 12; i++) { /* twice over the ring */
		app_run(object, "emit_odd_dirty", 0, 0);
		assert_ok(skep_ring_next(odd, &e, 0));
		assert_int_equal(e->bytes[2998], 0xff);
	}
	memset(&expected, 0, sizeof(expected));
	expected.seq = 43;
	app_run(object, "emit_odd_zeroed", 0, 43);
	assert_ok(skep_ring_next(odd, &e, 0));
	assert_memory_equal(e, &expected, sizeof(expected));
	skep_ring_free(odd.ring);
	skep_object_free(object);
}
