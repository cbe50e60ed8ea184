// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of variable length, written with skep_emit_var(). Built for each way of compiling. */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "ring_records.h"

#define OBJECT "ring.bpf.o"

typedef SKEP_RING(struct var_record) var_ring;

struct app {
	struct skep_object *object;
	var_ring vars;
};

static struct app start(void)
{
	struct app app = { .object = app_load(OBJECT) };

	assert_ok(skep_ring_open(&app.vars, app.object, "vars", NULL));
	return app;
}

static void end(struct app *app)
{
	skep_ring_free(app->vars.ring);
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

static const struct var_record *next(struct app *app, size_t tail)
{
	const struct var_record *e = NULL;
	size_t bytes = 0;

	assert_ok(skep_ring_next_sized(app->vars, &e, &bytes, 0));
	assert_int_equal(bytes, sizeof(*e) + tail);
	return e;
}

TEST(every_length_from_none_to_the_longest_arrives)
{
	struct app app = start();

	for (uint64_t length = 0; length <= VAR_MOST; length++) {
		const struct var_record *e;

		app_run(app.object, "emit_var", length, 1000 + length);
		e = next(&app, length);
		assert_int_equal(e->seq, 1000 + length);
		assert_int_equal(e->asked, length);
		for (size_t i = 0; i < length; i++)
			assert_int_equal(e->tail[i], (uint8_t)(1000 + length + i));
	}
	assert_counts(app.vars.ring, VAR_MOST + 1, 0, 0);
	end(&app);
}

TEST(length_beyond_the_longest_is_cut)
{
	static const uint64_t lengths[] = { VAR_MOST + 1, VAR_MOST + 17, 10000, 0x7fffffff,
					    0xffffffff };
	struct app app = start();

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		app_run(app.object, "emit_var", lengths[i], i);
		assert_int_equal(next(&app, VAR_MOST)->seq, i);
	}
	end(&app);
}

/* bpf_probe_read_str() and its like return -14: no reason to hand out what was there before. */
TEST(negative_length_is_none)
{
	static const int lengths[] = { -1, -14, -4095, INT32_MIN };
	struct app app = start();

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		app_run(app.object, "emit_var_signed", (uint64_t)(int64_t)lengths[i], i);
		assert_int_equal(next(&app, 0)->seq, i);
	}
	end(&app);
}

TEST(block_of_variable_record_left_by_any_way_is_submitted_or_discarded)
{
	static const struct {
		uint64_t way;
		bool submits;
		int returned;
	} ways[] = {
		{ WAY_END, true, 0 },    { WAY_CONTINUE, true, 0 },
		{ WAY_BREAK, false, 0 }, { WAY_RETURN, false, RETURNED },
		{ WAY_GOTO, false, 0 },
	};
	struct app app = start();
	uint64_t consumed = 0, discarded = 0;

	/* More often than there are scratch records: each must have been given back. */
	for (size_t i = 0; i < 100; i++) {
		size_t at = i % (sizeof(ways) / sizeof(ways[0]));

		assert_int_equal(app_run_on(app.object, "leave_var", 0, ways[at].way, i),
				 ways[at].returned);
		consumed += ways[at].submits;
		discarded += !ways[at].submits;
		if (ways[at].submits)
			assert_int_equal(next(&app, 8)->seq, i);
	}
	assert_counts(app.vars.ring, consumed, discarded, 0);
	end(&app);
}

TEST(four_nested_variable_records_fit_and_the_fifth_is_counted)
{
	struct app app = start();

	app_run(app.object, "nest_var", 0, 0);
	for (uint64_t seq = 4; seq >= 1; seq--) /* written when its block ends */
		assert_int_equal(next(&app, 0)->seq, seq);
	assert_counts(app.vars.ring, 4, 0, 1);
	end(&app);
}

TEST(variable_records_that_do_not_fit_are_counted)
{
	struct app app = start();
	uint64_t fit = 0;
	size_t bytes;
	const struct var_record *e = NULL;

	for (uint64_t i = 0; i < 400; i++)
		app_run(app.object, "emit_var", VAR_MOST, i);
	while (!skep_ring_next_sized(app.vars, &e, &bytes, 0))
		assert_int_equal(e->seq, fit++);
	assert_int_equal(fit, 65535 / (sizeof(*e) + VAR_MOST + 8));
	assert_counts(app.vars.ring, fit, 0, 400 - fit);
	end(&app);
}
