/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The little that generated headers need beyond the other public headers. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <skep/gen.h>
#include <skep/rings.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/opts.h"
#include "loop.h"
#include "stream/rings.h"

int skep_gen_open(struct skep_object **out, const struct skep_gen_object *from,
		  const struct skep_object_opts *opts)
{
	struct skep_object_opts named = { .sz = sizeof(named),
					  .name = SKEP_OPT(opts, name),
					  .kernel_btf = SKEP_OPT(opts, kernel_btf) };
	int err = SKEP_OPTS_CHECK(opts);

	if (!err)
		err = SKEP_OPTS_CHECK(from);
	if (err)
		return err;
	if (!named.name)
		named.name = from->name;
	return skep_object_open_mem(out, from->elf, from->bytes, &named);
}

int skep_gen_on(const struct skep_object *object, struct skep_loop *loop, const char *ring,
		size_t bytes, skep_record_fn call, const void *closure, size_t closure_bytes)
{
	SKEP_AUTO(skep_rings) *readers = NULL;
	int err = skep_rings_open_raw(&readers, object, ring, bytes, NULL);

	return err ? err : skep_loop_own_rings(loop, readers, call, closure, closure_bytes);
}

/* What the loop copies for each ring of tagged records. */
struct tagged_handlers {
	struct skep_ring *ring;
	struct skep_tagged tagged;
	_Alignas(max_align_t) unsigned char closure[];
};

static int call_tagged(const void *record, size_t bytes, void *handlers)
{
	struct tagged_handlers *h = handlers;

	return skep_tagged_deliver(h->ring, &h->tagged, record, bytes, h->closure);
}

int skep_gen_on_tagged(const struct skep_object *object, struct skep_loop *loop, const char *ring,
		       size_t bytes, const struct skep_tagged *tagged, const void *closure,
		       size_t closure_bytes)
{
	size_t size = sizeof(struct tagged_handlers) + closure_bytes;
	AUTO_FREE struct tagged_handlers *handlers = calloc(1, size);
	SKEP_AUTO(skep_rings) *readers = NULL;
	int err;

	if (!handlers)
		return skep_fail(ENOMEM, "no memory for handlers");
	handlers->tagged = *tagged;
	memcpy(handlers->closure, closure, closure_bytes);
	err = skep_tagged_rings_open_raw(&readers, object, ring, bytes, NULL);
	/* From the last, as skep_loop_own_rings(). */
	while (!err && readers->count) {
		handlers->ring = readers->all[readers->count - 1];
		err = skep_loop_own_ring(loop, handlers->ring, call_tagged, handlers, size);
		if (!err)
			readers->count--;
	}
	return err;
}
