/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The next record, waited for. */
#include <errno.h>
#include <time.h>

#include "base/fail.h"
#include "ring.h"

#define MILLISECOND 1000000

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Leaves the ring alone for as long as is good. `late`: the caller's time is over. */
static int wait_until(struct skep_ring *ring, uint64_t deadline_ns, bool *late)
{
	uint64_t rest = skep_ring_rest(ring);

	do {
		uint64_t now = now_ns();
		int err;

		*late = now >= deadline_ns;
		if (*late)
			return 0;
		err = skep_ring_wait(ring, rest < deadline_ns - now ? rest : deadline_ns - now);
		if (err)
			return err;
		if (skep_ring_was_stopped(ring))
			return -ECANCELED;
	} while (skep_ring_is_early(ring, &rest));
	return 0;
}

int skep_ring_await(struct skep_ring *ring, struct skep_ring_patience *patience)
{
	if (!patience->timeout_ms) {
		skep_ring_leave(ring);
		return -EAGAIN;
	}
	if (patience->late)
		return -ETIMEDOUT;
	if (!patience->deadline_ns)
		patience->deadline_ns =
			patience->timeout_ms < 0
				? UINT64_MAX
				: now_ns() + (uint64_t)patience->timeout_ms * MILLISECOND;
	return wait_until(ring, patience->deadline_ns, &patience->late);
}

int skep_ring_tell_none(const struct skep_ring *ring, int err)
{
	if (err == -EAGAIN)
		return skep_fail_quick(err, "ring '%s' has no record now", ring->name);
	if (err == -ETIMEDOUT)
		return skep_fail_quick(err, "ring '%s' gave no record in time", ring->name);
	if (err == -ECANCELED)
		return skep_fail_quick(err, "ring '%s': waiting was stopped", ring->name);
	return err;
}

int skep_ring_fail_none(void)
{
	return skep_fail_hint(skep_fail(EBADF, "there is no ring"),
			      "open it first, and look at what that returned");
}

/* As skep_ring_next_raw(), but what is no failure of the ring (-EAGAIN and so on) has no words. */
static int next(struct skep_ring *ring, const void **record, size_t *bytes, int timeout_ms)
{
	struct skep_ring_patience patience = { .timeout_ms = timeout_ms };
	int err;

	if (!ring)
		return skep_ring_fail_none();
	do {
		err = skep_ring_take(ring, record, bytes);
		if (err != -EAGAIN)
			return err;
		err = skep_ring_await(ring, &patience);
	} while (!err);
	return err;
}

int skep_ring_next_raw(struct skep_ring *ring, const void **record, size_t *bytes, int timeout_ms)
{
	return skep_ring_tell_none(ring, next(ring, record, bytes, timeout_ms));
}

const void *skep_ring_each_raw(struct skep_ring *ring, size_t *bytes, int timeout_ms, int *err)
{
	const void *record = NULL;

	*err = next(ring, &record, bytes, timeout_ms);
	if (*err == -EAGAIN || *err == -ETIMEDOUT || *err == -ECANCELED)
		*err = 0; /* the end of a loop is not a failure */
	return record;
}
