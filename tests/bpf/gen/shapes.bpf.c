/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps, rings and variables of all the shapes of shapes.h. */
#include <skep/bpf/core.h>

#include "shapes.h"

SKEP_LICENSE("GPL");

SKEP_RINGBUF(shapes, struct shape, 4096);
SKEP_RINGBUF(tights, struct tight, 4096);
SKEP_RINGBUF_VAR(tails, struct tail, 64, 4096);
SKEP_HASH(by_inner, struct inner, struct shape, 8);
SKEP_HASH(by_address, address, pair_t, 8);
SKEP_HASH(by_colour, enum colour, union either, 8);
SKEP_ARRAY(tight_array, struct tight, 8);

const volatile struct shape first_shape;
const volatile enum colour favourite = GREEN;
const volatile address addresses[4];
struct shape last_shape;
pair_t pairs[2][2];
union either either;

SEC("raw_tp")
int run(void *ctx)
{
	skep_emit_zeroed(ctx, &shapes, e)
		e->first = first_shape.first + favourite + addresses[1];
	skep_emit(ctx, &tights, t)
		__builtin_memset(t, 0, sizeof(*t));
	skep_emit_var(ctx, &tails, v, 5)
		__builtin_memset(v, 0, sizeof(*v) + 5);
	last_shape.last = pairs[0][1].low + either.number;
	return 0;
}
