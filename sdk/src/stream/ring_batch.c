/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* More ways to read: without taking, until a point in time, many at once, and as a copy. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "ring.h"

uint64_t skep_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int skep_ring_next_until_raw(struct skep_ring *ring, const void **record, size_t *bytes,
			     uint64_t deadline_ns)
{
	struct skep_ring_patience patience = { .timeout_ms = -1,
					       .deadline_ns = deadline_ns ? deadline_ns : 1 };
	int err;

	if (!ring)
		return skep_ring_fail_none();
	do {
		err = skep_ring_take(ring, record, bytes);
		if (err != -EAGAIN)
			return err;
		err = skep_ring_await(ring, &patience);
	} while (!err);
	return skep_ring_tell_none(ring, err);
}

/* Puts back what was taken just now. All before it may be given back to the kernel. */
static void untake(struct skep_ring *ring)
{
	ring->at.position = ring->at.last;
	ring->at.consumed--;
}

int skep_ring_peek_raw(struct skep_ring *ring, const void **record, size_t *bytes, int timeout_ms)
{
	int err = skep_ring_next_raw(ring, record, bytes, timeout_ms);

	if (!err)
		untake(ring);
	return err;
}

int skep_ring_copy_raw(struct skep_ring *ring, void *out, size_t room, size_t *bytes,
		       int timeout_ms)
{
	const void *record;
	size_t has;
	int err = skep_ring_next_raw(ring, &record, &has, timeout_ms);

	if (err)
		return err;
	if (bytes)
		*bytes = has;
	if (has > room) {
		untake(ring);
		return skep_fail_hint(
			skep_fail(E2BIG,
				  "ring '%s': a record of %zu bytes does not fit into "
				  "%zu",
				  ring->name, has, room),
			"records of variable length need room for the longest: "
			"skep_ring_copy_sized()");
	}
	memcpy(out, record, has);
	return 0;
}

/*
 * One record that is as it should be, or was discarded and is passed over. Whatever is unusual is
 * left for skep_ring_take(), which publishes and would so take back the records of this batch.
 */
static bool collect_one(struct skep_ring *ring, const void **record, size_t *bytes)
{
	struct skep_ring_cursor *at = &ring->at;

	while (at->position < at->end) {
		const unsigned char *header = at->data + (at->position & at->mask);
		uint32_t word =
			__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);
		uint64_t size = word & ~BPF_RINGBUF_DISCARD_BIT, whole = (size + 15) & ~UINT64_C(7);
		bool discarded = word & BPF_RINGBUF_DISCARD_BIT;

		if (word & BPF_RINGBUF_BUSY_BIT || whole > ring->end - at->position)
			return false;
		if (!discarded && size - at->least > at->spread)
			return false;
		__builtin_prefetch(header + SKEP_RING_AHEAD_);
		at->last = at->position;
		at->position += whole;
		if (discarded) {
			ring->skipped++;
			continue;
		}
		at->consumed++;
		*record = header + SKEP_RING_HEADER;
		*bytes = size;
		return true;
	}
	return false;
}

static size_t collect(struct skep_ring *ring, const void **records, size_t *bytes, size_t most)
{
	size_t count = 0, has;

	while (count < most && collect_one(ring, &records[count], &has)) {
		if (bytes)
			bytes[count] = has;
		count++;
	}
	return count;
}

int skep_ring_batch_raw(struct skep_ring *ring, const void **records, size_t *bytes, size_t most,
			int timeout_ms)
{
	size_t count;
	int err;

	if (!ring)
		return skep_ring_fail_none();
	if (!most)
		return skep_fail_hint(skep_fail(EINVAL,
						"a batch of ring '%s' has room for 0 records",
						ring->name),
				      "give an array of at least 1");
	/* The batch before this one is over: its room goes back, and all that is there is seen. */
	skep_ring_publish(ring);
	count = collect(ring, records, bytes, most < INT_MAX ? most : INT_MAX);
	if (count)
		return (int)count;
	err = skep_ring_next_raw(ring, records, bytes, timeout_ms);
	if (err)
		return err;
	count = 1 + collect(ring, records + 1, bytes ? bytes + 1 : NULL,
			    (most < INT_MAX ? most : INT_MAX) - 1);
	return (int)count;
}
