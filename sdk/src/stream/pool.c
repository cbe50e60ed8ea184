/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A pool of threads, each of which has some of the rings for itself. They share how to go on, and
 * the first failure; all else is a thread's own.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "base/fail.h"
#include "rings.h"

#define RECORDS_AT_ONCE 4096 /* of one ring, before others have their turn */

enum pool_state {
	RUN,
	STOP, /* when what is there is delivered */
	QUIT, /* now */
};

struct worker {
	struct skep_pool *pool;
	struct skep_rings *rings; /* its own ones */
	unsigned int index;
	pthread_t thread;
	bool runs;
};

struct skep_pool {
	struct skep_rings *rings;
	skep_record_fn fn;
	void *ctx;
	atomic_int state;
	pthread_mutex_t lock;
	int err; /* the first failure */
	struct skep_error *words;
	unsigned int count;
	struct worker *workers;
};

static __thread const struct worker *current;
static const bool never;

static void end_all(struct skep_pool *pool, enum pool_state state)
{
	int before = RUN;

	/* Who is to end at once is not told to take its time. */
	if (state == QUIT)
		atomic_store(&pool->state, QUIT);
	else
		atomic_compare_exchange_strong(&pool->state, &before, state);
	for (unsigned int i = 0; i < pool->count; i++)
		skep_rings_stop(pool->workers[i].rings);
}

static void keep_first_failure(struct skep_pool *pool, int err)
{
	pthread_mutex_lock(&pool->lock);
	if (!pool->err) {
		pool->err = err;
		if (skep_error_copy(&pool->words))
			pool->words = NULL; /* the code must do */
	}
	pthread_mutex_unlock(&pool->lock);
}

/* What a callback returned, or why the ring gave no record; 0 to go on. */
static int judge(const struct skep_ring *ring, int ret, uint64_t bad, uint64_t errors)
{
	if (!ret || ret > 0)
		return ret;
	if (ring->bad != bad)
		return ring->loss.fn ? 0 : ret;
	if (skep_error_count() != errors && skep_error_last()->code == -ret)
		return ret;
	return skep_fail(ret, "handler '%s' returned %d", ring->name, ret);
}

/* `*rest_ns`: how long to leave it alone now. */
static int look_into(struct skep_pool *pool, struct skep_ring *ring, uint64_t *rest_ns)
{
	struct skep_ring_go go = { .most = RECORDS_AT_ONCE, .until = UINT64_MAX, .stop = &never };
	uint64_t bad = ring->bad;
	int ret;

	if (skep_ring_is_early(ring, rest_ns))
		return 0;
	ret = skep_ring_deliver(ring, pool->fn, pool->ctx, &go);
	*rest_ns = go.count < go.most && ring->bad == bad ? skep_ring_rest(ring) : 0;
	return judge(ring, ret, bad, go.errors);
}

static int look(struct worker *worker, uint64_t *rest_ns)
{
	int ret = 0;

	*rest_ns = SKEP_REST_IDLE;
	for (unsigned int i = 0; i < worker->rings->count && !ret; i++) {
		uint64_t ns = SKEP_REST_IDLE;

		ret = look_into(worker->pool, worker->rings->all[i], &ns);
		if (ns < *rest_ns)
			*rest_ns = ns;
	}
	return ret;
}

/* What is there now, and nothing that comes while that is delivered. */
static int drain(struct worker *worker)
{
	int ret = 0;

	for (unsigned int i = 0; i < worker->rings->count && !ret; i++) {
		struct skep_ring *ring = worker->rings->all[i];
		struct skep_ring_go go = { .most = UINT_MAX, .stop = &never };
		uint64_t bad;

		skep_ring_publish(ring); /* perf buffers are emptied into it by this */
		go.until = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
		do {
			bad = ring->bad;
			ret = skep_ring_deliver(ring, worker->pool->fn, worker->pool->ctx, &go);
			ret = judge(ring, ret, bad, go.errors);
		} while (!ret && ring->bad != bad);
		skep_ring_publish(ring);
		skep_ring_tell_loss(ring);
	}
	return ret;
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct skep_pool *pool = worker->pool;
	int ret = 0;

	current = worker;
	while (!ret && atomic_load(&pool->state) == RUN) {
		uint64_t rest_ns;

		ret = look(worker, &rest_ns);
		if (!ret)
			ret = skep_rings_sleep(worker->rings, rest_ns);
		if (ret == -EINTR)
			ret = 0;
	}
	if (!ret && atomic_load(&pool->state) == STOP)
		ret = drain(worker);
	if (ret < 0)
		keep_first_failure(pool, ret);
	if (ret)
		end_all(pool, QUIT);
	current = NULL;
	return NULL;
}

/* Signals are for the threads that know of them. */
static int start_thread(struct worker *worker)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return skep_fail_hint(skep_fail(err, "cannot start thread %u of %u: %s",
						worker->index + 1, worker->pool->count,
						strerror(err)),
				      "raise ulimit -u, or ask for fewer threads");
	worker->runs = true;
	return 0;
}

/* Every so-and-so-many'th ring is a thread's. */
static int make_workers(struct skep_pool *pool, unsigned int threads)
{
	unsigned int rings = pool->rings->count;

	pool->workers = calloc(threads, sizeof(*pool->workers));
	if (!pool->workers)
		return skep_fail(ENOMEM, "no memory for %u threads", threads);
	while (pool->count < threads) {
		struct worker *worker = &pool->workers[pool->count];
		int err = skep_rings_make(&worker->rings, rings / threads + 1, false);

		if (err)
			return err;
		worker->pool = pool;
		worker->index = pool->count++;
		for (unsigned int i = worker->index; i < rings; i += threads)
			worker->rings->all[worker->rings->count++] = pool->rings->all[i];
		err = skep_rings_prepare(worker->rings);
		if (err)
			return err;
	}
	return 0;
}

static int take_rings(struct skep_pool *pool, struct skep_rings *rings)
{
	for (unsigned int i = 0; i < rings->count; i++)
		if (rings->all[i]->taken)
			return skep_rings_fail_taken(rings->all[i]);
	for (unsigned int i = 0; i < rings->count; i++)
		rings->all[i]->taken = true;
	pool->rings = rings;
	return 0;
}

static unsigned int how_many(const struct skep_rings *rings, unsigned int threads)
{
	int cpus = libbpf_num_possible_cpus();

	if (!threads)
		threads = cpus > 0 ? (unsigned int)cpus : 1;
	return threads < rings->count ? threads : rings->count;
}

int skep_pool_start(struct skep_pool **out, struct skep_rings *rings, unsigned int threads,
		    skep_record_fn fn, void *ctx)
{
	SKEP_AUTO(skep_pool) *pool = NULL;
	int err;

	if (!rings)
		return skep_ring_fail_none();
	if (!fn)
		return skep_fail(EINVAL, "a pool needs a callback for records");
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return skep_fail(ENOMEM, "no memory for a pool of threads");
	pool->fn = fn;
	pool->ctx = ctx;
	pthread_mutex_init(&pool->lock, NULL);
	err = take_rings(pool, rings);
	if (!err)
		err = make_workers(pool, how_many(rings, threads));
	for (unsigned int i = 0; i < pool->count && !err; i++)
		err = start_thread(&pool->workers[i]);
	if (err)
		return err;
	*out = SKEP_TAKE(pool);
	return 0;
}

void skep_pool_stop(struct skep_pool *pool)
{
	if (pool)
		end_all(pool, STOP);
}

static void wait_for_all(struct skep_pool *pool)
{
	for (unsigned int i = 0; i < pool->count; i++) {
		if (pool->workers[i].runs)
			pthread_join(pool->workers[i].thread, NULL);
		pool->workers[i].runs = false;
	}
	for (unsigned int i = 0; pool->rings && i < pool->rings->count; i++)
		pool->rings->all[i]->taken = false;
	pool->rings = NULL;
}

int skep_pool_join(struct skep_pool *pool)
{
	const struct skep_error *words;

	if (!pool)
		return skep_fail_hint(skep_fail(EBADF, "there is no pool"),
				      "make it with skep_pool_start(), and look at its result");
	if (current && current->pool == pool)
		return skep_fail_hint(skep_fail(EDEADLK, "a thread of a pool cannot wait for it"),
				      "call skep_pool_stop() there, and join in another thread");
	wait_for_all(pool);
	if (!pool->err)
		return 0;
	words = pool->words;
	if (!words)
		return skep_fail(pool->err, "a thread of the pool failed: %s",
				 strerror(-pool->err));
	skep_fail(pool->err, "%s", words->message);
	return words->hint ? skep_fail_hint(pool->err, "%s", words->hint) : pool->err;
}

void skep_pool_free(struct skep_pool *pool)
{
	SKEP_KEEP_ERROR;

	if (!pool)
		return;
	end_all(pool, STOP);
	wait_for_all(pool);
	for (unsigned int i = 0; i < pool->count; i++)
		skep_rings_free(pool->workers[i].rings);
	pthread_mutex_destroy(&pool->lock);
	skep_error_free(pool->words);
	free(pool->workers);
	free(pool);
}

unsigned int skep_pool_threads(const struct skep_pool *pool)
{
	return pool ? pool->count : 0;
}

unsigned int skep_pool_thread(void)
{
	return current ? current->index : 0;
}
