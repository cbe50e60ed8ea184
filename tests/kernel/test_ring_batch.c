// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* More ways to read: peek, deadline, batch, copy. */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	struct skep_object *object;
	ring_records_ring records;
};

static struct app start(void)
{
	struct app app = { .ring = NULL };

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	app.object = ring_object(app.ring);
	assert_ok(ring_open_records(app.ring, &app.records, NULL));
	return app;
}

static void end(struct app *app)
{
	skep_ring_free(app->records.ring);
	ring_free(app->ring);
}

static void emit(const struct app *app, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		app_run(app->object, "leave", WAY_END, first + i);
}

static struct skep_ring_stats stats_of(const struct app *app)
{
	struct skep_ring_stats stats;

	skep_ring_stats(app->records.ring, &stats);
	return stats;
}

TEST(peeked_record_is_the_next_one_taken)
{
	struct app app = start();
	const struct record *seen = NULL, *taken = NULL;

	assert_error(skep_ring_peek(app.records, &seen, 0), EAGAIN);
	assert_error(skep_ring_peek(app.records, &seen, 1), ETIMEDOUT);
	assert_null(seen);
	emit(&app, 0, 100);
	for (uint64_t i = 0; i < 100; i++) {
		assert_ok(skep_ring_peek(app.records, &seen, 0));
		assert_ok(skep_ring_peek(app.records, &seen, -1));
		assert_int_equal(seen->seq, i);
		assert_int_equal(stats_of(&app).consumed, i);
		assert_int_equal(stats_of(&app).pending, 100 - i);
		assert_ok(skep_ring_next(app.records, &taken, 0));
		assert_ptr_equal(taken, seen);
	}
	assert_error(skep_ring_peek(app.records, &seen, 0), EAGAIN);
	assert_int_equal(stats_of(&app).consumed, 100);
	end(&app);
}

TEST(peek_passes_over_discards_and_tells_of_a_bad_record_once)
{
	struct app app = start();
	const struct record *e = NULL;

	app_run(app.object, "leave", WAY_BREAK, 1);
	app_run(app.object, "emit_raw", 9, 0);
	app_run(app.object, "leave", WAY_RETURN, 2);
	emit(&app, 3, 1);
	assert_error(skep_ring_peek(app.records, &e, 0), EBADMSG);
	assert_ok(skep_ring_peek(app.records, &e, 0));
	assert_int_equal(e->seq, 3);
	assert_int_equal(stats_of(&app).bad, 1);
	assert_int_equal(stats_of(&app).skipped, 2);
	end(&app);
}

/* What is looked at may not be overwritten: the ring is filled after each look. */
TEST(peeked_record_stays_in_a_ring_that_fills_up)
{
	struct app app = start();
	const struct record *e = NULL;
	uint64_t written = 0, read = 0;

	for (int round = 0; round < 50; round++) {
		uint64_t dropped = stats_of(&app).dropped;

		while (stats_of(&app).dropped == dropped)
			emit(&app, written++, 1);
		written--; /* the number that was dropped is written again */
		assert_ok(skep_ring_peek(app.records, &e, 0));
		assert_int_equal(e->seq, read);
		for (int i = 0; i < 60; i++) {
			assert_ok(skep_ring_next(app.records, &e, 0));
			assert_int_equal(e->seq, read++);
			assert_ok(skep_ring_peek(app.records, &e, 0));
			assert_int_equal(e->seq, read);
			assert_int_equal(e->check, (uint32_t)e->seq * 3 + e->way);
		}
	}
	end(&app);
}

TEST(next_until_waits_for_its_deadline_and_no_longer_than_needed)
{
	struct app app = start();
	const struct record *e = NULL;
	uint64_t began = skep_now_ns();

	assert_error(skep_ring_next_until(app.records, &e, began + 20 * SKEP_MILLISECOND),
		     ETIMEDOUT);
	assert_true(skep_now_ns() >= began + 20 * SKEP_MILLISECOND);
	assert_error(skep_ring_next_until(app.records, &e, 0), ETIMEDOUT);
	assert_error(skep_ring_next_until(app.records, &e, began), ETIMEDOUT);
	assert_null(e);
	emit(&app, 1, 3);
	assert_ok(skep_ring_next_until(app.records, &e, 0));
	assert_ok(skep_ring_next_until(app.records, &e, began));
	assert_ok(skep_ring_next_until(app.records, &e, UINT64_MAX));
	assert_int_equal(e->seq, 3);
	skep_ring_stop(app.records.ring);
	assert_error(skep_ring_next_until(app.records, &e, UINT64_MAX), ECANCELED);
	end(&app);
}

/* All that was written, in batches of at most `most`, each checked as a whole after it came. */
static uint64_t read_in_batches(struct app *app, size_t most, uint64_t first)
{
	const struct record *some[200];
	uint64_t next = first;
	int count;

	memset(some, 0, sizeof(some));
	while ((count = skep_ring_batch(app->records, some, most, 0)) > 0) {
		assert_true((size_t)count <= most);
		for (int i = 0; i < count; i++) {
			assert_int_equal(some[i]->seq, next++);
			assert_int_equal(some[i]->check, (uint32_t)some[i]->seq * 3 + some[i]->way);
		}
	}
	assert_int_equal(count, -EAGAIN);
	return next - first;
}

TEST(batches_of_all_sizes_give_each_record_once_and_in_order)
{
	const size_t sizes[] = { 1, 2, 7, 21, 22, 64, 170, 200 };
	struct app app = start();
	uint64_t written = 0;

	for (int round = 0; round < 40; round++) {
		uint64_t count = 1 + (uint64_t)round * 37 % 160;

		emit(&app, written, count);
		assert_int_equal(read_in_batches(&app, sizes[round % 8], written), count);
		written += count;
	}
	assert_int_equal(stats_of(&app).consumed, written);
	assert_int_equal(stats_of(&app).dropped, 0);
	end(&app);
}

/* Until the next call nobody writes there, however much is tried. */
TEST(records_of_a_batch_stay_while_the_ring_fills_up)
{
	struct app app = start();
	const struct record *some[200];
	uint64_t written = 0, read = 0;

	for (int round = 0; round < 200; round++) {
		uint64_t dropped = stats_of(&app).dropped;
		int count;

		emit(&app, written, 5);
		written += 5;
		count = skep_ring_batch(app.records, some, 200, 0);
		assert_true(count > 0);
		while (stats_of(&app).dropped == dropped)
			emit(&app, written++, 1);
		written--;
		for (int i = 0; i < count; i++) {
			assert_int_equal(some[i]->seq, read++);
			assert_int_equal(some[i]->check, (uint32_t)some[i]->seq * 3 + some[i]->way);
		}
		read += read_in_batches(&app, 200, read);
		assert_int_equal(read, written);
	}
	end(&app);
}

TEST(batch_ends_before_a_bad_record_and_passes_over_discards)
{
	struct app app = start();
	const struct record *some[16];

	emit(&app, 1, 2);
	app_run(app.object, "leave", WAY_BREAK, 9);
	emit(&app, 3, 1);
	app_run(app.object, "emit_raw", 40, 0);
	app_run(app.object, "emit_raw", 0, 0);
	emit(&app, 4, 1);
	assert_int_equal(skep_ring_batch(app.records, some, 16, 0), 3);
	assert_int_equal(some[2]->seq, 3);
	assert_int_equal(stats_of(&app).bad, 0);
	assert_error(skep_ring_batch(app.records, some, 16, 0), EBADMSG);
	assert_error(skep_ring_batch(app.records, some, 16, 0), EBADMSG);
	app_assert_says("a record of 0 bytes, expected 16");
	assert_int_equal(skep_ring_batch(app.records, some, 16, 0), 1);
	assert_int_equal(some[0]->seq, 4);
	assert_int_equal(stats_of(&app).bad, 2);
	assert_int_equal(stats_of(&app).skipped, 1);
	assert_int_equal(stats_of(&app).consumed, 4);
	end(&app);
}

TEST(batch_without_room_is_refused_and_takes_nothing)
{
	struct app app = start();
	const struct record *some[1];

	emit(&app, 1, 1);
	assert_error(skep_ring_batch(app.records, some, 0, 0), EINVAL);
	assert_int_equal(skep_ring_batch(app.records, some, SIZE_MAX, 0), 1);
	assert_error(skep_ring_batch(app.records, some, 1, 0), EAGAIN);
	assert_error(skep_ring_batch(app.records, some, 1, 1), ETIMEDOUT);
	end(&app);
}

TEST(sizes_of_variable_records_are_told)
{
	struct app app = start();
	const struct var_record *some[32];
	struct {
		struct var_record head;
		uint8_t tail[VAR_MOST];
	} copy;
	ring_vars_ring vars;
	size_t bytes[32], has = 0;
	int count, err;

	assert_ok(ring_open_vars(app.ring, &vars, NULL));
	for (uint64_t i = 0; i < 20; i++)
		app_run(app.object, "emit_var", i * 7, i);
	count = skep_ring_batch_sized(vars, some, bytes, 10, 0);
	assert_int_equal(count, 10);
	for (int i = 0; i < count; i++)
		assert_int_equal(bytes[i], sizeof(**some) + some[i]->asked);
	for (uint64_t i = 10; i < 20; i++) {
		assert_ok(skep_ring_peek_sized(vars, &some[0], &has, 0));
		assert_int_equal(has, sizeof(**some) + i * 7);
		memset(&copy, 0xee, sizeof(copy));
		err = skep_ring_copy_sized(vars, &copy.head, sizeof(copy), &has, 0);
		assert_int_equal(err, 0);
		assert_int_equal(has, sizeof(**some) + i * 7);
		assert_int_equal(copy.tail[has - sizeof(**some) - 1], (uint8_t)(i + i * 7 - 1));
		assert_int_equal(copy.tail[has - sizeof(**some)], 0xee);
	}
	skep_ring_free(vars.ring);
	end(&app);
}

TEST(copy_that_does_not_fit_leaves_the_record_where_it_is)
{
	struct app app = start();
	struct var_record small = { .seq = 77 };
	ring_vars_ring vars;
	size_t has = 0;

	assert_ok(ring_open_vars(app.ring, &vars, NULL));
	app_run(app.object, "emit_var", 100, 1);
	app_run(app.object, "emit_var", 0, 2);
	for (int i = 0; i < 3; i++) {
		assert_error(skep_ring_copy(vars, &small, 0), E2BIG);
		app_assert_says("ring 'vars': a record of 116 bytes does not fit into 16");
		app_assert_hints("skep_ring_copy_sized()");
	}
	assert_int_equal(small.seq, 77);
	assert_error(skep_ring_copy_sized(vars, &small, sizeof(small), &has, 0), E2BIG);
	assert_int_equal(has, 116);
	skep_ring_foreach(vars, e, 0, &(int){ 0 })
		if (e->seq == 1)
			break;
	assert_ok(skep_ring_copy(vars, &small, 0));
	assert_int_equal(small.seq, 2);
	skep_ring_free(vars.ring);
	end(&app);
}

TEST(copies_survive_what_comes_later)
{
	struct app app = start();
	struct record copies[100];

	emit(&app, 0, 100);
	for (int i = 0; i < 100; i++)
		assert_ok(skep_ring_copy(app.records, &copies[i], 0));
	assert_error(skep_ring_copy(app.records, &copies[0], 0), EAGAIN);
	emit(&app, 1000, 170);
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(copies[i].seq, i);
	assert_int_equal(stats_of(&app).consumed, 100);
	end(&app);
}

/* The ways to read mix: each record comes by exactly one of them. */
TEST(all_ways_of_reading_one_ring_see_each_record_once)
{
	struct app app = start();
	const struct record *some[8], *e = NULL;
	struct record copy;
	uint64_t next = 0, written = 0;
	int err = 0, count;

	for (uint32_t i = 0; next < 5000; i++) {
		if (written - next < 40) {
			emit(&app, written, 60);
			written += 60;
		}
		switch (i * 2654435761u >> 29) {
		case 0:
			assert_ok(skep_ring_peek(app.records, &e, 0));
			assert_int_equal(e->seq, next);
			break;
		case 1:
		case 2:
			count = skep_ring_batch(app.records, some, 8, 0);
			assert_true(count > 0);
			for (int k = 0; k < count; k++)
				assert_int_equal(some[k]->seq, next++);
			break;
		case 3:
			assert_ok(skep_ring_copy(app.records, &copy, 0));
			assert_int_equal(copy.seq, next++);
			break;
		case 4:
			assert_ok(skep_ring_next_until(app.records, &e, 0));
			assert_int_equal(e->seq, next++);
			break;
		case 5:
			skep_ring_foreach(app.records, r, 0, &err) {
				assert_int_equal(r->seq, next++);
				if (!(r->seq % 5))
					break;
			}
			assert_int_equal(err, 0);
			break;
		default:
			assert_ok(skep_ring_next(app.records, &e, 0));
			assert_int_equal(e->seq, next++);
		}
	}
	assert_int_equal(stats_of(&app).consumed, next);
	assert_int_equal(stats_of(&app).dropped, 0);
	end(&app);
}
