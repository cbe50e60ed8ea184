// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Taking records out of a ring: one by one, with foreach, and what is refused. */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "ring.skep.h"

typedef SKEP_RING(struct record) record_ring;
typedef SKEP_RING(struct byte_record) byte_ring;

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

static void emit(const struct app *app, uint64_t seq)
{
	assert_int_equal(app_run(app->object, "leave", WAY_END, seq), 0);
}

static struct skep_ring_stats stats_of(const struct skep_ring *ring)
{
	struct skep_ring_stats stats;

	skep_ring_stats(ring, &stats);
	return stats;
}

TEST(record_of_another_size_is_refused_counted_and_skipped)
{
	struct app app = start();
	const struct record *e = NULL;

	emit(&app, 1);
	app_run(app.object, "emit_raw", 8, 0);
	emit(&app, 2);
	assert_ok(skep_ring_next(app.records, &e, 0));
	assert_error(skep_ring_next(app.records, &e, 0), EBADMSG);
	app_assert_says("ring 'records': a record of 8 bytes, expected 16");
	assert_ok(skep_ring_next(app.records, &e, 0));
	assert_int_equal(e->seq, 2);
	assert_int_equal(stats_of(app.records.ring).bad, 1);
	assert_int_equal(stats_of(app.records.ring).consumed, 2);
	end(&app);
}

TEST(foreach_fails_at_a_record_of_another_size_and_can_go_on)
{
	struct app app = start();
	uint64_t last = 0;
	int err = 1;

	emit(&app, 1);
	app_run(app.object, "emit_raw", 17, 0);
	emit(&app, 2);
	skep_ring_foreach(app.records, e, 0, &err)
		last = e->seq;
	assert_int_equal(err, -EBADMSG);
	assert_int_equal(last, 1);
	skep_ring_foreach(app.records, e, 0, &err)
		last = e->seq;
	assert_int_equal(err, 0);
	assert_int_equal(last, 2);
	end(&app);
}

TEST(ring_of_another_type_is_not_opened)
{
	struct app app = start();
	byte_ring bytes = { .ring = NULL };

	assert_error(skep_ring_open(&bytes, app.object, "records", NULL), EPROTOTYPE);
	app_assert_says("16 bytes in the program, 1 here");
	assert_error(skep_ring_open(&bytes, app.object, "vars__scratch", NULL), EPROTOTYPE);
	assert_error(skep_ring_open(&bytes, app.object, "nothing", NULL), ENOENT);
	app_assert_hints("records");
	assert_error(skep_ring_adopt_fd(&bytes, -1, NULL), EBADF);
	assert_error(skep_ring_adopt_fd(&bytes, 0, NULL), EINVAL);
	assert_null(bytes.ring);
	end(&app);
}

TEST(ring_is_not_opened_before_load)
{
	struct skep_object *object = app_open("ring.bpf.o");
	record_ring records = { .ring = NULL };

	assert_error(skep_ring_open(&records, object, "records", NULL), EBADF);
	assert_null(records.ring);
	skep_object_free(object);
}

TEST(adopted_ring_takes_sizes_as_told)
{
	struct app app = start();
	int fd = skep_map_fd(skep_object_map(app.object, "records"));
	record_ring fixed, tailed;
	struct skep_ring *any = NULL;
	const struct record *e = NULL;
	const void *record;
	size_t bytes;

	assert_ok(skep_ring_adopt_fd(&fixed, fd, NULL));
	assert_false(stats_of(fixed.ring).counted);
	app_run(app.object, "emit_raw", 20, 0);
	assert_error(skep_ring_next(fixed, &e, 0), EBADMSG);
	skep_ring_free(fixed.ring);

	assert_ok(skep_ring_adopt_fd(&tailed, fd, SKEP_OPTS(skep_ring_opts, .max_tail = 4)));
	app_run(app.object, "emit_raw", 20, 0);
	app_run(app.object, "emit_raw", 21, 0);
	assert_ok(skep_ring_next_sized(tailed, &e, &bytes, 0));
	assert_int_equal(bytes, 20);
	assert_error(skep_ring_next(tailed, &e, 0), EBADMSG);
	app_assert_says("expected 16 to 20");
	skep_ring_free(tailed.ring);

	assert_ok(skep_ring_adopt_fd_raw(&any, fd, 0, SKEP_OPTS(skep_ring_opts, .any_size = true)));
	for (size_t want = 0; want <= 200; want += 40) {
		app_run(app.object, "emit_raw", want, 0);
		assert_ok(skep_ring_next_raw(any, &record, &bytes, 0));
		assert_int_equal(bytes, want);
	}
	skep_ring_free(any);
	end(&app);
}

TEST(reader_options_of_a_newer_skep_are_refused)
{
	struct app app = start();
	struct {
		struct skep_ring_opts known;
		uint64_t newer;
	} opts = { .known.sz = sizeof(opts), .newer = 1 };
	record_ring other = { .ring = NULL };

	assert_error(skep_ring_open(&other, app.object, "records", &opts.known), E2BIG);
	opts.newer = 0;
	assert_ok(skep_ring_open(&other, app.object, "records", &opts.known));
	skep_ring_free(other.ring);
	end(&app);
}

static uint64_t first_of(record_ring ring)
{
	int err;

	skep_ring_foreach(ring, e, 0, &err)
		return e->seq;
	return UINT64_MAX;
}

TEST(foreach_left_early_goes_on_where_it_was)
{
	struct app app = start();
	record_ring same = { .ring = app.records.ring };
	uint64_t seen = 0;
	int err = 1;

	for (uint64_t i = 0; i < 10; i++)
		emit(&app, i);
	assert_int_equal(first_of(same), 0);
	skep_ring_foreach(app.records, e, 0, &err) {
		seen = e->seq;
		if (seen == 4)
			break;
	}
	assert_int_equal(first_of(same), 5);
	assert_int_equal(stats_of(app.records.ring).consumed, 6);
	end(&app);
}

TEST(discards_between_records_are_passed_over)
{
	struct app app = start();
	uint64_t count = 0, last = 0;
	int err;

	for (uint64_t i = 1; i <= 100; i++)
		app_run(app.object, "leave", i % 4 ? WAY_BREAK : WAY_END, i);
	skep_ring_foreach(app.records, e, 0, &err) {
		assert_int_equal(e->seq, last + 4);
		last = e->seq;
		count++;
	}
	assert_int_equal(err, 0);
	assert_int_equal(count, 25);
	assert_int_equal(stats_of(app.records.ring).discarded, 75);
	assert_int_equal(stats_of(app.records.ring).pending_bytes, 0);
	end(&app);
}

TEST(reopened_reader_goes_on_where_the_freed_one_was)
{
	struct app app = start();
	const struct record *e = NULL;
	uint64_t expected = 0;

	for (uint64_t i = 0; i < 100; i++)
		emit(&app, i);
	for (int reader = 0; reader < 10; reader++) {
		for (int i = 0; i < 7; i++) {
			assert_ok(skep_ring_next(app.records, &e, 0));
			assert_int_equal(e->seq, expected++);
		}
		skep_ring_free(app.records.ring);
		assert_ok(ring_open_records(app.ring, &app.records, NULL));
	}
	assert_int_equal(stats_of(app.records.ring).consumed, 0);
	end(&app);
}

TEST(reader_outlives_its_object)
{
	struct app app = start();
	const struct record *e = NULL;

	emit(&app, 5);
	ring_free(app.ring);
	assert_ok(skep_ring_next(app.records, &e, 0));
	assert_int_equal(e->seq, 5);
	assert_true(stats_of(app.records.ring).counted);
	skep_ring_free(app.records.ring);
}
