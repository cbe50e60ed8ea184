/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What came, what did not, and what waits. */
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "perf.h"
#include "ring.h"

#define RING_MOST    (UINT64_C(1) << 31) /* no ring can be larger */
#define PERF_HEADERS 16                  /* bytes more that a record takes in a perf buffer */

/* Records between the cursor and the producer, those that are being written among them. */
static uint64_t count_pending(const struct skep_ring *ring, uint64_t produced)
{
	const struct skep_ring_cursor *at = &ring->at;
	uint64_t position = at->position, count = 0;

	if (produced - position > at->mask + 1) /* cannot be: the reader refuses it */
		return 0;
	while (position < produced) {
		const unsigned char *header = at->data + (position & at->mask);
		uint32_t word =
			__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE);
		uint64_t bytes = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		count += !(word & BPF_RINGBUF_DISCARD_BIT);
		position += (bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
	}
	return count;
}

static uint64_t age_ns(const struct skep_ring *ring)
{
	struct timespec t;
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return now > ring->looked_ns ? now - ring->looked_ns : 0;
}

/* What did not fit: counted by the program; or told by the kernel, for perf buffers only. */
static uint64_t count_dropped(const struct skep_ring *ring)
{
	if (ring->counts)
		return __atomic_load_n(&ring->counts->dropped, __ATOMIC_RELAXED);
	return skep_perf_lost(ring);
}

static void read_counts(const struct skep_ring *ring, struct skep_ring_stats *stats)
{
	stats->counted = ring->counts;
	stats->dropped = count_dropped(ring);
	if (ring->counts)
		stats->discarded = __atomic_load_n(&ring->counts->discarded, __ATOMIC_RELAXED);
}

static uint64_t count_produced(const struct skep_ring *ring)
{
	if (ring->perf) /* what is still in its buffers is pending too */
		skep_perf_pump((struct skep_ring *)ring);
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
}

void skep_ring_stats_raw(const struct skep_ring *ring, struct skep_ring_stats *stats, size_t sz)
{
	uint64_t produced;
	struct skep_ring_stats now;

	if (!ring) {
		memset(stats, 0, sz);
		return;
	}
	produced = count_produced(ring);
	now = (struct skep_ring_stats){
		.consumed = ring->at.consumed,
		.bad = ring->bad,
		.pending_bytes = produced - ring->at.position,
		.size_bytes = ring->at.mask + 1,
		.pending = count_pending(ring, produced),
		.skipped = ring->skipped,
		.wakeups = ring->pace.wakeups,
		.naps = ring->pace.naps,
		.most_bytes = ring->most_pending,
	};

	/* A high-water mark that this look at it raised stays: the numbers never go back. */
	if (now.pending_bytes > now.most_bytes && now.pending_bytes <= now.size_bytes)
		now.most_bytes = ((struct skep_ring *)ring)->most_pending = now.pending_bytes;
	if (now.pending)
		now.oldest_ns = age_ns(ring);
	read_counts(ring, &now);
	/* Costs system calls: not for callers that do not know the member. */
	if (sz > offsetof(struct skep_ring_stats, misses))
		now.misses_known = skep_ring_count_misses(ring, &now.misses);
	if (sz > sizeof(now)) {
		memset((char *)stats + sizeof(now), 0, sz - sizeof(now));
		sz = sizeof(now);
	}
	memcpy(stats, &now, sz);
}

void skep_ring_on_loss(struct skep_ring *ring, skep_loss_fn fn, void *ctx)
{
	if (!ring)
		return;
	ring->loss.fn = fn;
	ring->loss.ctx = ctx;
}

void skep_ring_tell_loss(struct skep_ring *ring)
{
	struct skep_ring_loss now = { .bad = ring->bad }, since;

	if (!ring->loss.fn)
		return;
	now.dropped = count_dropped(ring);
	since.dropped = now.dropped - ring->loss.told.dropped;
	since.bad = now.bad - ring->loss.told.bad;
	if (!since.dropped && !since.bad)
		return;
	ring->loss.told = now;
	ring->loss.fn(ring, &since, ring->loss.ctx);
}

/* What a record takes at most: those that were dropped may all have been of the longest. */
static uint64_t longest(const struct skep_ring *ring)
{
	uint64_t bytes = ring->at.least + ring->at.spread;

	/* Readers that take every size know what was usual, and no more. */
	if (ring->any_size && !ring->tagged)
		bytes = ring->at.consumed ? (ring->at.position - ring->first) / ring->at.consumed
					  : 0;
	if (ring->perf)
		bytes += PERF_HEADERS;
	return (bytes + SKEP_RING_HEADER + 7) & ~UINT64_C(7);
}

/* What the advice is about, as it is: the ring, or each processor's perf buffer. */
static uint64_t size_of(const struct skep_ring *ring)
{
	return ring->perf ? skep_perf_bytes(ring) : ring->at.mask + 1;
}

static uint64_t size_most(const struct skep_ring *ring)
{
	return ring->perf ? skep_perf_bytes_most() : RING_MOST;
}

/*
 * The part of the ring, in eighths, that is not free though its records were taken: what is not
 * published yet, and a batch. A merge keeps up to half, and who waits for more bytes than half of
 * the ring will wait for half of a larger one.
 */
static unsigned int kept_eighths(const struct skep_ring *ring)
{
	bool half = ring->taken || ring->pace.bytes > ring->at.mask / 2;

	return half ? 6 : 2;
}

/* `dropped` comes from memory that others write to: what is too much stays too much. */
static uint64_t room_needed(const struct skep_ring *ring, uint64_t dropped)
{
	uint64_t needed;

	if (__builtin_mul_overflow(dropped, longest(ring), &needed) || needed >= RING_MOST)
		return RING_MOST;
	return (size_of(ring) + needed) / (8 - kept_eighths(ring)) * 8;
}

/* Nobody counts what is dropped: a ring that was as good as full is taken to have dropped some. */
static bool was_full(const struct skep_ring *ring)
{
	uint64_t size = ring->at.mask + 1;

	return !ring->counts && !ring->perf && ring->most_pending + size / 8 + longest(ring) > size;
}

/*
 * What was dropped would have needed room too. How much came at once is not known, so it is
 * taken to have come on top of the fullest moment.
 */
uint64_t skep_ring_advice(const struct skep_ring *ring)
{
	uint64_t size, most, needed, dropped;

	if (!ring)
		return 0;
	size = size_of(ring);
	most = size_most(ring);
	dropped = count_dropped(ring);
	if (!dropped)
		dropped = was_full(ring);
	if (!dropped)
		return size;
	needed = room_needed(ring, dropped);
	do
		size *= 2;
	while (size < needed && size < most);
	return size < most ? size : most;
}
