/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * When to look into a ring, and what that costs the traced program.
 *
 * The kernel wakes a reader when a record is committed that lies exactly at the consumer's
 * position: then everything before it was read, and somebody may be asleep. A wake-up costs the
 * program that writes 5 us and more. So while records flow, the reader publishes only up to the
 * last record it took: its position is then never that of a new one, nobody is woken, and the
 * reader looks by itself, after a nap.
 *
 * Before it sleeps it publishes all, makes that visible (a full fence), and looks once more. The
 * kernel's commit makes its record visible by an exchange, which is a full fence too, and reads
 * the position then. So one of them sees the other: a record that comes is found, or wakes.
 * tests/model/ring.pml is this for spin.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <linux/bpf.h>

#include "base/fail.h"
#include "base/opts.h"
#include "perf.h"
#include "ring.h"

#define BALANCED_NS   100000
#define THROUGHPUT_NS 1000000
#define LONGEST_NS    SKEP_REST_IDLE /* that records wait for others to come */
#define LOOKS_EMPTY   2              /* before it sleeps */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t size_of(const struct skep_ring *ring)
{
	return ring->at.mask + 1;
}

int skep_ring_pace_set(struct skep_ring *ring, const struct skep_ring_opts *opts)
{
	struct skep_ring_pace *pace = &ring->pace;
	enum skep_wakeup wakeup = SKEP_OPT(opts, wakeup);

	if ((unsigned int)wakeup > SKEP_WAKEUP_EVERY)
		return skep_fail(EINVAL, "ring '%s': %d is not an enum skep_wakeup", ring->name,
				 wakeup);
	pace->spin = wakeup == SKEP_WAKEUP_LATENCY;
	pace->every = wakeup == SKEP_WAKEUP_EVERY;
	pace->nap_ns = SKEP_OPT(opts, wakeup_ns);
	if (!pace->nap_ns)
		pace->nap_ns = wakeup == SKEP_WAKEUP_THROUGHPUT ? THROUGHPUT_NS : BALANCED_NS;
	/* More than half of the ring could never come together while the last record is held. */
	pace->bytes = SKEP_OPT(opts, wakeup_bytes);
	if (pace->bytes > size_of(ring) / 2)
		pace->bytes = size_of(ring) / 2;
	pace->position = ring->at.position;
	ring->looked_ns = now_ns();
	return 0;
}

/*
 * Up to the last record taken, or all of them: where the last is large against the ring, holding
 * it back would leave too little room.
 */
static uint64_t publishable(const struct skep_ring *ring)
{
	const struct skep_ring_cursor *at = &ring->at;

	if (ring->pace.every || at->position - at->last > size_of(ring) / 8)
		return at->position;
	return at->last;
}

/* Only ever forward: after a sleep all is published, also the record that would be held back. */
static void publish_up_to(struct skep_ring *ring, uint64_t position)
{
	if (ring->holds && (int64_t)(position - ring->held) > 0)
		position = ring->held;
	if ((int64_t)(position - ring->published) <= 0)
		return;
	__atomic_store_n(ring->consumer, position, __ATOMIC_RELEASE);
	ring->published = position;
}

/*
 * A position that cannot be, which somebody else wrote to the kernel's page: the kernel takes such
 * a ring for full, and would drop all that comes. Ours is put back, and the ring goes on.
 */
static void mend_consumer(struct skep_ring *ring)
{
	uint64_t size = size_of(ring);

	if (ring->end - __atomic_load_n(ring->consumer, __ATOMIC_RELAXED) <= size)
		return;
	if (ring->end - ring->published > size) { /* it was so when the reader was opened */
		if (ring->holds || ring->end - ring->at.last > size)
			return;
		ring->published = ring->at.last;
	}
	__atomic_store_n(ring->consumer, ring->published, __ATOMIC_RELEASE);
}

static void look_at_producer(struct skep_ring *ring)
{
	struct skep_ring_cursor *at = &ring->at;
	uint64_t lag = size_of(ring) / 8, pending;

	if (ring->perf)
		skep_perf_pump(ring);
	ring->end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	mend_consumer(ring);
	pending = ring->end - at->position;
	if (pending > size_of(ring)) { /* cannot be: the reader refuses it */
		at->end = at->position;
		return;
	}
	if (pending > ring->most_pending)
		ring->most_pending = pending;
	at->end = pending > lag ? at->position + lag : ring->end;
}

void skep_ring_publish(struct skep_ring *ring)
{
	publish_up_to(ring, publishable(ring));
	look_at_producer(ring);
}

/* Whether a record lies ready, or the ring is broken: both are to be looked at. */
static bool is_ready(const struct skep_ring *ring)
{
	const struct skep_ring_cursor *at = &ring->at;
	const unsigned char *header = at->data + (at->position & at->mask);

	if (ring->end == at->position)
		return false;
	if (at->end == at->position)
		return true;
	return !(__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE) &
		 BPF_RINGBUF_BUSY_BIT);
}

/* From here on the kernel wakes for the next record; false when it is there already. */
static bool fall_asleep(struct skep_ring *ring)
{
	publish_up_to(ring, ring->at.position);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	look_at_producer(ring);
	if (is_ready(ring))
		return false;
	ring->pace.asleep = true;
	return true;
}

/* Records are there, but fewer than were asked for: how long to put the look off. */
static uint64_t put_off(struct skep_ring *ring)
{
	struct skep_ring_pace *pace = &ring->pace;
	uint64_t now = now_ns(), over;

	if (!pace->first_ns)
		pace->first_ns = now;
	over = now - pace->first_ns;
	return over >= LONGEST_NS                 ? 0
	       : pace->nap_ns > LONGEST_NS - over ? LONGEST_NS - over
						  : pace->nap_ns;
}

bool skep_ring_is_early(struct skep_ring *ring, uint64_t *rest_ns)
{
	struct skep_ring_pace *pace = &ring->pace;
	uint64_t pending;

	if (!pace->bytes)
		return false;
	pending = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->at.position;
	if (pending && pending < pace->bytes) {
		*rest_ns = put_off(ring);
		if (*rest_ns)
			return true;
	}
	pace->first_ns = 0;
	return false;
}

static uint64_t decide(struct skep_ring *ring, uint64_t flowed)
{
	struct skep_ring_pace *pace = &ring->pace;

	if (pace->asleep && !flowed)
		return SKEP_REST_IDLE;
	pace->asleep = false;
	if (pace->spin)
		return 0;
	if (pace->every)
		return fall_asleep(ring) ? SKEP_REST_IDLE : 0;
	if (flowed) {
		pace->empty = 0;
		/* More than that, and the ring could be full before the nap is over. */
		return flowed > size_of(ring) / 8 ? 0 : pace->nap_ns;
	}
	if (++pace->empty < LOOKS_EMPTY)
		return pace->nap_ns;
	pace->empty = 0;
	return fall_asleep(ring) ? SKEP_REST_IDLE : 0;
}

uint64_t skep_ring_rest(struct skep_ring *ring)
{
	struct skep_ring_pace *pace = &ring->pace;
	/* Before anything is decided: a wake-up that comes later must not be taken for an old one. */
	bool woken = skep_ring_take_event(ring);
	uint64_t flowed = ring->at.position - pace->position, now = now_ns(), ns;

	/* In a loop of somebody else's the event is gone where all was read and published since. */
	if (!woken && ring->timer_fd >= 0 && pace->asleep && flowed)
		pace->wakeups += now - ring->looked_ns < SKEP_REST_IDLE;
	ns = decide(ring, flowed);
	pace->position = ring->at.position;
	ring->looked_ns = now;
	skep_ring_tell_loss(ring);
	if (woken)
		ns = 0;
	if (ns && ns != SKEP_REST_IDLE)
		pace->naps++;
	skep_ring_arm(ring, ns);
	return ns;
}

/*
 * Somebody who asks without waiting will ask again, as fast as they like: the kernel need not
 * wake anybody. Unless they wait for the file descriptor.
 */
void skep_ring_leave(struct skep_ring *ring)
{
	if (ring->timer_fd >= 0)
		skep_ring_rest(ring);
	else
		skep_ring_tell_loss(ring);
}
