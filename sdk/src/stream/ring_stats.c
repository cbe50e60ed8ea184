/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What came, what did not, and what waits. */
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "perf.h"
#include "ring.h"

/* Headers that are walked at most: a ring of small records has millions. */
#define WALK_MOST (1u << 22)

/* Records between the cursor and the producer, those that are being written among them. */
static uint64_t count_pending(const struct skep_ring *ring, uint64_t produced)
{
	const struct skep_ring_cursor *at = &ring->at;
	uint64_t position = at->position, count = 0;

	for (unsigned int i = 0; i < WALK_MOST && position < produced; i++) {
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
	uint64_t produced = count_produced(ring);
	struct skep_ring_stats now = {
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

/*
 * What was dropped would have needed room too. How much came at once is not known, so it is
 * taken to have come on top of the fullest moment; a fourth more, for the last record held back.
 */
uint64_t skep_ring_advice(const struct skep_ring *ring)
{
	uint64_t size = ring->at.mask + 1, dropped = count_dropped(ring), needed, usual;

	if (!dropped)
		return size;
	usual = ring->at.consumed ? (ring->at.position - ring->first) / ring->at.consumed
				  : ring->at.least + SKEP_RING_HEADER;
	needed = size + dropped * usual;
	needed += needed / 4;
	while (size < needed && size < UINT64_C(1) << 31)
		size *= 2;
	return size;
}
