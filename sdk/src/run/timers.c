/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Timers of a loop: a timerfd each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"

static int dispatch_timer(struct skep_source *source, uint32_t events)
{
	uint64_t expirations, errors = skep_error_count();

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) != sizeof(expirations))
		return 0; /* not due yet */
	if (source->once)
		skep_source_remove(source);
	return skep_handler_outcome(source->name, source->fn.timer(expirations, source->ctx),
				    errors);
}

static struct timespec as_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / SKEP_SECOND),
				  .tv_nsec = (long)(ns % SKEP_SECOND) };
}

/* `flags` are timerfd_settime()'s. */
static int add(struct skep_loop *loop, int flags, const struct itimerspec *spec, skep_timer_fn fn,
	       void *ctx)
{
	AUTO_CLOSE int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	struct skep_source *source;
	int err = skep_loop_check(loop, fn);

	if (err)
		return err;
	if (fd < 0 || timerfd_settime(fd, flags, spec, NULL))
		return skep_fail(errno, "cannot make a timer: %s", strerror(errno));
	source = skep_source_new(ctx);
	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_timer;
	source->fn.timer = fn;
	source->fd = skep_take_fd(&fd);
	source->owns_fd = true;
	source->once = !spec->it_interval.tv_sec && !spec->it_interval.tv_nsec;
	snprintf(source->name, sizeof(source->name), "timer");
	return skep_loop_add(loop, source, EPOLLIN);
}

int skep_loop_add_timer(struct skep_loop *loop, uint64_t period_ns, skep_timer_fn fn, void *ctx)
{
	struct timespec period = as_timespec(period_ns);
	struct itimerspec spec = { .it_interval = period, .it_value = period };

	if (!period_ns)
		return skep_fail(EINVAL, "a timer's period cannot be 0");
	return add(loop, 0, &spec, fn, ctx);
}

/* A time of 0 would disarm: the first nanosecond is as soon. */
int skep_loop_add_delay(struct skep_loop *loop, uint64_t delay_ns, skep_timer_fn fn, void *ctx)
{
	struct itimerspec spec = { .it_value = as_timespec(delay_ns ? delay_ns : 1) };

	return add(loop, 0, &spec, fn, ctx);
}

int skep_loop_add_deadline(struct skep_loop *loop, uint64_t at_ns, skep_timer_fn fn, void *ctx)
{
	struct itimerspec spec = { .it_value = as_timespec(at_ns ? at_ns : 1) };

	return add(loop, TFD_TIMER_ABSTIME, &spec, fn, ctx);
}
