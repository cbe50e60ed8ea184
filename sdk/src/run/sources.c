/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a loop can wait for: rings, timers, file descriptors. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"

#define RECORDS_AT_ONCE 4096 /* of one ring, before others have their turn */

void skep_source_free(struct skep_source *source)
{
	if (source->owns_ring)
		skep_ring_free(source->ring);
	if (source->owns_fd)
		close(source->fd);
	free(source->closure);
	free(source);
}

int skep_loop_add(struct skep_loop *loop, struct skep_source *source, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = source };
	int err = 0;

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event))
		err = skep_fail(errno, "cannot wait for %s: %s", source->name, strerror(errno));
	if (err) {
		skep_source_free(source);
		return err;
	}
	source->next = loop->sources;
	loop->sources = source;
	return 0;
}

/* Keeps what a callback said about its failure; else says which callback it was. */
static int outcome(const struct skep_source *source, int ret, uint64_t errors_before)
{
	if (ret >= 0)
		return ret;
	if (skep_error_count() != errors_before && skep_error_last()->code == -ret)
		return ret;
	return skep_fail(ret, "handler '%s' returned %d", source->name, ret);
}

/* `more` tells whether there was a record: what a callback returns may be any number. */
static int deliver(struct skep_source *source, bool *more)
{
	uint64_t errors;
	size_t bytes;
	int err;
	const void *record = skep_ring_each_raw(source->ring, &bytes, 0, &err);

	*more = record;
	if (!record)
		return err;
	errors = skep_error_count();
	return outcome(source, source->fn.record(record, bytes, source->ctx), errors);
}

static int dispatch_ring(struct skep_source *source, uint32_t events)
{
	bool more = true;
	int ret = 0;

	(void)events;
	for (int i = 0; i < RECORDS_AT_ONCE && more && !ret; i++) {
		ret = deliver(source, &more);
		if (!more && !i)
			sched_yield(); /* readable, but its writer is not done */
	}
	return ret;
}

static int drain_ring(struct skep_source *source)
{
	const struct skep_ring_cursor *at = skep_ring_cursor(source->ring);
	struct skep_ring_stats stats;
	bool more = true;
	uint64_t end;
	int ret = 0;

	skep_ring_stats(source->ring, &stats);
	end = at->position + stats.pending_bytes;
	while (!ret && more && at->position < end)
		ret = deliver(source, &more);
	return ret;
}

int skep_loop_drain(struct skep_loop *loop)
{
	int ret = 0;

	for (struct skep_source *s = loop->sources; s && !ret; s = s->next)
		if (s->ring)
			ret = drain_ring(s);
	return ret < 0 ? ret : 0;
}

static int dispatch_timer(struct skep_source *source, uint32_t events)
{
	uint64_t expirations, errors = skep_error_count();

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) != sizeof(expirations))
		return 0; /* not due yet */
	return outcome(source, source->fn.timer(expirations, source->ctx), errors);
}

static int dispatch_fd(struct skep_source *source, uint32_t events)
{
	uint64_t errors = skep_error_count();

	return outcome(source, source->fn.fd(source->fd, events, source->ctx), errors);
}

static struct skep_source *new_source(void *ctx)
{
	struct skep_source *source = calloc(1, sizeof(*source));

	if (source)
		source->ctx = ctx;
	else
		skep_fail(ENOMEM, "no memory for an event source");
	return source;
}

static struct skep_source *new_ring_source(struct skep_ring *ring, skep_record_fn fn, void *ctx)
{
	struct skep_source *source = new_source(ctx);

	if (!source)
		return NULL;
	source->dispatch = dispatch_ring;
	source->ring = ring;
	source->fd = skep_ring_fd(ring);
	source->fn.record = fn;
	snprintf(source->name, sizeof(source->name), "%s", skep_ring_name(ring));
	return source;
}

int skep_loop_add_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn, void *ctx)
{
	struct skep_source *source = new_ring_source(ring, fn, ctx);

	return source ? skep_loop_add(loop, source, EPOLLIN) : -ENOMEM;
}

struct skep_ring *skep_loop_ring(const struct skep_loop *loop, const char *name)
{
	for (const struct skep_source *s = loop->sources; s; s = s->next)
		if (s->ring && !strcmp(skep_ring_name(s->ring), name))
			return s->ring;
	return NULL;
}

int skep_loop_own_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn,
		       const void *closure, size_t bytes)
{
	AUTO_FREE void *copy = malloc(bytes);
	struct skep_source *source;
	int err;

	if (!copy)
		return skep_fail(ENOMEM, "no memory for a handler");
	memcpy(copy, closure, bytes);
	source = new_ring_source(ring, fn, copy);
	if (!source)
		return -ENOMEM;
	source->closure = SKEP_TAKE(copy);
	err = skep_loop_add(loop, source, EPOLLIN);
	if (!err)
		source->owns_ring = true;
	return err;
}

int skep_loop_add_timer(struct skep_loop *loop, uint64_t period_ns, skep_timer_fn fn, void *ctx)
{
	struct timespec period = { .tv_sec = (time_t)(period_ns / SKEP_SECOND),
				   .tv_nsec = (long)(period_ns % SKEP_SECOND) };
	struct itimerspec spec = { .it_interval = period, .it_value = period };
	AUTO_CLOSE int fd = -1;
	struct skep_source *source;

	if (!period_ns)
		return skep_fail(EINVAL, "a timer's period cannot be 0");
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd < 0 || timerfd_settime(fd, 0, &spec, NULL))
		return skep_fail(errno, "cannot make a timer: %s", strerror(errno));
	source = new_source(ctx);
	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_timer;
	source->fn.timer = fn;
	source->fd = skep_take_fd(&fd);
	source->owns_fd = true;
	snprintf(source->name, sizeof(source->name), "timer");
	return skep_loop_add(loop, source, EPOLLIN);
}

int skep_loop_add_fd(struct skep_loop *loop, int fd, uint32_t events, skep_fd_fn fn, void *ctx)
{
	struct skep_source *source = new_source(ctx);

	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_fd;
	source->fn.fd = fn;
	source->fd = fd;
	snprintf(source->name, sizeof(source->name), "file descriptor %d", fd);
	return skep_loop_add(loop, source, events);
}
