// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A ring in libuv, as docs/guides/streams.md shows it. */
#include "harness/machine.h"
#include "harness/test.h"

#include <uv.h>

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	uv_loop_t loop;
	uv_poll_t poll;
	uv_timer_t ticks, idle;
	ring_records_ring records;
	uint64_t next, written;
	int calls;
};

static void on_ring(uv_poll_t *poll, int status, int events)
{
	struct app *app = poll->data;
	const struct record *e;
	int err;

	(void)events;
	assert_int_equal(status, 0);
	app->calls++;
	while (!(err = skep_ring_next(app->records, &e, 0)))
		assert_int_equal(e->seq, app->next++);
	assert_int_equal(err, -EAGAIN);
	if (app->next == 1000)
		uv_stop(&app->loop);
}

static void on_tick(uv_timer_t *timer)
{
	struct app *app = timer->data;
	uint64_t count = app->written % 3 ? 1 : app->written % 50;

	for (uint64_t i = 0; i <= count && app->written < 1000; i++)
		app_run(ring_object(app->ring), "leave", WAY_END, app->written++);
}

static void on_idle(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

TEST(libuv_delivers_each_record_and_is_left_alone_when_there_is_none)
{
	struct app app = { .ring = NULL };

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	assert_ok(ring_open_records(app.ring, &app.records, NULL));
	assert_int_equal(uv_loop_init(&app.loop), 0);
	assert_int_equal(uv_poll_init(&app.loop, &app.poll, skep_ring_fd(app.records.ring)), 0);
	uv_timer_init(&app.loop, &app.ticks);
	uv_timer_init(&app.loop, &app.idle);
	app.poll.data = app.ticks.data = &app;
	assert_int_equal(uv_poll_start(&app.poll, UV_READABLE, on_ring), 0);
	uv_timer_start(&app.ticks, on_tick, 0, 2);
	uv_run(&app.loop, UV_RUN_DEFAULT);
	assert_int_equal(app.next, 1000);
	uv_timer_stop(&app.ticks);
	app.calls = 0;
	uv_timer_start(&app.idle, on_idle, 300, 0);
	uv_run(&app.loop, UV_RUN_DEFAULT);
	/* Two empty looks, and ten a second in case a program writes without waking anybody. */
	assert_true(app.calls < 12);
	uv_close((uv_handle_t *)&app.poll, NULL);
	uv_close((uv_handle_t *)&app.ticks, NULL);
	uv_close((uv_handle_t *)&app.idle, NULL);
	uv_run(&app.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&app.loop), 0);
	skep_ring_free(app.records.ring);
	ring_free(app.ring);
}
