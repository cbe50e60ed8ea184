/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Many rings in a loop: each is a source of its own, and has its turn. */
#include <skep/loop.h>
#include <skep/rings.h>

#include "loop.h"
#include "stream/rings.h"

int skep_loop_add_rings(struct skep_loop *loop, const struct skep_rings *rings, skep_record_fn fn,
			void *ctx)
{
	int err = rings ? 0 : skep_ring_fail_none();

	for (unsigned int i = 0; !err && i < rings->count; i++)
		err = skep_loop_add_ring(loop, rings->all[i], fn, ctx);
	return err;
}

int skep_loop_own_rings(struct skep_loop *loop, struct skep_rings *rings, skep_record_fn fn,
			const void *closure, size_t bytes)
{
	int err = 0;

	/* From the last: the loop has the newest source first. What it owns, it frees. */
	while (rings->count && !err) {
		err = skep_loop_own_ring(loop, rings->all[rings->count - 1], fn, closure, bytes);
		if (!err)
			rings->count--;
	}
	return err;
}

int skep_loop_add_tagged_rings_raw(struct skep_loop *loop, const struct skep_rings *rings,
				   const struct skep_tagged *tagged, void *ctx)
{
	int err = rings ? 0 : skep_ring_fail_none();

	for (unsigned int i = 0; !err && i < rings->count; i++)
		err = skep_loop_add_tagged_raw(loop, rings->all[i], tagged, ctx);
	return err;
}
