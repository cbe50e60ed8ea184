/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rings in a loop: each has its turn after every wait. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"
#include "stream/ring.h"
#include "stream/rings.h"

#define RECORDS_AT_ONCE 4096 /* of one ring, before others have their turn */

/* Calls back for what is there; a callback that takes its own ring out gets no more. */
static int deliver(struct skep_source *source, struct skep_ring_go *go)
{
	struct skep_loop *loop = source->loop;
	struct skep_source *before = loop->running;
	int ret;

	go->stop = &source->removed;
	loop->running = source;
	ret = skep_ring_deliver(source->ring, source->fn.record, source->ctx, go);
	loop->running = before;
	return ret;
}

/* A record of the wrong size ends the loop, unless somebody listens to what is lost. */
static int judge(const struct skep_source *source, int ret, uint64_t bad, uint64_t errors)
{
	if (source->ring->bad == bad)
		return skep_handler_outcome(source->name, ret, errors);
	return source->ring->loss.fn ? 0 : ret;
}

/* `*rest_ns`: how long to leave it alone now. */
static int look_into(struct skep_source *source, uint64_t *count, uint64_t *rest_ns)
{
	struct skep_ring_go go = { .most = RECORDS_AT_ONCE, .until = UINT64_MAX };
	struct skep_ring *ring = source->ring;
	uint64_t bad = ring->bad;
	int ret;

	if (skep_ring_is_early(ring, rest_ns))
		return 0;
	ret = deliver(source, &go);
	*count += go.count;
	*rest_ns = UINT64_MAX;
	if (source->removed) /* the ring may be gone */
		return skep_handler_outcome(source->name, ret, go.errors);
	*rest_ns = go.count < go.most && ring->bad == bad ? skep_ring_rest(ring) : 0;
	return ret ? judge(source, ret, bad, go.errors) : 0;
}

int skep_loop_look(struct skep_loop *loop, uint64_t *count)
{
	uint64_t soonest = UINT64_MAX;
	int ret = 0;

	/* What is added while this walks stands at the head, and wants to be looked into soon. */
	loop->rest_ns = UINT64_MAX;
	for (struct skep_source *s = loop->sources; s && !ret; s = s->next) {
		uint64_t rest_ns;

		if (!s->ring || s->removed)
			continue;
		ret = look_into(s, count, &rest_ns);
		if (rest_ns < soonest)
			soonest = rest_ns;
	}
	if (soonest < loop->rest_ns)
		loop->rest_ns = soonest;
	if (ret)
		loop->rest_ns = 0; /* the others have not had their turn */
	return ret;
}

/* What is there now, and nothing that comes while that is delivered. */
static int drain_ring(struct skep_source *source)
{
	struct skep_ring *ring = source->ring;
	struct skep_ring_go go = { .most = UINT_MAX };
	uint64_t bad;
	int ret;

	skep_ring_publish(ring); /* perf buffers are emptied into it by this */
	go.until = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	do {
		bad = ring->bad;
		ret = deliver(source, &go);
		if (source->removed) /* the ring may be gone */
			return skep_handler_outcome(source->name, ret, go.errors);
		ret = ret ? judge(source, ret, bad, go.errors) : 0;
	} while (!ret && ring->bad != bad);
	skep_ring_publish(ring);
	skep_ring_tell_loss(ring);
	return ret;
}

int skep_loop_drain(struct skep_loop *loop)
{
	int ret = 0;

	if (!loop)
		return skep_loop_fail_none();
	skep_loop_enter(loop);
	for (struct skep_source *s = loop->sources; s && !ret; s = s->next)
		if (s->ring && !s->removed)
			ret = drain_ring(s);
	skep_loop_leave(loop);
	return ret < 0 ? ret : 0;
}

static struct skep_source *new_ring_source(struct skep_ring *ring, skep_record_fn fn, void *ctx)
{
	struct skep_source *source = skep_source_new(ctx);

	if (!source)
		return NULL;
	source->ring = ring;
	source->fd = ring->fd;
	source->fn.record = fn;
	snprintf(source->name, sizeof(source->name), "%s", skep_ring_name(ring));
	return source;
}

/* Edge-triggered: as long as its last record is not published, a ring counts as readable. */
static int add_ring(struct skep_loop *loop, struct skep_source *source)
{
	loop->rest_ns = 0; /* there may be records already */
	return skep_loop_add(loop, source, EPOLLIN | EPOLLET);
}

static int check(const struct skep_loop *loop, const struct skep_ring *ring, bool has_fn)
{
	int err = skep_loop_check(loop, has_fn);

	if (!err && !ring)
		err = skep_ring_fail_none();
	return !err && ring->taken ? skep_rings_fail_taken(ring) : err;
}

int skep_loop_add_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn, void *ctx)
{
	struct skep_source *source;
	int err = check(loop, ring, fn);

	if (err)
		return err;
	source = new_ring_source(ring, fn, ctx);
	return source ? add_ring(loop, source) : -ENOMEM;
}

/* A source whose callback has a copy of `closure` as its ctx. */
static int new_closure_source(struct skep_source **out, struct skep_ring *ring, skep_record_fn fn,
			      const void *closure, size_t bytes)
{
	AUTO_FREE void *copy = malloc(bytes);
	struct skep_source *source;

	if (!copy)
		return skep_fail(ENOMEM, "no memory for a handler");
	memcpy(copy, closure, bytes);
	source = new_ring_source(ring, fn, copy);
	if (!source)
		return -ENOMEM;
	source->closure = SKEP_TAKE(copy);
	*out = source;
	return 0;
}

int skep_loop_own_ring(struct skep_loop *loop, struct skep_ring *ring, skep_record_fn fn,
		       const void *closure, size_t bytes)
{
	struct skep_source *source = NULL;
	int err = skep_loop_check(loop, fn);

	if (!err)
		err = new_closure_source(&source, ring, fn, closure, bytes);
	if (!err)
		err = add_ring(loop, source);
	if (!err)
		source->owns_ring = true;
	return err;
}

struct tagged_closure {
	struct skep_ring *ring;
	const struct skep_tagged *tagged;
	void *ctx;
};

static int call_tagged(const void *record, size_t bytes, void *closure)
{
	const struct tagged_closure *c = closure;

	return skep_tagged_deliver(c->ring, c->tagged, record, bytes, c->ctx);
}

int skep_loop_add_tagged_raw(struct skep_loop *loop, struct skep_ring *ring,
			     const struct skep_tagged *tagged, void *ctx)
{
	const struct tagged_closure closure = { ring, tagged, ctx };
	struct skep_source *source = NULL;
	int err = check(loop, ring, tagged);

	if (!err)
		err = skep_tagged_check(ring);
	if (!err)
		err = new_closure_source(&source, ring, call_tagged, &closure, sizeof(closure));
	return err ? err : add_ring(loop, source);
}

struct skep_ring *skep_loop_ring(const struct skep_loop *loop, const char *name)
{
	for (const struct skep_source *s = loop ? loop->sources : NULL; s; s = s->next)
		if (s->ring && !s->removed && !strcmp(skep_ring_name(s->ring), name))
			return s->ring;
	return NULL;
}

unsigned int skep_loop_ring_stats_raw(const struct skep_loop *loop, struct skep_ring_stats *stats,
				      size_t sz)
{
	struct skep_ring_stats all = { 0 };
	unsigned int count = 0;

	for (const struct skep_source *s = loop ? loop->sources : NULL; s; s = s->next)
		if (s->ring && !s->removed && strcmp(skep_ring_name(s->ring), "skep_log")) {
			skep_ring_stats_add(&all, s->ring);
			count++;
		}
	skep_ring_stats_give(&all, stats, sz);
	return count;
}
