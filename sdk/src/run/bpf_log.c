/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Messages of BPF programs in a loop: their ring, and a timer that has what was lost told. */
#include <errno.h>
#include <string.h>

#include <skep/bpf_log.h>
#include <skep/gen.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"
#include "stream/bpf_log.h"

static int on_record(const void *record, size_t bytes, void *log)
{
	skep_bpf_log_take(log, record, bytes);
	return 0;
}

static struct skep_source *find(const struct skep_loop *loop, uint64_t id)
{
	struct skep_source *source = loop->sources;

	while (source && (source->id != id || source->removed))
		source = source->next;
	return source;
}

/* The reader may be gone: it is asked for by the number of its ring, which goes with it. */
static int on_second(uint64_t expirations, void *timer)
{
	const struct skep_source *source = timer;
	const struct skep_source *ring = find(source->loop, source->id + 1);

	(void)expirations;
	if (ring)
		skep_bpf_log_tell(ring->ctx);
	else
		(void)!skep_loop_remove(source->loop, source->id);
	return 0;
}

int skep_loop_add_bpf_log(struct skep_loop *loop, struct skep_bpf_log *log)
{
	struct skep_source *timer;
	int err = skep_loop_check(loop, true);

	if (err)
		return err;
	if (!log)
		return skep_fail(EBADF, "there is no reader of messages: open it first");
	err = skep_loop_add_timer(loop, SKEP_SECOND, on_second, NULL);
	if (err)
		return err;
	/* A timer has its own source as its context; the ring has the number after its. */
	timer = find(loop, skep_loop_added(loop));
	timer->ctx = timer;
	err = skep_loop_add_ring(loop, skep_bpf_log_ring(log), on_record, log);
	if (err)
		skep_source_remove(timer);
	return err;
}

int skep_gen_log(const struct skep_object *object, struct skep_loop *loop,
		 const struct skep_bpf_log_opts *opts)
{
	SKEP_AUTO(skep_bpf_log) *log = NULL;
	int err = skep_loop_check(loop, true);

	if (!err)
		err = skep_bpf_log_open(&log, object, opts);
	if (!err)
		err = skep_loop_add_bpf_log(loop, log);
	if (!err)
		find(loop, skep_loop_added(loop))->log = SKEP_TAKE(log);
	return err;
}
