// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A ring in libevent, as docs/guides/streams.md shows it. */
#include "harness/machine.h"
#include "harness/test.h"

#include <event2/event.h>

#include "app.h"
#include "ring.skep.h"

struct app {
	struct ring *ring;
	struct event_base *base;
	ring_records_ring records;
	uint64_t next, written;
	int calls;
};

/* Edge or level: it takes all there is, until the ring says that there is no more. */
static void on_ring(evutil_socket_t fd, short what, void *ctx)
{
	struct app *app = ctx;
	const struct record *e;
	int err;

	(void)fd;
	(void)what;
	app->calls++;
	while (!(err = skep_ring_next(app->records, &e, 0)))
		assert_int_equal(e->seq, app->next++);
	assert_int_equal(err, -EAGAIN);
	if (app->next == 1000)
		event_base_loopbreak(app->base);
}

/* Now one, now a burst, now nothing for a while: the reader naps, and sleeps. */
static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	struct app *app = ctx;
	uint64_t count = app->written % 3 ? 1 : app->written % 50;

	(void)fd;
	(void)what;
	for (uint64_t i = 0; i <= count && app->written < 1000; i++)
		app_run(ring_object(app->ring), "leave", WAY_END, app->written++);
}

TEST(libevent_delivers_each_record_and_is_left_alone_when_there_is_none)
{
	const struct timeval tick = { .tv_usec = 2000 }, idle = { .tv_usec = 300000 };
	struct app app = { .ring = NULL };
	struct event *ring, *ticks;

	require_root();
	assert_ok(ring_open(&app.ring, NULL));
	assert_ok(ring_load(app.ring));
	assert_ok(ring_open_records(app.ring, &app.records, NULL));
	app.base = event_base_new();
	assert_non_null(app.base);
	ring = event_new(app.base, skep_ring_fd(app.records.ring), EV_READ | EV_PERSIST, on_ring,
			 &app);
	ticks = event_new(app.base, -1, EV_PERSIST, on_tick, &app);
	assert_int_equal(event_add(ring, NULL), 0);
	assert_int_equal(event_add(ticks, &tick), 0);
	event_base_dispatch(app.base);
	assert_int_equal(app.next, 1000);
	event_del(ticks);
	app.calls = 0;
	event_base_loopexit(app.base, &idle);
	event_base_dispatch(app.base);
	/* Two empty looks, and ten a second in case a program writes without waking anybody. */
	assert_true(app.calls < 12);
	event_free(ring);
	event_free(ticks);
	event_base_free(app.base);
	skep_ring_free(app.records.ring);
	ring_free(app.ring);
}
