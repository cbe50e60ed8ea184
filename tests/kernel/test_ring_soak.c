// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Producers that write at random moments, around the time after which the reader goes to sleep, and
 * a reader that goes to sleep as often as it can. A wake-up that is lost shows: the sleep then
 * lasts until its bound, with a record there that is as old as the sleep.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <time.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "app.h"
#include "soak.skep.h"
#include "stream/ring.h"

#define PRODUCERS 3
#define NAP_NS    20000

struct soak_test {
	struct soak *app;
	soak_events_ring events;
	atomic_bool done;
	atomic_ulong failures;
	uint64_t wanted;   /* sleeps */
	uint64_t sleep_ns; /* the bound of a sleep */
	uint64_t records, sleeps, woken, timeouts, lost;
	pthread_t threads[PRODUCERS];
};

static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void *produce(void *arg)
{
	struct soak_test *t = arg;
	uint32_t state = (uint32_t)(uintptr_t)&state | 1;
	int fd = skep_program_fd(soak_program_emit(t->app));

	prctl(PR_SET_TIMERSLACK, 1000);
	while (!atomic_load(&t->done)) {
		uint64_t args[2] = { 1 + random_next(&state) % 3 };
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
		struct timespec gap = { .tv_nsec = random_next(&state) % (NAP_NS * 40) };

		nanosleep(&gap, NULL);
		if (bpf_prog_test_run_opts(fd, &opts))
			atomic_fetch_add(&t->failures, 1);
	}
	return NULL;
}

/* Whether a finished record lies at the reader's position since before the middle of the sleep. */
static bool lies_long(const struct soak_test *t)
{
	const struct skep_ring *ring = t->events.ring;
	const unsigned char *header = ring->at.data + (ring->at.position & ring->at.mask);
	uint64_t at_ns;

	if (__atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) == ring->at.position ||
	    __atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_ACQUIRE) &
		    (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))
		return false;
	memcpy(&at_ns, header + SKEP_RING_HEADER, sizeof(at_ns));
	return skep_now_ns() > at_ns + t->sleep_ns / 2;
}

static void sleep_once(struct soak_test *t)
{
	struct skep_ring *ring = t->events.ring;
	uint64_t wakeups = ring->pace.wakeups, began = skep_now_ns();

	t->sleeps++;
	assert_ok(skep_ring_wait(ring, t->sleep_ns));
	if (ring->pace.wakeups != wakeups) {
		t->woken++;
	} else if (skep_now_ns() - began >= t->sleep_ns) {
		t->timeouts++;
		t->lost += lies_long(t);
	}
}

static void read_until_slept(struct soak_test *t)
{
	struct skep_ring *ring = t->events.ring;
	const void *record;

	while (t->sleeps < t->wanted && !t->lost && !atomic_load(&t->failures)) {
		uint64_t ns;
		int err;

		while (!(err = skep_ring_take(ring, &record, NULL)))
			t->records++;
		assert_int_equal(err, -EAGAIN);
		ns = skep_ring_rest(ring);
		if (ns == SKEP_REST_IDLE)
			sleep_once(t);
		else
			assert_ok(skep_ring_wait(ring, ns));
	}
}

static void check(struct soak_test *t)
{
	struct skep_ring_stats stats;
	const void *record;

	while (!skep_ring_take(t->events.ring, &record, NULL))
		t->records++;
	skep_ring_stats(t->events.ring, &stats);
	printf("# %llu sleeps, %llu ended by the kernel, %llu by time, %llu records, %llu dropped\n",
	       (unsigned long long)t->sleeps, (unsigned long long)t->woken,
	       (unsigned long long)t->timeouts, (unsigned long long)t->records,
	       (unsigned long long)stats.dropped);
	assert_int_equal(atomic_load(&t->failures), 0);
	assert_int_equal(t->lost, 0);
	assert_int_equal(t->records, soak_bss(t->app)->written);
	assert_int_equal(t->records, stats.consumed);
	/* Or it would have shown nothing. */
	assert_true(t->woken > t->sleeps / 2);
}

TEST(no_wakeup_is_lost_however_often_the_reader_sleeps)
{
	struct soak_test t = { .sleep_ns = (uint64_t)test_scaled_ms(100) * SKEP_MILLISECOND };

	require_root();
	prctl(PR_SET_TIMERSLACK, 1000); /* or each nap would be 50 us longer */
	/* Emulated processors are some 30 times slower. */
	t.wanted = test_is_full() ? 1000000 : 20000;
	t.wanted /= test_scaled_ms(1000) > 1000 ? 20 : 1;
	assert_ok(soak_open(&t.app, NULL));
	assert_ok(soak_load(t.app));
	assert_ok(
		soak_open_events(t.app, &t.events, SKEP_OPTS(skep_ring_opts, .wakeup_ns = NAP_NS)));
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&t.threads[i], NULL, produce, &t), 0);
	read_until_slept(&t);
	atomic_store(&t.done, true);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(t.threads[i], NULL);
	check(&t);
	skep_ring_free(t.events.ring);
	soak_free(t.app);
}
