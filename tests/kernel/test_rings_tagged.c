// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Several types of records in many rings, and the handlers of a generated header. */
#include "harness/machine.h"
#include "harness/test.h"

#include <errno.h>
#include <unistd.h>

#include "app.h"
#include "tagged.skep.h"

struct seen {
	uint64_t small, last, wrong;
	int answer;
};

static int on_small(const struct small_event *e, void *ctx)
{
	struct seen *seen = ctx;

	seen->small++;
	seen->wrong += !(e->number % 7);
	return seen->answer;
}

static int on_last(const struct last_event *e, void *ctx)
{
	struct seen *seen = ctx;

	seen->last++;
	seen->wrong += e->twice != 2 * e->number;
	return seen->answer;
}

SKEP_TAGGED(on_shared, union tagged_event,
	    SKEP_TAG_HANDLER(TAG_SMALL, on_small) SKEP_TAG_HANDLER(TAG_LAST, on_last))

static struct tagged *start(void)
{
	struct tagged *app = NULL;

	require_root();
	assert_ok(tagged_open(&app, NULL));
	if (tagged_load(app))
		fail_msg("%s: %s", skep_error_last()->message,
			 skep_error_last()->log ? skep_error_last()->log : "");
	return app;
}

/* 10 small ones, one of which is given up, and 5 last ones, on each processor. */
static unsigned int emit(struct tagged *app)
{
	unsigned int cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);

	for (unsigned int cpu = 0; cpu < cpus; cpu++) {
		for (uint64_t i = 1; i <= 10; i++)
			app_run_on(tagged_object(app), "emit_many", cpu, TAG_SMALL, i);
		for (uint64_t i = 1; i <= 5; i++)
			app_run_on(tagged_object(app), "emit_many", cpu, TAG_LAST, i);
	}
	return cpus;
}

TEST(records_of_many_rings_come_to_the_handlers_of_their_types)
{
	struct tagged *app = start();
	struct skep_ring_type_stats small, last;
	struct seen seen = { 0 };
	tagged_shared_rings shared;
	unsigned int cpus;

	assert_ok(tagged_open_shared(app, &shared, NULL));
	assert_int_equal(skep_rings_count(shared.rings), 2);
	cpus = emit(app);
	while (!skep_tagged_rings_next(shared, on_shared, &seen, 0))
		;
	assert_int_equal(seen.small, 9 * cpus);
	assert_int_equal(seen.last, 5 * cpus);
	assert_int_equal(seen.wrong, 0);
	assert_ok(skep_rings_type_stats(shared.rings, TAG_SMALL, &small));
	assert_ok(skep_rings_type_stats(shared.rings, TAG_LAST, &last));
	assert_int_equal(small.consumed, 9 * cpus);
	assert_int_equal(small.discarded, cpus);
	assert_int_equal(last.consumed, 5 * cpus);
	assert_int_equal(small.dropped + last.dropped + last.discarded, 0);
	assert_true(small.counted && last.counted);
	assert_error(skep_rings_type_stats(shared.rings, 64, &small), EINVAL);
	skep_rings_free(shared.rings);
	tagged_free(app);
}

TEST(generated_handlers_are_called_by_a_loop)
{
	const struct tagged_shared_handlers some = { .TAG_SMALL = on_small, .TAG_LAST = on_last };
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct tagged *app = start();
	struct seen seen = { 0 }, own = { 0 };
	unsigned int cpus;

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(tagged_on_shared(app, loop, &some, &seen));
	assert_ok(tagged_on_own(app, loop, &(struct tagged_own_handlers){ .TAG_SMALL = on_small },
				&own));
	cpus = emit(app);
	assert_ok(skep_loop_drain(loop));
	assert_int_equal(seen.small, 9 * cpus);
	assert_int_equal(seen.last, 5 * cpus);
	assert_int_equal(own.small, 10 * cpus);
	skep_loop_free(SKEP_TAKE(loop));
	tagged_free(app);
}

TEST(generated_handlers_end_the_loop_and_those_left_out_are_told)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct tagged *app = start();
	struct seen seen = { .answer = -ERANGE };

	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(tagged_on_events(
		app, loop, &(struct tagged_events_handlers){ .TAG_SMALL = on_small }, &seen));
	app_run(tagged_object(app), "emit", TAG_SMALL, 1);
	assert_error(skep_loop_run(loop), ERANGE);
	app_assert_says("handler 'events' returned -34");
	app_run(tagged_object(app), "emit", TAG_LAST, 1);
	assert_error(skep_loop_run(loop), EBADMSG);
	app_assert_says("ring 'events': no handler for tag 63");
	app_run(tagged_object(app), "emit_raw", TAG_SMALL, 9);
	assert_error(skep_loop_run(loop), EBADMSG);
	app_assert_says("a record of 1 bytes with tag 1, expected 4");
	assert_int_equal(seen.small, 1);
	skep_loop_free(SKEP_TAKE(loop));
	tagged_free(app);
}

static uint64_t no_time(const void *record, size_t bytes, void *ctx)
{
	(void)record;
	(void)bytes;
	(void)ctx;
	return 0;
}

TEST(records_that_a_merge_took_are_passed_on)
{
	struct skep_merge_opts opts = { .sz = sizeof(opts), .time = no_time };
	SKEP_AUTO(skep_merge) *merge = NULL;
	struct tagged *app = start();
	struct seen seen = { 0 };
	tagged_shared_rings shared;
	const void *record;
	unsigned int cpus;
	size_t bytes;

	assert_ok(tagged_open_shared(app, &shared, NULL));
	assert_ok(skep_merge_new_raw(&merge, shared.rings, 0, &opts));
	cpus = emit(app);
	skep_merge_flush(merge);
	while (!skep_merge_next_raw(merge, &record, &bytes, 0)) {
		struct skep_ring *ring = skep_rings_ring(shared.rings, skep_merge_current(merge));

		assert_ok(skep_tagged_pass(shared, ring, on_shared, record, bytes, &seen));
	}
	assert_int_equal(seen.small + seen.last, 14 * cpus);
	record = "";
	assert_error(skep_tagged_pass(shared, skep_rings_ring(shared.rings, 0), on_shared, record,
				      7, &seen),
		     EBADMSG);
	skep_merge_free(SKEP_TAKE(merge));
	skep_rings_free(shared.rings);
	tagged_free(app);
}

TEST(one_ring_is_many_too_and_others_are_refused)
{
	typedef SKEP_TAGGED_RINGS(union tagged_event) event_rings;
	struct tagged *app = start();
	event_rings rings = { .rings = NULL };
	SKEP_TAGGED_RINGS(struct last_event) other = { .rings = NULL };
	SKEP_RINGS(struct small_event) plain = { .rings = NULL };
	struct seen seen = { 0 };

	assert_error(skep_tagged_rings_open(&rings, tagged_object(app), "untagged", NULL),
		     EPROTOTYPE);
	app_assert_says("ring 'untagged' has records of one type");
	assert_error(skep_tagged_rings_open(&other, tagged_object(app), "shared", NULL),
		     EPROTOTYPE);
	assert_error(skep_tagged_rings_open(&rings, tagged_object(app), "nested", NULL),
		     EPROTOTYPE);
	assert_error(skep_tagged_rings_open(&rings, tagged_object(app), "nothing", NULL), ENOENT);
	assert_null(rings.rings);
	assert_null(other.rings);
	assert_ok(skep_rings_open(&plain, tagged_object(app), "untagged", NULL));
	rings.rings = plain.rings;
	assert_error(skep_tagged_rings_next(rings, on_shared, &seen, 0), EINVAL);
	app_assert_hints("skep_tagged_open()");
	skep_rings_free(plain.rings);
	assert_ok(skep_tagged_rings_open(&rings, tagged_object(app), "events", NULL));
	app_run(tagged_object(app), "emit", TAG_SMALL, 1);
	assert_ok(skep_tagged_rings_next(rings, on_shared, &seen, 0));
	assert_int_equal(seen.small, 1);
	skep_rings_free(rings.rings);
	tagged_free(app);
}

TEST(tagged_rings_among_others_are_told_apart)
{
	struct tagged *app = start();
	tagged_events_ring events;
	SKEP_RING(char[8]) plain = { .ring = NULL };
	SKEP_TAGGED_RINGS(union tagged_event) both = { .rings = NULL };
	struct seen seen = { 0 };

	assert_ok(tagged_open_events(app, &events, NULL));
	assert_ok(skep_ring_adopt_fd_raw(&plain.ring,
					 skep_map_fd(skep_object_map(tagged_object(app), "others")),
					 8, SKEP_OPTS(skep_ring_opts, .max_tail = 300)));
	assert_ok(skep_rings_of(&both.rings, (struct skep_ring *[]){ events.ring, plain.ring }, 2));
	app_run(tagged_object(app), "nest", 0, 0);
	app_run(tagged_object(app), "emit", TAG_SMALL, 1);
	assert_ok(skep_tagged_rings_next(both, on_shared, &seen, 0));
	assert_error(skep_tagged_rings_next(both, on_shared, &seen, 0), EINVAL);
	app_assert_says("ring 'others' was not opened for tagged records");
	assert_int_equal(seen.small, 1);
	skep_rings_free(both.rings);
	skep_ring_free(plain.ring);
	skep_ring_free(events.ring);
	tagged_free(app);
}

TEST(array_of_other_maps_is_no_ring_whatever_its_type_says)
{
	struct tagged *app = start();
	struct skep_ring_type type = { .type_id = 77 };

	assert_false(skep_ring_type(tagged_object(app), "nested", &type));
	assert_int_equal(type.type_id, 77);
	assert_false(skep_rings_declared(tagged_object(app), "nested", NULL));
	assert_true(skep_ring_type(tagged_object(app), "shared", &type));
	assert_true(skep_ring_type(tagged_object(app), "plain", &type));
	assert_false(skep_ring_type(tagged_object(app), ".bss", &type));
	assert_false(skep_ring_type(tagged_object(app), "nothing", &type));
	tagged_free(app);
}
