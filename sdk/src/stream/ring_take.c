/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Taking records out. Records before `position` were passed on; a record stays where it is
 * until the next call, so what is published to the kernel never goes beyond what the caller has
 * let go. The cursor's `end` stops the inlined path at most an eighth of the ring after the
 * last publication, so that room is given back in time.
 *
 * What stands in the ring is not trusted: a header that cannot be right is refused, once, with
 * everything behind it.
 */
#include <errno.h>
#include <string.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "ring.h"

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
}

static int refuse(struct skep_ring *ring, uint64_t bytes)
{
	uint64_t least = ring->at.least, most = least + ring->at.spread;

	ring->bad++;
	if (least == most)
		return skep_fail(EBADMSG, "ring '%s': a record of %llu bytes, expected %llu",
				 ring->name, (unsigned long long)bytes, (unsigned long long)least);
	return skep_fail(EBADMSG, "ring '%s': a record of %llu bytes, expected %llu to %llu",
			 ring->name, (unsigned long long)bytes, (unsigned long long)least,
			 (unsigned long long)most);
}

/* Nothing tells where the next record begins: what is there is given up. */
static int refuse_all(struct skep_ring *ring)
{
	ring->bad++;
	ring->at.position = ring->at.last = ring->at.end = ring->end;
	return skep_fail_hint(
		skep_fail(EBADMSG, "ring '%s' is corrupt: what was in it is lost", ring->name),
		"somebody writes to its memory, or reads it too: a ring has one reader");
}

/* Whether there may be a record at the cursor. */
static bool look(struct skep_ring *ring)
{
	struct skep_ring_cursor *at = &ring->at;

	if (at->position < at->end)
		return true;
	skep_ring_publish(ring);
	return at->position < at->end;
}

static uint32_t header_at(const struct skep_ring_cursor *at)
{
	const unsigned char *header = at->data + (at->position & at->mask);

	return __atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);
}

int skep_ring_take(struct skep_ring *ring, const void **record, size_t *bytes)
{
	struct skep_ring_cursor *at = &ring->at;

	for (;;) {
		uint64_t here, size;
		uint32_t word;

		if (!look(ring))
			return ring->end - at->position > at->mask + 1 ? refuse_all(ring) : -EAGAIN;
		word = header_at(at);
		if (word & BPF_RINGBUF_BUSY_BIT)
			return -EAGAIN;
		here = at->position;
		size = word & ~BPF_RINGBUF_DISCARD_BIT;
		if (round_up(size) > ring->end - here)
			return refuse_all(ring);
		at->last = here;
		at->position += round_up(size);
		if (word & BPF_RINGBUF_DISCARD_BIT) {
			ring->skipped++;
			continue;
		}
		if (size - at->least > at->spread)
			return refuse(ring, size);
		at->consumed++;
		*record = at->data + (here & at->mask) + SKEP_RING_HEADER;
		if (bytes)
			*bytes = size;
		return 0;
	}
}

/* The records that lie ready one after the other, as the inlined path of ring.h takes them. */
static int deliver_ready(struct skep_ring *ring, skep_record_fn fn, void *ctx,
			 struct skep_ring_go *go)
{
	const uint64_t *failures = skep_error_counter();
	struct skep_ring_cursor *at = &ring->at;
	const uint64_t usual = round_up(at->least), least = at->least, spread = at->spread;
	const uint64_t end = at->end < go->until ? at->end : go->until;
	unsigned int left = go->most - go->count;
	uint64_t position = at->position;
	int ret = 0;

	while (!ret && left && position < end) {
		const unsigned char *header = at->data + (position & at->mask);
		uint32_t has =
			__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);

		if (least < SKEP_RING_LARGE_)
			__builtin_prefetch(header + SKEP_RING_AHEAD_);
		if (has - least > spread)
			break;
		at->last = position;
		if (__builtin_expect(has == least, 1)) {
			position += usual; /* known before the header is */
		} else {
			__asm__ volatile("" : "+r"(has));
			position += round_up(has);
		}
		at->position = position;
		at->consumed++;
		left--;
		go->errors = *failures;
		ret = fn(header + SKEP_RING_HEADER, has, ctx);
		if (__builtin_expect(*go->stop, 0))
			break;
	}
	go->count = go->most - left;
	return ret;
}

int skep_ring_deliver(struct skep_ring *ring, skep_record_fn fn, void *ctx, struct skep_ring_go *go)
{
	const void *record;
	size_t bytes;
	int ret;

	go->count = 0;
	for (;;) {
		ret = deliver_ready(ring, fn, ctx, go);
		if (ret || *go->stop || go->count >= go->most || ring->at.position >= go->until)
			return ret;
		ret = skep_ring_take(ring, &record, &bytes);
		if (ret)
			return ret == -EAGAIN ? 0 : ret;
		go->count++;
		go->errors = skep_error_count();
		ret = fn(record, bytes, ctx);
		if (ret || *go->stop)
			return ret;
	}
}
