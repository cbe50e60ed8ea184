/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a loop can wait for: rings, timers, file descriptors. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"
#include "stream/ring.h"

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

/* A record of the wrong size ends the loop, unless somebody listens to what is lost. */
static int judge(const struct skep_source *source, int ret, uint64_t bad, uint64_t errors)
{
	if (source->ring->bad == bad)
		return outcome(source, ret, errors);
	return source->ring->loss.fn ? 0 : ret;
}

/* `*rest_ns`: how long to leave it alone now. */
static int look_into(struct skep_source *source, uint64_t *count, uint64_t *rest_ns)
{
	struct skep_ring_go go = { .most = RECORDS_AT_ONCE, .until = UINT64_MAX };
	struct skep_ring *ring = source->ring;
	uint64_t bad = ring->bad;
	int ret;

	if (skep_ring_is_early(ring, rest_ns))
		return 0;
	ret = skep_ring_deliver(ring, source->fn.record, source->ctx, &go);
	*count += go.count;
	*rest_ns = go.count < go.most && ring->bad == bad ? skep_ring_rest(ring) : 0;
	return ret ? judge(source, ret, bad, go.errors) : 0;
}

int skep_loop_look(struct skep_loop *loop, uint64_t *count)
{
	uint64_t soonest = UINT64_MAX;
	int ret = 0;

	for (struct skep_source *s = loop->sources; s && !ret; s = s->next) {
		uint64_t rest_ns;

		if (!s->ring)
			continue;
		ret = look_into(s, count, &rest_ns);
		if (rest_ns < soonest)
			soonest = rest_ns;
	}
	loop->rest_ns = soonest;
	return ret;
}

/* What is there now, and nothing that comes while that is delivered. */
static int drain_ring(struct skep_source *source)
{
	struct skep_ring *ring = source->ring;
	struct skep_ring_go go = { .most = UINT_MAX };
	uint64_t bad;
	int ret;

	go.until = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	do {
		bad = ring->bad;
		ret = skep_ring_deliver(ring, source->fn.record, source->ctx, &go);
		ret = ret ? judge(source, ret, bad, go.errors) : 0;
	} while (!ret && ring->bad != bad);
	skep_ring_publish(ring);
	skep_ring_tell_loss(ring);
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
	source->ring = ring;
	source->fd = ring->fd;
	source->fn.record = fn;
	snprintf(source->name, sizeof(source->name), "%s", skep_ring_name(ring));
	return source;
}

/* Edge-triggered: as long as its last record is not published, a ring counts as readable. */
static int add_ring(struct skep_loop *loop, struct skep_source *source)
{
	loop->rest_ns = 0; /* there may be records already */
	return skep_loop_add(loop, source, EPOLLIN | EPOLLET);
}

int skep_loop_add_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn, void *ctx)
{
	struct skep_source *source = new_ring_source(ring, fn, ctx);

	return source ? add_ring(loop, source) : -ENOMEM;
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
	err = add_ring(loop, source);
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
