// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of several types from one source, as a ring and as perf buffers. */
#include "harness/machine.h"
#include "harness/test.h"

#include "app.h"
#include "perf.skep.h"

struct kinds {
	uint64_t small, eight, large, odd, wrong;
};

static int on_small(const struct perf_small *e, void *ctx)
{
	struct kinds *seen = ctx;

	seen->small++;
	seen->wrong += !(e->number % 7);
	return 0;
}

static int on_eight(const struct perf_eight *e, void *ctx)
{
	struct kinds *seen = ctx;

	seen->eight++;
	seen->wrong += !(e->number % 7);
	return 0;
}

static int on_large(const struct perf_record *e, void *ctx)
{
	struct kinds *seen = ctx;

	seen->large++;
	seen->wrong += e->check != ~(uint32_t)e->number || e->more != 5;
	return 0;
}

static int on_odd(const struct perf_odd *e, void *ctx)
{
	struct kinds *seen = ctx;

	seen->odd++;
	seen->wrong += e->bytes[0] != 7 || e->bytes[36] != 7;
	return 0;
}

static void check_tagged(bool use_perf)
{
	const struct perf_kinds_handlers handlers = { on_small, on_eight, on_large, on_odd };
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct perf *app = NULL;
	struct skep_ring_type_stats small, eight;
	struct kinds seen = { 0 };

	require_root();
	assert_ok(perf_open(&app, NULL));
	if (use_perf)
		assert_ok(perf_use_perf_kinds(app));
	assert_ok(perf_load(app));
	assert_ok(skep_loop_new(&loop, NULL));
	assert_ok(perf_on_kinds(app, loop, &handlers, &seen));
	for (uint64_t kind = 0; kind < 4; kind++)
		for (uint64_t i = 0; i < 70; i++)
			app_run(perf_object(app), "emit_kind", kind, i);
	assert_ok(skep_loop_drain(loop));
	assert_int_equal(seen.small, 60);
	assert_int_equal(seen.eight, 60);
	assert_int_equal(seen.large, 70);
	assert_int_equal(seen.odd, 70);
	assert_int_equal(seen.wrong, 0);
	assert_ok(skep_ring_type_stats(skep_loop_ring(loop, "kinds"), PERF_SMALL, &small));
	assert_ok(skep_ring_type_stats(skep_loop_ring(loop, "kinds"), PERF_EIGHT, &eight));
	assert_true(small.counted);
	assert_int_equal(small.consumed, 60);
	assert_int_equal(small.discarded + eight.discarded, 20);
	skep_loop_free(SKEP_TAKE(loop));
	perf_free(app);
}

TEST(records_of_several_types_come_either_way)
{
	check_tagged(false);
	check_tagged(true);
}
