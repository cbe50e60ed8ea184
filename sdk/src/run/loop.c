/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/opts.h"
#include "stream/ring.h"

#define EVENTS_AT_ONCE 32

/* Somebody called skep_loop_stop(), or a signal came. */
static int dispatch_wake(struct skep_source *source, uint32_t events)
{
	struct skep_loop *loop = source->ctx;
	uint64_t count;

	(void)events;
	/* Posted work alone wakes too: it is done at the end of this round. */
	if (read(source->fd, &count, sizeof(count)) == sizeof(count) &&
	    count % SKEP_WAKE_POST >= SKEP_WAKE_STOP)
		atomic_store(&loop->stopped, true);
	if (loop->has_signals)
		loop->signal = skep_signals_caught();
	return 0;
}

static int add_wake(struct skep_loop *loop)
{
	struct skep_source *source = skep_source_new(loop);
	int err;

	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_wake;
	source->fd = loop->wake_fd;
	err = skep_loop_add(loop, source, EPOLLIN);
	if (!err)
		source->id = loop->last_id = 0; /* not the caller's to remove */
	return err;
}

int skep_loop_new(struct skep_loop **out, const struct skep_loop_opts *opts)
{
	SKEP_AUTO(skep_loop) *loop = NULL;
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	loop = calloc(1, sizeof(*loop));
	if (!loop)
		return skep_fail(ENOMEM, "no memory for a loop");
	loop->wake_fd = -1;
	loop->rest_ns = UINT64_MAX;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd >= 0)
		loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0)
		return skep_fail(errno, "cannot make a loop: %s", strerror(errno));
	err = add_wake(loop);
	if (!err && SKEP_OPT(opts, signals)) {
		err = skep_signals_take(loop->wake_fd);
		loop->has_signals = !err;
	}
	if (err)
		return err;
	*out = SKEP_TAKE(loop);
	return 0;
}

void skep_loop_free(struct skep_loop *loop)
{
	SKEP_KEEP_ERROR;

	if (!loop)
		return;
	if (loop->has_signals)
		skep_signals_release();
	skep_loop_drop_tasks(loop);
	while (loop->sources) {
		struct skep_source *source = loop->sources;

		loop->sources = source->next;
		skep_source_free(source);
	}
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	free(loop);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SKEP_SECOND + (uint64_t)t.tv_nsec;
}

static int dispatch(struct skep_source *source, uint32_t events)
{
	struct skep_loop *loop = source->loop;
	struct skep_source *before = loop->running;
	int ret;

	loop->running = source;
	ret = source->dispatch(source, events);
	loop->running = before;
	return ret;
}

/* Waits for `ns` at most, and calls whoever is ready. `*count` grows by how many were. */
static int wait_once(struct skep_loop *loop, uint64_t ns, uint64_t *count)
{
	struct epoll_event events[EVENTS_AT_ONCE];
	int n = skep_epoll_wait_ns(loop->epoll_fd, events, EVENTS_AT_ONCE, ns);
	int ret = 0;

	if (n < 0 && errno == EINTR)
		++*count; /* a signal is something that came */
	else if (n < 0)
		return skep_fail(errno, "waiting for events: %s", strerror(errno));
	for (int i = 0; i < n && !ret; i++) {
		struct skep_source *source = events[i].data.ptr;

		if (source->removed)
			continue; /* by a callback of this round */
		if (source->dispatch) {
			++*count;
			ret = dispatch(source, events[i].events);
		} else {
			source->ring->pace.wakeups++;
		}
	}
	return ret;
}

/* One wait, and everybody's turn after it. Deferred work is done even when somebody said stop. */
static int go_round(struct skep_loop *loop, uint64_t ns, uint64_t *count)
{
	int ret, later;

	skep_loop_enter(loop);
	ret = wait_once(loop, skep_loop_has_tasks(loop) ? 0 : ns, count);
	if (!ret)
		ret = skep_loop_look(loop, count);
	if (ret >= 0) {
		later = skep_loop_do_tasks(loop, count);
		ret = later ? later : ret;
	}
	skep_loop_leave(loop);
	return ret;
}

/* As skep_loop_step(), but positive when a callback asked to stop. */
static int step(struct skep_loop *loop, int timeout_ms)
{
	uint64_t deadline =
		timeout_ms < 0 ? UINT64_MAX : now_ns() + (uint64_t)timeout_ms * SKEP_MILLISECOND;
	uint64_t count = 0;

	for (;;) {
		uint64_t left = UINT64_MAX;
		int ret;

		if (deadline != UINT64_MAX) {
			uint64_t now = now_ns();

			left = deadline > now ? deadline - now : 0;
		}
		ret = go_round(loop, loop->rest_ns < left ? loop->rest_ns : left, &count);
		if (ret || count || atomic_load(&loop->stopped))
			return ret;
		if (!left)
			return skep_fail_quick(ETIMEDOUT, "%s came in time", "no event");
	}
}

int skep_loop_step(struct skep_loop *loop, int timeout_ms)
{
	int ret = loop ? step(loop, timeout_ms) : skep_loop_fail_none();

	return ret > 0 ? 0 : ret;
}

int skep_loop_run(struct skep_loop *loop)
{
	uint64_t used, count = 0;
	int ret = 0;

	if (!loop)
		return skep_loop_fail_none();
	while (!ret && !atomic_load(&loop->stopped))
		ret = step(loop, -1);
	if (!ret)
		ret = skep_loop_drain(loop);
	if (!ret)
		ret = skep_loop_do_tasks(loop, &count); /* what the last records deferred */
	/* This stop is used up: the next run starts anew. */
	if (read(loop->wake_fd, &used, sizeof(used)) < 0 && errno != EAGAIN)
		ret = ret ? ret : skep_fail(errno, "cannot reset a loop: %s", strerror(errno));
	atomic_store(&loop->stopped, false);
	if (loop->has_signals)
		loop->signal = skep_signals_caught(); /* also one that came beside another reason */
	return ret > 0 ? 0 : ret;
}

void skep_loop_stop(struct skep_loop *loop)
{
	int saved = errno;
	uint64_t one = SKEP_WAKE_STOP;

	if (!loop) /* a signal handler may be there before the loop is */
		return;
	atomic_store(&loop->stopped, true);
	if (write(loop->wake_fd, &one, sizeof(one)) < 0) {
		/* full: it will wake anyway */
	}
	errno = saved;
}

int skep_loop_signal(const struct skep_loop *loop)
{
	return loop ? loop->signal : 0;
}
