/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Sleeping until it is time to look. The ring is watched edge-triggered: as long as the last
 * record is not published, it counts as readable all the time.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "ring.h"

#define SECOND 1000000000

/* epoll_pwait2() waits for nanoseconds (5.11); where it is missing, milliseconds must do. */
int skep_epoll_wait_ns(int epoll_fd, struct epoll_event *events, int most, uint64_t ns)
{
	struct timespec t = { (time_t)(ns / SECOND), (long)(ns % SECOND) };
	long n = syscall(SYS_epoll_pwait2, epoll_fd, events, most, ns == UINT64_MAX ? NULL : &t,
			 NULL, 0);

	if (n >= 0 || errno != ENOSYS)
		return (int)n;
	return epoll_wait(epoll_fd, events, most,
			  ns == UINT64_MAX ? -1 : (int)((ns + 999999) / 1000000));
}

static int watch(struct skep_ring *ring, int epoll_fd, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (!epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return 0;
	return skep_fail(errno, "cannot wait for ring '%s': %s", ring->name, strerror(errno));
}

static int cannot(const struct skep_ring *ring)
{
	return skep_fail(errno, "cannot make what waits for ring '%s': %s", ring->name,
			 strerror(errno));
}

static int make_epoll(struct skep_ring *ring)
{
	AUTO_CLOSE int epoll_fd = -1;
	AUTO_CLOSE int stop_fd = -1;
	int err;

	if (ring->epoll_fd >= 0)
		return 0;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (epoll_fd < 0 || stop_fd < 0)
		return cannot(ring);
	err = watch(ring, epoll_fd, ring->fd, EPOLLIN | EPOLLET);
	if (!err)
		err = watch(ring, epoll_fd, stop_fd, EPOLLIN);
	if (err)
		return err;
	ring->epoll_fd = skep_take_fd(&epoll_fd);
	ring->stop_fd = skep_take_fd(&stop_fd);
	return 0;
}

/*
 * By ppoll(): unlike epoll_wait() it goes on after the process was stopped and continued. Then
 * takes the events off the list, so that the next wake-up is seen as one.
 */
int skep_ring_wait(struct skep_ring *ring, uint64_t ns)
{
	struct timespec t = { (time_t)(ns / SECOND), (long)(ns % SECOND) };
	struct pollfd any = { .events = POLLIN };
	struct epoll_event events[3];
	int n = make_epoll(ring);

	if (n || atomic_load(&ring->stopped) || !ns)
		return n;
	any.fd = ring->epoll_fd;
	n = ppoll(&any, 1, &t, NULL);
	if (n > 0)
		n = epoll_wait(ring->epoll_fd, events, 3, 0);
	else if (n < 0 && errno == EINTR && atomic_load(&ring->stopped))
		return 0; /* the signal's handler stopped it */
	if (n < 0)
		return skep_fail(errno, "waiting for ring '%s': %s", ring->name, strerror(errno));
	for (int i = 0; i < n; i++)
		ring->pace.wakeups += events[i].data.fd == ring->fd;
	return 0;
}

/* In a signal handler too: so no more than a store and a write. */
void skep_ring_stop(struct skep_ring *ring)
{
	int saved = errno;
	uint64_t one = 1;

	if (!ring)
		return;
	atomic_store(&ring->stopped, true);
	if (ring->stop_fd >= 0 && write(ring->stop_fd, &one, sizeof(one)) < 0) {
		/* full: it will wake anyway */
	}
	errno = saved;
}

bool skep_ring_was_stopped(struct skep_ring *ring)
{
	uint64_t count;

	if (!atomic_exchange(&ring->stopped, false))
		return false;
	if (ring->stop_fd >= 0 && read(ring->stop_fd, &count, sizeof(count)) < 0) {
		/* it was stopped before there was anything to wake */
	}
	return true;
}

static int make_timer(struct skep_ring *ring)
{
	AUTO_CLOSE int timer_fd = -1;
	int err = make_epoll(ring);

	if (err || ring->timer_fd >= 0)
		return err;
	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer_fd < 0)
		return cannot(ring);
	err = watch(ring, ring->epoll_fd, timer_fd, EPOLLIN);
	if (err)
		return err;
	ring->timer_fd = skep_take_fd(&timer_fd);
	skep_ring_arm(ring, 1); /* there may be records already */
	return 0;
}

int skep_ring_fd(const struct skep_ring *ring)
{
	/* What waits is made when somebody asks: readers that never wait need none. */
	struct skep_ring *changed = (struct skep_ring *)ring;

	if (!ring) {
		skep_ring_fail_none();
		return -1;
	}
	return make_timer(changed) ? -1 : ring->epoll_fd;
}

bool skep_ring_take_event(struct skep_ring *ring)
{
	struct epoll_event events[3];
	int n = ring->timer_fd < 0 ? 0 : epoll_wait(ring->epoll_fd, events, 3, 0);

	for (int i = 0; i < n; i++)
		if (events[i].data.fd == ring->fd) {
			ring->pace.wakeups++;
			return true;
		}
	return false;
}

void skep_ring_arm(struct skep_ring *ring, uint64_t ns)
{
	struct itimerspec at = { .it_value = { (time_t)(ns / SECOND), (long)(ns % SECOND) } };

	if (ring->timer_fd < 0)
		return;
	if (!ns)
		at.it_value.tv_nsec = 1;
	timerfd_settime(ring->timer_fd, 0, &at, NULL);
}

void skep_ring_close_fds(struct skep_ring *ring)
{
	const int fds[] = { ring->fd, ring->epoll_fd, ring->timer_fd, ring->stop_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
