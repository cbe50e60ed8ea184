/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Records of many rings in the order of their time: made, waited for, delivered. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "base/opts.h"
#include "merge.h"

#define DELAY_NS    10000000
#define MILLISECOND 1000000

/* Takes the rings for itself. */
static int make_lanes(struct skep_merge *merge, struct skep_rings *rings)
{
	merge->lanes = calloc(rings->count, sizeof(*merge->lanes));
	merge->heap = calloc(rings->count, sizeof(*merge->heap));
	if (!merge->lanes || !merge->heap)
		return skep_fail(ENOMEM, "no memory to merge %u rings", rings->count);
	for (unsigned int i = 0; i < rings->count; i++) {
		struct skep_ring *ring = rings->all[i];

		if (ring->taken)
			return skep_rings_fail_taken(ring);
		ring->taken = true;
		merge->lanes[i].ring = ring;
		merge->lane_count++;
	}
	return 0;
}

static int check_offset(const struct skep_rings *rings, size_t offset)
{
	for (unsigned int i = 0; i < rings->count; i++) {
		const struct skep_ring *ring = rings->all[i];

		if (offset > ring->at.least || ring->at.least - offset < sizeof(uint64_t))
			return skep_fail_hint(
				skep_fail(EINVAL,
					  "ring '%s': a record of %llu bytes has no time at %zu",
					  ring->name, (unsigned long long)ring->at.least, offset),
				"give the offset of 8 bytes, or .time, a function that tells it");
	}
	return 0;
}

int skep_merge_new_raw(struct skep_merge **out, struct skep_rings *rings, size_t offset,
		       const struct skep_merge_opts *opts)
{
	SKEP_AUTO(skep_merge) *merge = NULL;
	int err = SKEP_OPTS_CHECK(opts);

	if (!err && !rings)
		err = skep_ring_fail_none();
	if (!err && !SKEP_OPT(opts, time))
		err = check_offset(rings, offset);
	if (err)
		return err;
	merge = calloc(1, sizeof(*merge));
	if (!merge)
		return skep_fail(ENOMEM, "no memory to merge %u rings", rings->count);
	merge->rings = rings;
	merge->offset = offset;
	merge->time = SKEP_OPT(opts, time);
	merge->ctx = SKEP_OPT(opts, ctx);
	merge->clock = SKEP_OPT(opts, boot_time) ? CLOCK_BOOTTIME : CLOCK_MONOTONIC;
	merge->max_delay_ns = SKEP_OPT(opts, max_delay_ns);
	if (!merge->max_delay_ns)
		merge->max_delay_ns = DELAY_NS;
	err = make_lanes(merge, rings);
	if (err)
		return err;
	*out = SKEP_TAKE(merge);
	return 0;
}

/* The caller has let the record go. */
static void let_go(struct skep_merge *merge)
{
	if (merge->out)
		skep_merge_release(merge);
	merge->out = false;
}

void skep_merge_free(struct skep_merge *merge)
{
	SKEP_KEEP_ERROR;

	if (!merge)
		return;
	let_go(merge);
	skep_merge_put_back(merge);
	free(merge->lanes);
	free(merge->heap);
	free(merge);
}

void skep_merge_flush(struct skep_merge *merge)
{
	if (!merge)
		return;
	merge->flushing = true;
	merge->bound = 0;
}

unsigned int skep_merge_current(const struct skep_merge *merge)
{
	return merge ? merge->current : 0;
}

static const struct skep_waiting *oldest(const struct skep_merge *merge)
{
	return merge->heap_count ? skep_lane_at(&merge->lanes[merge->heap[0]], 0) : NULL;
}

static void deliver(struct skep_merge *merge, const void **record, size_t *bytes)
{
	const struct skep_waiting *waiting = oldest(merge);
	const struct skep_ring_cursor *at = &merge->lanes[merge->heap[0]].ring->at;
	const unsigned char *header = at->data + (waiting->position & at->mask);

	merge->out = true;
	merge->current = merge->heap[0];
	merge->delivered++;
	merge->late += waiting->time < merge->last;
	merge->hurried += waiting->time > merge->due;
	if (waiting->time > merge->last)
		merge->last = waiting->time;
	*record = header + SKEP_RING_HEADER;
	if (bytes)
		*bytes = *(const uint32_t *)(const void *)header &
			 ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
}

/* Some wait for their time: so rings are looked into by nap, and the kernel need not wake. */
static uint64_t rest(struct skep_merge *merge)
{
	const struct skep_waiting *first = oldest(merge);
	uint64_t ns = UINT64_MAX, now;

	if (!first) {
		merge->flushing = false;
		return skep_rings_rest(merge->rings);
	}
	now = skep_merge_now(merge);
	for (unsigned int i = 0; i < merge->lane_count; i++) {
		const struct skep_ring_pace *pace = &merge->lanes[i].ring->pace;

		skep_ring_tell_loss(merge->lanes[i].ring);
		if (pace->spin)
			ns = 0;
		else if (pace->nap_ns < ns)
			ns = pace->nap_ns;
	}
	if (first->time + merge->max_delay_ns < now)
		return 0;
	return first->time + merge->max_delay_ns - now < ns
		       ? first->time + merge->max_delay_ns - now
		       : ns;
}

/* As skep_ring_await(). */
static int await(struct skep_merge *merge, struct skep_ring_patience *patience)
{
	struct timespec t;
	uint64_t now, ns;
	int err;

	if (!patience->timeout_ms) {
		merge->flushing &= merge->heap_count != 0;
		for (unsigned int i = 0; i < merge->lane_count && !merge->heap_count; i++)
			skep_ring_leave(merge->lanes[i].ring);
		return -EAGAIN;
	}
	if (patience->late)
		return -ETIMEDOUT;
	clock_gettime(CLOCK_MONOTONIC, &t);
	now = (uint64_t)t.tv_sec * 1000 * MILLISECOND + (uint64_t)t.tv_nsec;
	if (!patience->deadline_ns)
		patience->deadline_ns =
			patience->timeout_ms < 0
				? UINT64_MAX
				: now + (uint64_t)patience->timeout_ms * MILLISECOND;
	ns = rest(merge);
	patience->late = now >= patience->deadline_ns;
	if (patience->late)
		return 0;
	if (ns > patience->deadline_ns - now)
		ns = patience->deadline_ns - now;
	err = skep_rings_sleep(merge->rings, ns);
	if (!err && skep_rings_was_stopped(merge->rings))
		err = -ECANCELED;
	return err;
}

/* What is no failure has no words yet. */
static int next(struct skep_merge *merge, const void **record, size_t *bytes, int timeout_ms)
{
	struct skep_ring_patience patience = { .timeout_ms = timeout_ms };
	int err;

	if (!merge)
		return skep_fail_hint(
			skep_fail(EBADF, "there is no merge"),
			"make it with skep_merge_new(), and look at what that returned");
	let_go(merge);
	for (;;) {
		const struct skep_waiting *first = oldest(merge);

		if (first && first->time <= merge->bound) {
			deliver(merge, record, bytes);
			return 0;
		}
		err = skep_merge_look(merge);
		if (err)
			return err;
		first = oldest(merge);
		if (first && first->time <= merge->bound)
			continue;
		err = await(merge, &patience);
		if (err)
			return err;
	}
}

int skep_merge_next_raw(struct skep_merge *merge, const void **record, size_t *bytes,
			int timeout_ms)
{
	int err = next(merge, record, bytes, timeout_ms);

	return merge ? skep_rings_tell_none(merge->rings, err) : err;
}

const void *skep_merge_each_raw(struct skep_merge *merge, size_t *bytes, int timeout_ms, int *err)
{
	const void *record = NULL;

	*err = next(merge, &record, bytes, timeout_ms);
	if (*err == -EAGAIN || *err == -ETIMEDOUT || *err == -ECANCELED)
		*err = 0; /* the end of a loop is not a failure */
	return record;
}

void skep_merge_stats_raw(const struct skep_merge *merge, struct skep_merge_stats *stats, size_t sz)
{
	struct skep_merge_stats now;

	if (!merge) {
		memset(stats, 0, sz);
		return;
	}
	now = (struct skep_merge_stats){
		.delivered = merge->delivered,
		.late = merge->late,
		.hurried = merge->hurried,
	};
	for (unsigned int i = 0; i < merge->lane_count; i++)
		now.held += merge->lanes[i].count;
	now.held -= merge->out;
	if (sz > sizeof(now)) {
		memset((char *)stats + sizeof(now), 0, sz - sizeof(now));
		sz = sizeof(now);
	}
	memcpy(stats, &now, sz);
}
