/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where C would put things: what BTF says must be what the user's compiler does. */
#include "model.h"

__u32 gen_size_of(const struct gen *g, __u32 id)
{
	long long bytes = btf__resolve_size(g->btf, id);

	return bytes > 0 && bytes <= INT32_MAX ? (__u32)bytes : 0;
}

static __u32 align_of_members(const struct gen *g, const struct btf_type *t)
{
	__u32 most = 1;

	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 align = gen_align_of(g, btf_members(t)[i].type);

		if (align > most)
			most = align;
	}
	return most;
}

__u32 gen_align_of(const struct gen *g, __u32 id)
{
	const struct btf_type *t = gen_base(g, &id);
	__u32 bytes;

	if (btf_is_array(t))
		return gen_align_of(g, btf_array(t)->type);
	if (btf_is_composite(t)) {
		/* Kept, because the cost would double with each level of nesting. */
		if (!g->alignment[id])
			g->alignment[id] = gen_is_packed(g, t) ? 1 : (__u8)align_of_members(g, t);
		return g->alignment[id];
	}
	bytes = gen_size_of(g, id);
	return !bytes ? 1 : bytes > 16 ? 16 : bytes;
}

bool gen_is_packed(const struct gen *g, const struct btf_type *t)
{
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		__u32 type = btf_members(t)[i].type, at = btf_member_bit_offset(t, i);
		__u32 bits = btf_member_bitfield_size(t, i);
		__u32 unit = gen_size_of(g, type) * 8;

		/* Unless packed, a bit-field does not reach over the end of its unit. */
		if (bits && unit && at % unit + bits > unit)
			return true;
		if (!bits && at / 8 % gen_align_of(g, type))
			return true;
	}
	return t->size % align_of_members(g, t);
}
