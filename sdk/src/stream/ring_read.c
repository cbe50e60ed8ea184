/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Taking records out. Records before `position` were passed on; a record stays where it is
 * until the next call, so what is published to the kernel never goes beyond what the caller has
 * let go. The cursor's `end` stops the inlined path at most an eighth of the ring after the
 * last publication, so that room is given back in time.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "ring.h"

#define HEADER_BYTES 8

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + HEADER_BYTES + 7) & ~UINT64_C(7);
}

/* Gives back everything before the cursor, and looks how far the kernel has come. */
static void publish(struct skep_ring *ring)
{
	uint64_t lag = (ring->at.mask + 1) / 8, produced;

	if (ring->published != ring->at.position) {
		__atomic_store_n(ring->consumer, ring->at.position, __ATOMIC_RELEASE);
		ring->published = ring->at.position;
	}
	produced = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	ring->at.end = produced - ring->at.position > lag ? ring->at.position + lag : produced;
}

static int refuse(struct skep_ring *ring, uint64_t bytes)
{
	ring->bad++;
	if (ring->least == ring->most)
		return skep_fail(EBADMSG, "ring '%s': a record of %llu bytes, expected %llu",
				 ring->name, (unsigned long long)bytes,
				 (unsigned long long)ring->least);
	return skep_fail(EBADMSG, "ring '%s': a record of %llu bytes, expected %llu to %llu",
			 ring->name, (unsigned long long)bytes, (unsigned long long)ring->least,
			 (unsigned long long)ring->most);
}

/* 0 with a record, -EAGAIN (without words) when none is ready, -EBADMSG. */
static int take(struct skep_ring *ring, const void **record, size_t *bytes)
{
	struct skep_ring_cursor *at = &ring->at;

	for (;;) {
		const unsigned char *header;
		uint64_t size;
		uint32_t word;

		if (at->position >= at->end) {
			publish(ring);
			if (at->position >= at->end)
				return -EAGAIN;
		}
		header = at->data + (at->position & at->mask);
		word = __atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);
		if (word & BPF_RINGBUF_BUSY_BIT) {
			publish(ring); /* the caller may be about to wait: give back all */
			return -EAGAIN;
		}
		size = word & ~BPF_RINGBUF_DISCARD_BIT;
		at->position += round_up(size);
		if (word & BPF_RINGBUF_DISCARD_BIT)
			continue;
		if (size < ring->least || size > ring->most)
			return refuse(ring, size);
		at->consumed++;
		*record = header + HEADER_BYTES;
		if (bytes)
			*bytes = size;
		return 0;
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* `late` tells that the time is over: what came by then is still to be taken. */
static int wait_until(struct skep_ring *ring, int64_t deadline_ms, bool *late)
{
	struct pollfd p = { .fd = ring->fd, .events = POLLIN };
	int left = -1;

	if (deadline_ms >= 0) {
		int64_t ms = deadline_ms - now_ms();

		left = ms > 0 ? (int)ms : 0;
	}
	if (poll(&p, 1, left) < 0)
		return skep_fail(errno, "waiting for ring '%s': %s", ring->name, strerror(errno));
	*late = deadline_ms >= 0 && now_ms() >= deadline_ms;
	return 0;
}

/* As skep_ring_next_raw(), but that nothing came (-EAGAIN, -ETIMEDOUT) is without words. */
static int next(struct skep_ring *ring, const void **record, size_t *bytes, int timeout_ms)
{
	int64_t deadline = timeout_ms > 0 ? now_ms() + timeout_ms : -1;
	bool late = false;

	for (;;) {
		int err = take(ring, record, bytes);

		if (err != -EAGAIN || !timeout_ms)
			return err;
		if (late)
			return -ETIMEDOUT;
		err = wait_until(ring, deadline, &late);
		if (err)
			return err;
	}
}

int skep_ring_next_raw(struct skep_ring *ring, const void **record, size_t *bytes, int timeout_ms)
{
	int err = next(ring, record, bytes, timeout_ms);

	if (err == -EAGAIN)
		return skep_fail_quick(err, "ring '%s' has no record now", ring->name);
	if (err == -ETIMEDOUT)
		return skep_fail_quick(err, "ring '%s' gave no record in time", ring->name);
	return err;
}

const void *skep_ring_each_raw(struct skep_ring *ring, size_t *bytes, int timeout_ms, int *err)
{
	const void *record = NULL;

	*err = next(ring, &record, bytes, timeout_ms);
	if (*err == -EAGAIN || *err == -ETIMEDOUT)
		*err = 0; /* the end of a loop is not a failure */
	return record;
}
