// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Several types of records in one ring: each to its handler, and nothing else to any. */
#include "harness/test.h"

#include "app.h"
#include "tagged.h"

typedef SKEP_TAGGED_RING(union tagged_event) event_ring;

struct app {
	struct skep_object *object;
	event_ring events;
	uint64_t small, large, last, wrong;
	int answer;
};

static int on_small(const struct small_event *e, void *ctx)
{
	struct app *app = ctx;

	app->small++;
	app->wrong += !(e->number % 7);
	return app->answer;
}

static int on_large(const struct large_event *e, void *ctx)
{
	struct app *app = ctx;

	app->large++;
	app->wrong += e->bytes[0] != (uint8_t)e->number || e->bytes[239] != (uint8_t)e->number;
	return app->answer;
}

static int on_last(const struct last_event *e, void *ctx)
{
	struct app *app = ctx;

	app->last++;
	app->wrong += e->twice != 2 * e->number;
	return app->answer;
}

SKEP_TAGGED(on_event, union tagged_event,
	    SKEP_TAG_HANDLER(TAG_SMALL, on_small) SKEP_TAG_HANDLER(TAG_LARGE, on_large)
		    SKEP_TAG_HANDLER(TAG_LAST, on_last))

SKEP_TAGGED(on_small_only, union tagged_event, SKEP_TAG_HANDLER(TAG_SMALL, on_small))

static struct app start(void)
{
	struct app app = { .object = app_load("tagged.bpf.o") };

	assert_ok(skep_tagged_open(&app.events, app.object, "events", NULL));
	return app;
}

static void end(struct app *app)
{
	skep_ring_free(app->events.ring);
	skep_object_free(app->object);
}

static void emit(const struct app *app, uint64_t tag, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		app_run(app->object, "emit", tag, first + i);
}

/* A tag and what stands behind it, in a record of `bytes` bytes. */
static void emit_raw(const struct app *app, uint32_t tag, uint32_t zero, uint64_t bytes)
{
	app_run(app->object, "emit_raw", (uint64_t)zero << 32 | tag, bytes);
}

static struct skep_ring_stats stats_of(const struct app *app)
{
	struct skep_ring_stats stats;

	skep_ring_stats(app->events.ring, &stats);
	return stats;
}

static struct skep_ring_type_stats type_of(const struct app *app, uint32_t tag)
{
	struct skep_ring_type_stats stats;

	assert_ok(skep_ring_type_stats(app->events.ring, tag, &stats));
	return stats;
}

TEST(each_record_comes_to_the_handler_of_its_type)
{
	struct app app = start();

	emit(&app, TAG_SMALL, 1, 6);
	emit(&app, TAG_LARGE, 1, 3);
	emit(&app, TAG_LAST, 1, 2);
	for (int i = 0; i < 11; i++)
		assert_ok(skep_tagged_next(app.events, on_event, &app, 0));
	assert_error(skep_tagged_next(app.events, on_event, &app, 0), EAGAIN);
	assert_int_equal(app.small, 6);
	assert_int_equal(app.large, 3);
	assert_int_equal(app.last, 2);
	assert_int_equal(app.wrong, 0);
	assert_int_equal(stats_of(&app).consumed, 11);
	assert_int_equal(stats_of(&app).bad, 0);
	end(&app);
}

TEST(each_attempt_is_accounted_for_by_type)
{
	const uint32_t tags[] = { TAG_SMALL, TAG_LARGE, TAG_LAST };
	struct app app = start();
	struct skep_ring_type_stats sum = { 0 };
	const uint64_t each[] = { 100, 30, 60 };

	for (uint64_t i = 0; i < 3; i++) {
		emit(&app, tags[i], 0, each[i]);
		emit(&app, tags[i], 0, 3);
	}
	while (!skep_tagged_next(app.events, on_event, &app, 0))
		;
	for (uint64_t i = 0; i < 3; i++) {
		struct skep_ring_type_stats type = type_of(&app, tags[i]);

		assert_true(type.counted);
		assert_true(i ? type.dropped : type.discarded);
		assert_int_equal(type.consumed + type.dropped + type.discarded, each[i] + 3);
		sum.consumed += type.consumed;
		sum.dropped += type.dropped;
		sum.discarded += type.discarded;
	}
	assert_int_equal(sum.consumed, stats_of(&app).consumed);
	assert_int_equal(sum.dropped, stats_of(&app).dropped);
	assert_int_equal(sum.discarded, stats_of(&app).discarded);
	assert_int_equal(type_of(&app, 3).dropped, 0);
	assert_int_equal(app.wrong, 0);
	end(&app);
}

static void assert_refused(struct app *app, const char *words)
{
	uint64_t bad = stats_of(app).bad, consumed = stats_of(app).consumed;

	assert_error(skep_tagged_next(app->events, on_event, app, 0), EBADMSG);
	app_assert_says(words);
	assert_int_equal(stats_of(app).bad, bad + 1);
	assert_int_equal(stats_of(app).consumed, consumed);
}

TEST(unknown_tags_and_wrong_lengths_reach_no_handler)
{
	struct app app = start();

	emit_raw(&app, 0, 0, 12);
	emit_raw(&app, 64, 0, 12);
	emit_raw(&app, UINT32_MAX, 0, 12);
	emit_raw(&app, TAG_SMALL, 1, 12);
	emit_raw(&app, TAG_SMALL, 0, 8);
	emit_raw(&app, TAG_SMALL, 0, 13);
	emit_raw(&app, TAG_SMALL, 0, 24);
	emit_raw(&app, TAG_LAST, 0, 12);
	emit_raw(&app, TAG_LARGE, 0, 7);
	emit_raw(&app, TAG_LARGE, 0, 0);
	emit_raw(&app, TAG_LARGE, 0, 257);
	emit(&app, TAG_SMALL, 1, 1);
	assert_refused(&app, "ring 'events': no handler for tag 0");
	assert_refused(&app, "ring 'events': no handler for tag 64");
	assert_refused(&app, "no handler for tag 4294967295");
	assert_refused(&app, "no handler for tag 1");
	assert_refused(&app, "ring 'events': a record of 0 bytes with tag 1, expected 4");
	assert_refused(&app, "a record of 5 bytes with tag 1, expected 4");
	assert_refused(&app, "a record of 16 bytes with tag 1, expected 4");
	assert_refused(&app, "a record of 4 bytes with tag 63, expected 16");
	assert_refused(&app, "a record of 7 bytes, expected 8 to 256");
	assert_refused(&app, "a record of 0 bytes, expected 8 to 256");
	assert_refused(&app, "a record of 257 bytes, expected 8 to 256");
	assert_ok(skep_tagged_next(app.events, on_event, &app, 0));
	assert_int_equal(app.small, 1);
	assert_int_equal(app.large + app.last, 0);
	assert_int_equal(type_of(&app, TAG_SMALL).consumed, 1);
	assert_int_equal(type_of(&app, TAG_LAST).consumed, 0);
	end(&app);
}

static void on_loss(struct skep_ring *ring, const struct skep_ring_loss *loss, void *ctx)
{
	uint64_t *bad = ctx;

	(void)ring;
	*bad += loss->bad;
}

TEST(loop_calls_the_handlers_and_ends_at_a_bad_record_unless_loss_is_told)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct app app = start();
	uint64_t bad = 0;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(skep_loop_add_tagged(loop, app.events, on_small_only, &app));
	emit(&app, TAG_SMALL, 1, 2);
	emit(&app, TAG_LAST, 1, 1);
	emit(&app, TAG_SMALL, 1, 2);
	assert_error(skep_loop_run(loop), EBADMSG);
	app_assert_says("ring 'events': no handler for tag 63");
	assert_int_equal(app.small, 2);
	skep_ring_on_loss(app.events.ring, on_loss, &bad);
	emit(&app, TAG_LAST, 1, 3);
	emit(&app, TAG_SMALL, 1, 2);
	skep_loop_stop(loop);
	assert_ok(skep_loop_run(loop));
	assert_int_equal(app.small, 6);
	assert_int_equal(bad, 4);
	assert_int_equal(stats_of(&app).bad, 4);
	assert_int_equal(stats_of(&app).consumed, 6);
	app.answer = -ERANGE;
	emit(&app, TAG_SMALL, 1, 1);
	assert_error(skep_loop_run(loop), ERANGE);
	app_assert_says("handler 'events' returned -34");
	skep_loop_free(loop);
	loop = NULL;
	end(&app);
}

TEST(handlers_answer_is_what_next_returns)
{
	struct app app = start();

	emit(&app, TAG_SMALL, 1, 2);
	app.answer = 5;
	assert_int_equal(skep_tagged_next(app.events, on_event, &app, 0), 5);
	app.answer = -EDOM;
	assert_int_equal(skep_tagged_next(app.events, on_event, &app, 0), -EDOM);
	assert_int_equal(stats_of(&app).consumed, 2);
	end(&app);
}

TEST(blocks_of_different_types_nest)
{
	struct app app = start();
	event_ring others;

	assert_ok(skep_tagged_open(&others, app.object, "others", NULL));
	app_run(app.object, "nest", 0, 0);
	for (int i = 0; i < 2; i++)
		assert_ok(skep_tagged_next(others, on_event, &app, 0));
	assert_int_equal(app.small, 1);
	assert_int_equal(app.last, 1);
	skep_ring_free(others.ring);
	end(&app);
}

TEST(ring_of_another_kind_or_union_is_refused)
{
	typedef SKEP_TAGGED_RING(struct last_event) other_ring;
	struct app app = start();
	event_ring events = { .ring = NULL };
	other_ring other = { .ring = NULL };
	SKEP_RING(union tagged_event) untagged = { .ring = NULL };
	struct skep_ring_type_stats stats;

	assert_error(skep_tagged_open(&events, app.object, "plain", NULL), EPROTOTYPE);
	app_assert_says("ring 'plain' has records of one type");
	assert_error(skep_tagged_open(&other, app.object, "events", NULL), EPROTOTYPE);
	app_assert_says("the union of its records has 248 bytes in the program, 16 here");
	assert_error(skep_tagged_open(&events, app.object, "nothing", NULL), ENOENT);
	assert_error(skep_ring_open(&untagged, app.object, "events", NULL), EPROTOTYPE);
	assert_null(events.ring);
	assert_null(other.ring);
	assert_error(skep_ring_type_stats(app.events.ring, 64, &stats), EINVAL);
	end(&app);
}

TEST(reader_that_was_not_opened_for_tags_says_so)
{
	struct app app = start();
	SKEP_RING(struct small_event) plain = { .ring = NULL };
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct skep_ring_type_stats stats;
	event_ring wrong;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(skep_ring_open(&plain, app.object, "plain", NULL));
	wrong.ring = plain.ring;
	assert_error(skep_tagged_next(wrong, on_event, &app, 0), EINVAL);
	assert_error(skep_loop_add_tagged(loop, wrong, on_event, &app), EINVAL);
	assert_error(skep_ring_type_stats(plain.ring, 1, &stats), EINVAL);
	app_assert_hints("skep_tagged_open()");
	skep_ring_free(plain.ring);
	end(&app);
}

TEST(adopted_ring_has_no_counts_but_the_same_checks)
{
	struct app app = start();
	event_ring adopted;

	skep_ring_free(app.events.ring);
	assert_ok(skep_tagged_adopt_fd(&adopted, skep_map_fd(skep_object_map(app.object, "events")),
				       NULL));
	app.events = adopted;
	emit(&app, TAG_SMALL, 0, 3);
	emit_raw(&app, 5, 0, 12);
	assert_ok(skep_tagged_next(adopted, on_event, &app, 0));
	assert_ok(skep_tagged_next(adopted, on_event, &app, 0));
	assert_refused(&app, "no handler for tag 5");
	assert_false(type_of(&app, TAG_SMALL).counted);
	assert_int_equal(type_of(&app, TAG_SMALL).consumed, 2);
	end(&app);
}
