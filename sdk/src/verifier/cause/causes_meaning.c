/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a refusal means for the kind of program or of map that it is about: which returned number lets
 * pass and which denies, and which maps can hold a lock or a timer.
 */
#include "causes.h"
#include "verifier/object/objinfo.h"

#include <linux/bpf.h>

struct hook {
	const char *section; /* a section's name begins so; NULL: known by its range alone */
	const char *range;   /* that the kernel allows there; NULL: any */
	const char *good, *meaning;
};

/* Longer names first. Where `good` is the only number, there is no choice to explain. */
static const struct hook hooks[] = {
	{ "lsm_cgroup/", NULL, "1", "for an LSM hook of a cgroup 1 allows, and 0 denies" },
	{ "cgroup_skb/egress", "0..3", "1",
	  "1 sends the packet, and 0 drops it; 2 drops and 3 sends it, and both tell TCP of congestion" },
	{ "cgroup/bind", "0..3", "1",
	  "1 allows the bind, and 0 denies it; 3 allows it, also of ports below 1024 without a capability" },
	{ "cgroup", "0..1", "1", "for a cgroup's hook 1 allows, and 0 denies" },
	{ "cgroup", "0..3", "1", "for a cgroup's hook 1 allows, and 0 denies" },
	{ "cgroup", "1", "1", "this hook cannot deny anything" },
	{ "sockops", "0..1", "1", "with 1 what the program replied counts, and 0 is an error" },
	{ "sk_lookup", "0..1", "1",
	  "SK_PASS, which is 1, goes on, and SK_DROP, which is 0, drops" },
	{ "netfilter", "0..1", "1", "NF_ACCEPT, which is 1, lets the packet pass; NF_DROP is 0" },
	{ "iter", "0..1", "0", "0 goes on, and 1 asks for the same object again" },
	{ "lsm", "-4095..0", "0", "for an LSM hook 0 allows, and a negative errno denies" },
	{ NULL, "-4095..0", "0", "for an LSM hook 0 allows, and a negative errno denies" },
	{ NULL, "0..3", "1", "for a cgroup's hook 1 allows, and 0 denies" },
	{ NULL, "0..1", "1",
	  "in programs on cgroups, of netfilter and sk_lookup, 1 lets pass and 0 denies" },
};

/* Programs that walk objects of the kernel: their context, and the helpers that only they have. */
static bool looks_like_iterator(const struct skep_case *c)
{
	static const char *const words[] = { "bpf_iter_meta", "bpf_seq_", "struct bpf_iter__",
					     "ptr_seq_file" };

	for (size_t i = 0; i < c->lines.count && i < 4096; i++)
		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			if (skep_span_find(c->lines.at[i].text, skep_span_of(words[w])) >= 0)
				return true;
	return false;
}

void skep_search_set_meaning(struct skep_search *s, struct skep_span section)
{
	struct skep_span range = skep_fields_get(&s->c->fields, SPAN("range_words"));

	/* What functions and callbacks return is no order to the kernel. */
	if (skep_span_starts(s->c->message, SPAN("At ")) &&
	    !skep_span_starts(s->c->message, SPAN("At program exit")))
		return;
	if (!section.length && looks_like_iterator(s->c))
		section = SPAN("iter");
	for (size_t i = 0; range.length && i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		const struct hook *h = &hooks[i];

		if ((h->section ? !skep_span_starts(section, skep_span_of(h->section))
				: section.length > 0) ||
		    (h->range && !skep_span_is(range, skep_span_of(h->range))))
			continue;
		skep_search_set(s, "good", h->good);
		skep_search_set(s, "meaning", h->meaning);
		if (strcmp(h->range ? h->range : "", "0..1") || h->section)
			skep_search_set(s, "verdict", h->meaning);
		return;
	}
}

struct skep_span skep_search_section(const struct skep_search *s)
{
	struct skep_spot spot;

	if (!s->c->request->object || !skep_objinfo_spot(s->c->request->object, 0, &spot) ||
	    !spot.section)
		return SPAN("");
	return skep_span_of(spot.section);
}

/* Where a field may be: maps of these types, in the order of what people would take instead. */
static const struct {
	const char *field;
	const char *words;
	int types[10];
} holders[] = {
	{ "bpf_spin_lock",
	  "hash, array and the local storages can hold it, and LRU and per-CPU maps cannot",
	  { BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_CGROUP_STORAGE,
	    BPF_MAP_TYPE_SK_STORAGE, BPF_MAP_TYPE_INODE_STORAGE, BPF_MAP_TYPE_TASK_STORAGE, 32 } },
	{ "bpf_timer",
	  "hash, LRU hash and array can hold it, and per-CPU maps cannot",
	  { BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_ARRAY } },
	{ "bpf_wq",
	  "hash, LRU hash and array can hold it, and per-CPU maps cannot",
	  { BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_LRU_HASH, BPF_MAP_TYPE_ARRAY } },
};

/* Types that people give such a field, by the names that they are declared with. */
static const struct {
	const char *name, *words;
	int type;
} types[] = {
	{ "BPF_MAP_TYPE_HASH", "hash", BPF_MAP_TYPE_HASH },
	{ "BPF_MAP_TYPE_ARRAY", "array", BPF_MAP_TYPE_ARRAY },
	{ "BPF_MAP_TYPE_PERCPU_HASH", "per-CPU hash", BPF_MAP_TYPE_PERCPU_HASH },
	{ "BPF_MAP_TYPE_PERCPU_ARRAY", "per-CPU array", BPF_MAP_TYPE_PERCPU_ARRAY },
	{ "BPF_MAP_TYPE_LRU_HASH", "LRU hash", BPF_MAP_TYPE_LRU_HASH },
	{ "BPF_MAP_TYPE_LRU_PERCPU_HASH", "LRU per-CPU hash", BPF_MAP_TYPE_LRU_PERCPU_HASH },
	{ "BPF_MAP_TYPE_LPM_TRIE", "LPM trie", BPF_MAP_TYPE_LPM_TRIE },
	{ "BPF_MAP_TYPE_HASH_OF_MAPS", "hash of maps", BPF_MAP_TYPE_HASH_OF_MAPS },
	{ "BPF_MAP_TYPE_ARRAY_OF_MAPS", "array of maps", BPF_MAP_TYPE_ARRAY_OF_MAPS },
	{ "BPF_MAP_TYPE_QUEUE", "queue", BPF_MAP_TYPE_QUEUE },
	{ "BPF_MAP_TYPE_STACK", "stack", BPF_MAP_TYPE_STACK },
};

static void set_holder(struct skep_search *s, size_t type)
{
	struct skep_span field = skep_fields_get(&s->c->fields, SPAN("field"));

	for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
		bool can = false;

		if (!skep_span_is(field, skep_span_of(holders[i].field)))
			continue;
		for (size_t t = 0; t < 10; t++)
			can |= holders[i].types[t] == types[type].type;
		if (can)
			return;
		skep_search_set(s, "holds", "no");
		skep_search_set(s, "map_kind", types[type].words);
		skep_search_set(s, "holders", holders[i].words);
	}
}

bool skep_search_set_holder(struct skep_search *s, struct skep_span type)
{
	struct skep_span map = skep_fields_get(&s->c->fields, SPAN("map"));
	const struct skep_objinfo_map *known = NULL;

	if (s->c->request->object && map.length)
		known = skep_objinfo_map_find(s->c->request->object,
					      skep_arena_copy(s->c->arena, map));
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (known ? (int)known->type == types[i].type
			  : skep_span_is(type, skep_span_of(types[i].name))) {
			set_holder(s, i);
			break;
		}
	return skep_fields_get(&s->c->fields, SPAN("holds")).length > 0;
}
