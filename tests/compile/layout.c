// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * That the types which the generator writes put every bit where the original has it. The headers'
 * assertions cover bytes; bit-fields have no offset that C could assert.
 */
#include <stdio.h>
#include <string.h>

#include "hard.skep.h"

/* Fields of the originals are named like this. */
#undef errno

/* Those that only the BPF side sees. */
struct bpf_only {
	__u32 value;
	__u64 stamp;
};
struct bpf_too {
	__u32 value;
};
#include "hard_types.h"

static int failed;

static void compare(const char *what, const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
	if (a_bytes == b_bytes && !memcmp(a, b, a_bytes))
		return;
	printf("%s differs\n", what);
	failed = 1;
}

/* One field at a time, all of its bits. */
#define FIELD(type, field)                                                                         \
	do {                                                                                       \
		struct type original;                                                              \
		struct hard__##type written;                                                       \
		memset(&original, 0, sizeof(original));                                            \
		memset(&written, 0, sizeof(written));                                              \
		original.field = (__typeof__(original.field + 0))-1;                               \
		written.field = (__typeof__(written.field + 0))-1;                                 \
		compare(#type "." #field, &original, sizeof(original), &written, sizeof(written)); \
	} while (0)

#define SIZE(original, written)                                                                    \
	_Static_assert(sizeof(original) == sizeof(written), #original " has another size")

SIZE(struct everything, struct hard__everything);
SIZE(struct holds_packed, struct hard__holds_packed);
SIZE(struct holds_aligned, struct hard__holds_aligned);
SIZE(union choice, union hard__choice);
SIZE(struct pointers, struct hard__pointers);
SIZE(only_typedef, struct hard__only_typedef);
SIZE(struct variable, struct hard__variable);

int main(void)
{
	FIELD(bits, a);
	FIELD(bits, b);
	FIELD(bits, c);
	FIELD(bits, d);
	FIELD(bits, e);
	FIELD(bits, f);
	FIELD(bits, flag);
	FIELD(bits, g);
	FIELD(bits, behind);
	FIELD(packed_bits, a);
	FIELD(packed_bits, b);
	FIELD(packed_bits, whole);
	FIELD(packed_bits, far);
	FIELD(everything, anonymous.deep);
	FIELD(everything, anonymous.deeper);
	FIELD(everything, anonymous.list[1].two);
	FIELD(everything, pad_me);
	FIELD(everything, in_place);
	FIELD(everything, wide);
	FIELD(everything, yes);
	FIELD(everything, grid[1][2].tail);
	FIELD(everything, names[1][2][3]);
	FIELD(everything, holds_packed.many[1].inner.in_b);
	FIELD(everything, holds_aligned.inner.b);
	FIELD(everything, choice.right);
	FIELD(everything, shared.last.b);
	return failed;
}
