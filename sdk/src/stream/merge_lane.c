/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The records that wait. Those of one ring come nearly in order: an interrupt may write between
 * the clock and the ring of what it interrupts. So a new one is put in from the end of its lane.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "merge.h"

#define WAITING_MOST (1u << 20) /* of one ring */
#define ROOM_LEAST   64

uint64_t skep_merge_now(const struct skep_merge *merge)
{
	struct timespec t;

	clock_gettime(merge->clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t head_time(const struct skep_merge *merge, unsigned int heap_index)
{
	const struct skep_lane *lane = &merge->lanes[merge->heap[heap_index]];

	return skep_lane_at(lane, 0)->time;
}

static void swap(struct skep_merge *merge, unsigned int a, unsigned int b)
{
	unsigned int lane = merge->heap[a];

	merge->heap[a] = merge->heap[b];
	merge->heap[b] = lane;
}

static void sift_down(struct skep_merge *merge, unsigned int i)
{
	for (;;) {
		unsigned int child = 2 * i + 1;

		if (child >= merge->heap_count)
			return;
		if (child + 1 < merge->heap_count &&
		    head_time(merge, child + 1) < head_time(merge, child))
			child++;
		if (head_time(merge, i) <= head_time(merge, child))
			return;
		swap(merge, i, child);
		i = child;
	}
}

/* After the lanes were filled: any of them may have another first record. */
static void make_heap(struct skep_merge *merge)
{
	merge->heap_count = 0;
	for (unsigned int i = 0; i < merge->lane_count; i++)
		if (merge->lanes[i].count)
			merge->heap[merge->heap_count++] = i;
	for (unsigned int i = merge->heap_count / 2; i-- > 0;)
		sift_down(merge, i);
}

static int grow(struct skep_lane *lane)
{
	uint32_t room = lane->room ? lane->room * 2 : ROOM_LEAST;
	struct skep_waiting *more = calloc(room, sizeof(*more));

	if (!more)
		return skep_fail(ENOMEM, "no memory for records of ring '%s' that wait",
				 lane->ring->name);
	for (uint32_t i = 0; i < lane->count; i++)
		more[i] = *skep_lane_at(lane, i);
	free(lane->waiting);
	lane->waiting = more;
	lane->first = 0;
	lane->room = room;
	return 0;
}

/*
 * Its position is the highest of the lane. So what comes before it keeps what it kept, and it keeps
 * itself what the one after it does.
 */
static int put(struct skep_lane *lane, uint64_t time, uint64_t position)
{
	uint32_t i = lane->count;
	int err = i == lane->room ? grow(lane) : 0;

	if (err)
		return err;
	for (; i && skep_lane_at(lane, i - 1)->time > time; i--)
		*skep_lane_at(lane, i) = *skep_lane_at(lane, i - 1);
	*skep_lane_at(lane, i) = (struct skep_waiting){
		time, position, i < lane->count ? skep_lane_at(lane, i + 1)->keep : position
	};
	lane->count++;
	if (time > lane->newest)
		lane->newest = time;
	return 0;
}

static void hold(struct skep_lane *lane)
{
	lane->ring->holds = lane->count;
	if (lane->count)
		lane->ring->held = skep_lane_at(lane, 0)->keep;
}

/* `*now` may be older than the record: it is asked for again before that is believed. */
static uint64_t time_of(const struct skep_merge *merge, const void *record, size_t bytes,
			uint64_t *now)
{
	uint64_t time;

	if (merge->time)
		time = merge->time(record, bytes, merge->ctx);
	else
		memcpy(&time, (const char *)record + merge->offset, sizeof(time));
	if (time > *now)
		*now = skep_merge_now(merge);
	return time > *now ? *now : time;
}

static bool is_full(const struct skep_lane *lane)
{
	const struct skep_ring_cursor *at = &lane->ring->at;

	if (!lane->count)
		return false;
	return at->position - lane->ring->held > (at->mask + 1) / 2 || lane->count >= WAITING_MOST;
}

/* So that the record is taken again, by a later call. */
static void untake(struct skep_ring *ring)
{
	ring->at.position = ring->at.end = ring->at.last;
	ring->at.consumed--;
}

static int fill(const struct skep_merge *merge, struct skep_lane *lane, uint64_t now)
{
	int err = 0;

	skep_ring_publish(lane->ring);
	while (!err && !is_full(lane)) {
		const void *record;
		size_t bytes;

		err = skep_ring_take(lane->ring, &record, &bytes);
		if (err == -EAGAIN)
			break;
		if (err)
			return err;
		err = put(lane, time_of(merge, record, bytes, &now), lane->ring->at.last);
		if (err)
			untake(lane->ring);
		hold(lane);
	}
	lane->full = is_full(lane);
	return err == -EAGAIN ? 0 : err;
}

int skep_merge_look(struct skep_merge *merge)
{
	uint64_t now = skep_merge_now(merge);
	uint64_t oldest = UINT64_MAX;
	bool full = false;
	int err = 0;

	for (unsigned int i = 0; i < merge->lane_count && !err; i++) {
		struct skep_lane *lane = &merge->lanes[i];

		err = fill(merge, lane, now);
		if (lane->full) {
			full = true;
			oldest = lane->newest < oldest ? lane->newest : oldest;
		}
	}
	make_heap(merge);
	merge->due = now > merge->max_delay_ns ? now - merge->max_delay_ns : 0;
	if (merge->flushing)
		merge->due = UINT64_MAX;
	/* Of a full ring's records only those up to the newest that waits are known. */
	merge->bound = full ? oldest : merge->due;
	if (err)
		merge->bound = 0; /* not all rings were looked into */
	return err;
}

void skep_merge_release(struct skep_merge *merge)
{
	struct skep_lane *lane = &merge->lanes[merge->heap[0]];
	struct skep_ring *ring = lane->ring;

	lane->first = (lane->first + 1) & (lane->room - 1);
	lane->count--;
	hold(lane);
	if (!lane->count)
		merge->heap[0] = merge->heap[--merge->heap_count];
	sift_down(merge, 0);
	if ((lane->count ? ring->held : ring->at.last) - ring->published > (ring->at.mask + 1) / 8)
		skep_ring_publish(ring);
}

void skep_merge_put_back(struct skep_merge *merge)
{
	for (unsigned int i = 0; i < merge->lane_count; i++) {
		struct skep_lane *lane = &merge->lanes[i];
		struct skep_ring *ring = lane->ring;

		if (!ring)
			continue;
		if (lane->count) {
			ring->at.position = ring->at.last = ring->at.end = ring->held;
			ring->at.consumed -= lane->count;
		}
		ring->holds = ring->taken = false;
		free(lane->waiting);
	}
}
