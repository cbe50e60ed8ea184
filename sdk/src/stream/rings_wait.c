/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sleeping until one of many rings is to be looked into. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "rings.h"

#define EVENTS_AT_ONCE 32
#define MILLISECOND    1000000
#define SECOND         1000000000

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static int cannot(const struct skep_rings *rings)
{
	return skep_fail(errno, "cannot make what waits for ring '%s': %s", rings->all[0]->name,
			 strerror(errno));
}

static int watch(const struct skep_rings *rings, int epoll_fd, int fd, uint32_t events,
		 struct skep_ring *ring)
{
	struct epoll_event event = { .events = events, .data.ptr = ring };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? cannot(rings) : 0;
}

int skep_rings_prepare(struct skep_rings *rings)
{
	AUTO_CLOSE int epoll_fd = -1;
	AUTO_CLOSE int stop_fd = -1;
	int err;

	if (rings->epoll_fd >= 0)
		return 0;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (epoll_fd < 0 || stop_fd < 0)
		return cannot(rings);
	err = watch(rings, epoll_fd, stop_fd, EPOLLIN, NULL);
	for (unsigned int i = 0; i < rings->count && !err; i++)
		err = watch(rings, epoll_fd, rings->all[i]->fd, EPOLLIN | EPOLLET, rings->all[i]);
	if (err)
		return err;
	rings->epoll_fd = skep_take_fd(&epoll_fd);
	rings->stop_fd = skep_take_fd(&stop_fd);
	return 0;
}

/* As skep_ring_wait(): by ppoll(), and then the events are taken off the list. */
int skep_rings_sleep(struct skep_rings *rings, uint64_t ns)
{
	struct timespec t = { (time_t)(ns / SECOND), (long)(ns % SECOND) };
	struct epoll_event events[EVENTS_AT_ONCE];
	struct pollfd any = { .events = POLLIN };
	int n = skep_rings_prepare(rings);

	if (n || atomic_load(&rings->stopped) || !ns)
		return n;
	any.fd = rings->epoll_fd;
	n = ppoll(&any, 1, &t, NULL);
	if (n > 0)
		n = epoll_wait(rings->epoll_fd, events, EVENTS_AT_ONCE, 0);
	else if (n < 0 && errno == EINTR && atomic_load(&rings->stopped))
		return 0; /* the signal's handler stopped it */
	if (n < 0)
		return skep_fail(errno, "waiting for ring '%s': %s", rings->all[0]->name,
				 strerror(errno));
	for (int i = 0; i < n; i++) {
		struct skep_ring *ring = events[i].data.ptr;

		if (ring)
			ring->pace.wakeups++;
	}
	return 0;
}

uint64_t skep_rings_rest(struct skep_rings *rings)
{
	uint64_t soonest = SKEP_REST_IDLE;

	for (unsigned int i = 0; i < rings->count; i++) {
		uint64_t ns = rings->early[i] ? soonest : skep_ring_rest(rings->all[i]);

		if (ns < soonest)
			soonest = ns;
	}
	return soonest;
}

/* Which rings have fewer bytes than were asked for. True when there is none to look into. */
static bool are_early(struct skep_rings *rings, uint64_t *rest_ns)
{
	unsigned int early = 0;
	uint64_t soonest = SKEP_REST_IDLE;

	for (unsigned int i = 0; i < rings->count; i++) {
		uint64_t ns = SKEP_REST_IDLE;

		rings->early[i] = skep_ring_is_early(rings->all[i], &ns);
		early += rings->early[i];
		if (ns < soonest)
			soonest = ns;
	}
	rings->any_early = early;
	if (early)
		*rest_ns = soonest;
	return early == rings->count;
}

static int wait_until(struct skep_rings *rings, uint64_t deadline_ns, bool *late)
{
	uint64_t rest = skep_rings_rest(rings);

	do {
		uint64_t now = now_ns();
		int err;

		*late = now >= deadline_ns;
		if (*late)
			return 0;
		err = skep_rings_sleep(rings, rest < deadline_ns - now ? rest : deadline_ns - now);
		if (err)
			return err;
		if (skep_rings_was_stopped(rings))
			return -ECANCELED;
	} while (are_early(rings, &rest));
	return 0;
}

/* Who does not wait, takes what is there. */
static bool forget_early(struct skep_rings *rings)
{
	bool any = rings->any_early;

	if (any)
		memset(rings->early, 0, rings->count * sizeof(bool));
	rings->any_early = false;
	return any;
}

int skep_rings_await(struct skep_rings *rings, struct skep_ring_patience *patience)
{
	if (!patience->timeout_ms) {
		if (forget_early(rings))
			return 0;
		for (unsigned int i = 0; i < rings->count; i++)
			skep_ring_leave(rings->all[i]);
		return -EAGAIN;
	}
	if (patience->late)
		return -ETIMEDOUT;
	if (!patience->deadline_ns)
		patience->deadline_ns =
			patience->timeout_ms < 0
				? UINT64_MAX
				: now_ns() + (uint64_t)patience->timeout_ms * MILLISECOND;
	return wait_until(rings, patience->deadline_ns, &patience->late);
}

int skep_rings_tell_none(const struct skep_rings *rings, int err)
{
	return rings ? skep_ring_tell_none(rings->all[0], err) : err;
}

/* In a signal handler too: so no more than a store and a write. */
void skep_rings_stop(struct skep_rings *rings)
{
	int saved = errno;
	uint64_t one = 1;

	if (!rings)
		return;
	atomic_store(&rings->stopped, true);
	if (rings->stop_fd >= 0 && write(rings->stop_fd, &one, sizeof(one)) < 0) {
		/* full: it will wake anyway */
	}
	errno = saved;
}

bool skep_rings_was_stopped(struct skep_rings *rings)
{
	uint64_t count;

	if (!atomic_exchange(&rings->stopped, false))
		return false;
	if (rings->stop_fd >= 0 && read(rings->stop_fd, &count, sizeof(count)) < 0) {
		/* it was stopped before there was anything to wake */
	}
	return true;
}

int skep_rings_fd(struct skep_rings *rings)
{
	AUTO_CLOSE int outer_fd = -1;

	if (!rings) {
		skep_ring_fail_none();
		return -1;
	}
	if (rings->outer_fd >= 0)
		return rings->outer_fd;
	outer_fd = epoll_create1(EPOLL_CLOEXEC);
	if (outer_fd < 0) {
		cannot(rings);
		return -1;
	}
	for (unsigned int i = 0; i < rings->count; i++) {
		int fd = skep_ring_fd(rings->all[i]);

		if (fd < 0 || watch(rings, outer_fd, fd, EPOLLIN, rings->all[i]))
			return -1;
	}
	rings->outer_fd = skep_take_fd(&outer_fd);
	return rings->outer_fd;
}

void skep_rings_close_fds(struct skep_rings *rings)
{
	const int fds[] = { rings->epoll_fd, rings->stop_fd, rings->outer_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
