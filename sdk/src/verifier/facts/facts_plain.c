/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Facts that need no story: from the message, and from the lines of source as they stand. */
#include "verifier/explanation.h"

/* `[0, 3]` and `(0x0; 0x3)`: 0. */
static void add_low(struct skep_case *c)
{
	struct skep_span range = skep_fields_get(&c->fields, SPAN("range"));
	int64_t low;

	if (range.length > 2 && (range.at[0] == '[' || range.at[0] == '(')) {
		range = skep_span_from(range, 1);
		if (skep_take_number(&range, &low))
			skep_fields_set(
				&c->fields, SPAN("low"),
				skep_span_of(skep_arena_printf(c->arena, "%lld", (long long)low)));
	}
}

static bool mentions(const struct skep_case *c, const char *word)
{
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.at[i].kind == SKEP_LINE_SOURCE &&
		    skep_span_find(c->lines.at[i].text, skep_span_of(word)) >= 0)
			return true;
	return false;
}

/* What the program returns where it has nothing to do, as far as its own lines show it. */
static void add_bail(struct skep_case *c)
{
	const char *value = NULL;

	if (mentions(c, "XDP_DROP") && !mentions(c, "XDP_PASS"))
		value = "XDP_DROP";
	else if (mentions(c, "XDP_"))
		value = "XDP_PASS";
	else if (mentions(c, "TC_ACT_"))
		value = "TC_ACT_OK";
	else if (mentions(c, "SK_PASS"))
		value = "SK_PASS";
	if (value)
		skep_fields_set(&c->fields, SPAN("bail"), skep_span_of(value));
}

static void add_map_kind(struct skep_case *c)
{
	static const char *const kinds[] = {
		"unspec",
		"hash",
		"array",
		"prog_array",
		"perf_event_array",
		"percpu_hash",
		"percpu_array",
		"stack_trace",
		"cgroup_array",
		"lru_hash",
		"lru_percpu_hash",
		"lpm_trie",
		"array_of_maps",
		"hash_of_maps",
		"devmap",
		"sockmap",
		"cpumap",
		"xskmap",
		"sockhash",
		"cgroup_storage",
		"reuseport_sockarray",
		"percpu_cgroup_storage",
		"queue",
		"stack",
		"sk_storage",
		"devmap_hash",
		"struct_ops",
		"ringbuf",
		"inode_storage",
		"task_storage",
		"bloom_filter",
		"user_ringbuf",
		"cgrp_storage",
		"arena",
	};
	int64_t number;

	if (skep_fields_number(&c->fields, SPAN("map_type"), &number) && number > 0 &&
	    number < (int64_t)(sizeof(kinds) / sizeof(kinds[0])))
		skep_fields_set(&c->fields, SPAN("map_kind"), skep_span_of(kinds[number]));
}

/* `data_end` or what the program calls it: the variable of the last check, or as all call it. */
static void add_end(struct skep_case *c)
{
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.at[i].kind == SKEP_LINE_SOURCE &&
		    skep_span_find_word(c->lines.at[i].text, SPAN("data_end")) >= 0) {
			skep_fields_set(&c->fields, SPAN("end"), skep_span_of("data_end"));
			return;
		}
}

void skep_facts_add_plain(struct skep_case *c)
{
	add_bail(c);
	add_map_kind(c);
	if (c->entry->rule == SKEP_RULE_RET)
		add_low(c);
	else if (c->entry->rule == SKEP_RULE_PACKET)
		add_end(c);
}
