/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Several types of records in many rings. What the program counts is known to the first of them. */
#include <string.h>

#include "base/fail.h"
#include "base/opts.h"
#include "rings.h"

int skep_tagged_rings_open_raw(struct skep_rings **out, const struct skep_object *object,
			       const char *name, size_t bytes, const struct skep_ring_opts *opts)
{
	SKEP_AUTO(skep_rings) *rings = NULL;
	struct skep_ring_opts own;
	int err = skep_tagged_opts(&own, opts);

	if (!err)
		err = skep_rings_open_raw(&rings, object, name, 0, &own);
	if (!err)
		err = skep_tagged_make_of(rings->all[0], object, name, bytes);
	for (unsigned int i = 1; !err && i < rings->count; i++)
		err = skep_tagged_make(rings->all[i], bytes);
	if (!err)
		*out = SKEP_TAKE(rings);
	return err;
}

int skep_tagged_rings_next_raw(struct skep_rings *rings, const struct skep_tagged *tagged,
			       void *ctx, int timeout_ms)
{
	const void *record;
	size_t bytes;
	int err = skep_tagged_check(skep_rings_ring(rings, 0));

	if (!err)
		err = skep_rings_next_raw(rings, &record, &bytes, timeout_ms);
	if (!err) /* those of skep_rings_of() may be of different kinds */
		err = skep_tagged_check(rings->all[rings->at]);
	return err ? err : skep_tagged_deliver(rings->all[rings->at], tagged, record, bytes, ctx);
}

int skep_tagged_pass_raw(struct skep_ring *ring, const struct skep_tagged *tagged,
			 const void *record, size_t bytes, void *ctx)
{
	int err = skep_tagged_check(ring);

	if (err)
		return err;
	if (bytes < sizeof(struct skep_tag))
		return skep_fail(EBADMSG, "ring '%s': a record of %zu bytes has no tag", ring->name,
				 bytes);
	return skep_tagged_deliver(ring, tagged, record, bytes, ctx);
}

int skep_rings_type_stats_raw(const struct skep_rings *rings, uint32_t tag,
			      struct skep_ring_type_stats *stats, size_t sz)
{
	struct skep_ring_type_stats all = { 0 };
	int err = rings ? 0 : skep_ring_fail_none();

	if (err)
		return err;
	for (unsigned int i = 0; i < rings->count && !err; i++) {
		struct skep_ring_type_stats one;

		err = skep_ring_type_stats(rings->all[i], tag, &one);
		if (err)
			return err;
		all.consumed += one.consumed;
		all.dropped += one.dropped;
		all.discarded += one.discarded;
		all.counted |= one.counted;
	}
	if (sz > sizeof(all)) {
		memset((char *)stats + sizeof(all), 0, sz - sizeof(all));
		sz = sizeof(all);
	}
	memcpy(stats, &all, sz);
	return 0;
}
