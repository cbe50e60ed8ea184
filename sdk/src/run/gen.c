/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The little that generated headers need beyond the other public headers. */
#include <errno.h>
#include <stdlib.h>

#include <skep/gen.h>
#include <skep/rings.h>

#include "base/fail.h"
#include "base/opts.h"
#include "loop.h"

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
