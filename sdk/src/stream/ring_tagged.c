/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rings of several types of records: each has a tag before it, which says how long it must be. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/opts.h"
#include "ring.h"

static int refuse_type(const char *name, size_t bytes, const struct skep_ring_type *type)
{
	if (type->bytes < sizeof(struct skep_tag))
		return skep_fail_hint(
			skep_fail(EPROTOTYPE, "ring '%s' has records of one type", name),
			"declare it with SKEP_RINGBUF_TAGGED(), or open it with "
			"skep_ring_open()");
	return skep_fail_hint(
		skep_fail(EPROTOTYPE,
			  "ring '%s': the union of its records has %llu bytes in the "
			  "program, %zu here",
			  name, (unsigned long long)(type->bytes - sizeof(struct skep_tag)), bytes),
		"use the same union on both sides, from one shared header");
}

int skep_tagged_make(struct skep_ring *ring, size_t bytes)
{
	uint64_t least = sizeof(struct skep_tag);

	if (bytes < ring->at.spread - least)
		ring->at.spread = bytes;
	else
		ring->at.spread -= least;
	ring->at.least = least;
	ring->tagged = calloc(1, sizeof(*ring->tagged));
	return ring->tagged ? 0 : skep_fail(ENOMEM, "no memory for ring '%s'", ring->name);
}

int skep_tagged_opts(struct skep_ring_opts *own, const struct skep_ring_opts *opts)
{
	int err = SKEP_OPTS_CHECK(opts);

	if (err)
		return err;
	memset(own, 0, sizeof(*own));
	if (opts)
		memcpy(own, opts, opts->sz < sizeof(*own) ? opts->sz : sizeof(*own));
	own->sz = sizeof(*own);
	own->any_size = true;
	return 0;
}

int skep_tagged_make_of(struct skep_ring *ring, const struct skep_object *object, const char *name,
			size_t bytes)
{
	const struct skep_ring_counts *types = skep_ring_find_types(ring, object, name);
	struct skep_ring_type type;
	int err;

	if (skep_ring_type(object, name, &type)) {
		if (!types)
			type.bytes = 0;
		if (type.bytes != sizeof(struct skep_tag) + bytes)
			return refuse_type(name, bytes, &type);
	}
	err = skep_tagged_make(ring, bytes);
	if (!err)
		ring->tagged->types = types;
	return err;
}

int skep_tagged_open_raw(struct skep_ring **out, const struct skep_object *object, const char *name,
			 size_t bytes, const struct skep_ring_opts *opts)
{
	SKEP_AUTO(skep_ring) *ring = NULL;
	struct skep_ring_opts own;
	int err = skep_tagged_opts(&own, opts);

	if (!err)
		err = skep_ring_open_raw(&ring, object, name, 0, &own);
	if (err)
		return err;
	err = skep_tagged_make_of(ring, object, name, bytes);
	if (err)
		return err;
	*out = SKEP_TAKE(ring);
	return 0;
}

int skep_tagged_adopt_fd_raw(struct skep_ring **out, int fd, size_t bytes,
			     const struct skep_ring_opts *opts)
{
	SKEP_AUTO(skep_ring) *ring = NULL;
	struct skep_ring_opts own;
	int err = skep_tagged_opts(&own, opts);

	if (!err)
		err = skep_ring_adopt_fd_raw(&ring, fd, 0, &own);
	if (!err)
		err = skep_tagged_make(ring, bytes);
	if (err)
		return err;
	*out = SKEP_TAKE(ring);
	return 0;
}

int skep_tagged_check(const struct skep_ring *ring)
{
	if (!ring)
		return skep_ring_fail_none();
	if (ring->tagged)
		return 0;
	return skep_fail_hint(
		skep_fail(EINVAL, "ring '%s' was not opened for tagged records", ring->name),
		"open it with skep_tagged_open()");
}

/* Was counted as consumed when it was taken. */
static int refuse(struct skep_ring *ring, const struct skep_tagged_call *call)
{
	ring->at.consumed--;
	ring->bad++;
	if (!call->expected)
		return skep_fail_hint(
			skep_fail(EBADMSG, "ring '%s': no handler for tag %u", ring->name,
				  call->tag),
			"give SKEP_TAGGED() a SKEP_TAG_HANDLER() for each tag that the "
			"program writes");
	return skep_fail_hint(skep_fail(EBADMSG,
					"ring '%s': a record of %zu bytes with tag %u, expected "
					"%zu",
					ring->name, call->bytes, call->tag, call->expected),
			      "both sides need the same struct, from one shared header");
}

/*
 * Whether perf made a record's length of what was written: it ends on 8 bytes, behind 4 of its own,
 * and is cut to what the ring's longest record has (perf.c).
 */
static bool is_rounded(const struct skep_ring *ring, const struct skep_tagged_call *call)
{
	size_t head = sizeof(struct skep_tag);
	size_t bytes = ((head + call->expected + 4 + 7) & ~(size_t)7) - 4 - head;

	if (!ring->perf || call->taken || !call->expected)
		return false;
	if (bytes > ring->at.spread && call->expected <= ring->at.spread)
		bytes = ring->at.spread;
	return call->bytes == bytes;
}

int skep_tagged_deliver(struct skep_ring *ring, const struct skep_tagged *tagged,
			const void *record, size_t bytes, void *ctx)
{
	struct skep_tagged_call call = { .bytes = bytes - sizeof(struct skep_tag), .ctx = ctx };
	struct skep_tag tag;
	int ret;

	memcpy(&tag, record, sizeof(tag)); /* once: what was looked at is what is passed on */
	call.tag = tag.tag;
	call.record = (const char *)record + sizeof(tag);
	if (tag.zero || tag.tag >= SKEP_TAGS_MOST)
		return refuse(ring, &call);
	ring->tagged->consumed[tag.tag]++;
	ret = tagged->call(&call);
	if (is_rounded(ring, &call)) {
		call.bytes = call.expected;
		ret = tagged->call(&call);
	}
	if (call.taken)
		return ret;
	ring->tagged->consumed[tag.tag]--;
	return refuse(ring, &call);
}

int skep_tagged_next_raw(struct skep_ring *ring, const struct skep_tagged *tagged, void *ctx,
			 int timeout_ms)
{
	const void *record;
	size_t bytes;
	int err = skep_tagged_check(ring);

	if (!err)
		err = skep_ring_next_raw(ring, &record, &bytes, timeout_ms);
	return err ? err : skep_tagged_deliver(ring, tagged, record, bytes, ctx);
}

int skep_ring_type_stats_raw(const struct skep_ring *ring, uint32_t tag,
			     struct skep_ring_type_stats *stats, size_t sz)
{
	struct skep_ring_type_stats now = { 0 };
	int err = skep_tagged_check(ring);

	if (err)
		return err;
	if (tag >= SKEP_TAGS_MOST)
		return skep_fail(EINVAL, "ring '%s': tags are below %d, and this is %u", ring->name,
				 SKEP_TAGS_MOST, tag);
	now.consumed = ring->tagged->consumed[tag];
	if (ring->tagged->types) {
		const struct skep_ring_counts *counts = &ring->tagged->types[tag];

		now.counted = true;
		now.dropped = __atomic_load_n(&counts->dropped, __ATOMIC_RELAXED);
		now.discarded = __atomic_load_n(&counts->discarded, __ATOMIC_RELAXED);
	}
	if (sz > sizeof(now)) {
		memset((char *)stats + sizeof(now), 0, sz - sizeof(now));
		sz = sizeof(now);
	}
	memcpy(stats, &now, sz);
	return 0;
}
