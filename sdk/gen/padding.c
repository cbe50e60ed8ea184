/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Holes that the compiler leaves in structs. In a hash key they make equal keys differ; in a
 * record they carry what was in memory before.
 */
#include "model.h"

#include <string.h>

#include <skep/ring.h>

#include "gen.h"

struct place {
	FILE *notes;
	const char *object, *what, *advice;
	const char *type;
};

static void note(const struct place *p, __u32 at, __u32 bytes)
{
	fprintf(p->notes, "%s: note: %s: %s has %u byte%s of padding at offset %u\n  hint: %s\n",
		p->object, p->what, p->type, bytes, bytes == 1 ? "" : "s", at, p->advice);
}

/* Unions overlay, and bit-fields are dense on purpose: neither is looked into. */
static void find_holes(const struct gen *g, __u32 id, const struct place *p, __u32 base)
{
	const struct btf_type *t = gen_base(g, &id);
	__u32 at = 0;

	if (!btf_is_struct(t))
		return;
	for (__u32 i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = &btf_members(t)[i];
		__u32 offset = btf_member_bit_offset(t, i) / 8;
		long long bytes = btf__resolve_size(g->btf, m->type);

		if (btf_member_bitfield_size(t, i))
			return;
		if (offset > at)
			note(p, base + at, offset - at);
		find_holes(g, m->type, p, base + offset);
		at = offset + (bytes > 0 ? (__u32)bytes : 0);
	}
	if (t->size > at)
		note(p, base + at, t->size - at);
}

static void look(const struct gen *g, FILE *notes, __u32 id, const char *what, const char *advice)
{
	char type[GEN_DECL];
	struct place p = { .notes = notes, .object = g->name, .what = what, .advice = advice };

	if (!id)
		return;
	p.type = gen_declare(g, id, "", type);
	find_holes(g, id, &p, 0);
}

static bool is_keyed_by_bytes(const struct bpf_map *map)
{
	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_LPM_TRIE:
		return true;
	default:
		return false;
	}
}

/* Of a tagged ring, each type. */
static void look_at_records(const struct gen *g, FILE *notes, const char *ring, __u32 type_id)
{
	static const char advice[] = "add the padding as a member: what is not written holds older "
				     "memory";
	__u32 all = gen_tagged_union(g->btf, type_id);
	const struct btf_type *t = all ? gen_base(g, &all) : NULL;
	char what[GEN_DECL];

	snprintf(what, sizeof(what), "record of ring '%s'", ring);
	for (__u32 i = 0; t && i < btf_vlen(t); i++)
		look(g, notes, btf_members(t)[i].type, what, advice);
	if (!t)
		look(g, notes, type_id, what,
		     "use skep_emit_zeroed(), or add the padding as a member: what is not "
		     "written holds older memory");
}

void gen_note_padding(const struct gen *g, FILE *notes)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, skep_object_libbpf(g->object)) {
		struct skep_ring_type ring;
		char what[GEN_DECL];

		if (!gen_map_is_visible(g, map))
			continue;
		if (is_keyed_by_bytes(map)) {
			snprintf(what, sizeof(what), "key of map '%s'", bpf_map__name(map));
			look(g, notes, bpf_map__btf_key_type_id(map), what,
			     "zero the key before filling it, or add the padding as a member: equal "
			     "keys must be equal in every byte");
		} else if (skep_ring_type(g->object, bpf_map__name(map), &ring)) {
			look_at_records(g, notes, bpf_map__name(map), ring.type_id);
		}
	}
}
