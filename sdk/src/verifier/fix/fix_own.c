/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The form that skep's own headers have for what went wrong: with it, it cannot. */
#include "fixer.h"
#include "verifier/facts/names.h"
#include "verifier/facts/release.h"

static struct skep_span source_of(const struct skep_case *c, size_t step)
{
	return skep_source_of_line(&c->lines, c->path.at[step].line);
}

/* `struct event *e = bpf_ringbuf_reserve(&events, ...)`: a block that gives `e` back on each way out. */
static bool emit(const struct skep_case *c, struct skep_fix *fix)
{
	size_t step = skep_release_find_acquire(&c->path, c->refused);
	struct skep_span call, ring, record;

	if (step == SIZE_MAX)
		return false;
	call = skep_insn_callee(&c->path.at[step].insn);
	record = skep_name_assigned(source_of(c, step));
	ring = skep_name_argument(source_of(c, step), call, 1);
	if (!skep_span_is(call, SPAN("bpf_ringbuf_reserve")) || !ring.length || !record.length)
		return false;
	*fix = (struct skep_fix){
		.text = skep_arena_printf(
			c->arena,
			"or write it with skep_emit() of <skep/bpf/ring.h>, which gives `%.*s` back "
			"on every way out; `%.*s` is declared with SKEP_RINGBUF() then",
			SKEP_TEXT(record), SKEP_TEXT(ring)),
		.code = skep_arena_printf(c->arena, "skep_emit(ctx, &%.*s, %.*s) {\n\t...\n}",
					  SKEP_TEXT(ring), SKEP_TEXT(record)),
		.applicability = SKEP_FIX_SUGGESTION,
	};
	return true;
}

/* The last call of a function before a step; SIZE_MAX. */
static size_t call_before(const struct skep_case *c, size_t step, struct skep_span name)
{
	for (size_t i = step + 1; i < c->path.count; i++)
		if (skep_span_is(skep_insn_callee(&c->path.at[i].insn), name))
			return i;
	return SIZE_MAX;
}

/* Looked up, put where it was not there, and looked up again. */
static bool get_or_put(const struct skep_case *c, struct skep_fix *fix)
{
	struct skep_span lookup = SPAN("bpf_map_lookup_elem"), put = SPAN("bpf_map_update_elem");
	size_t again = call_before(c, c->refused, lookup), update;
	struct skep_span map, key, value, name;

	update = again == SIZE_MAX ? SIZE_MAX : call_before(c, again, put);
	if (update == SIZE_MAX || !skep_span_is(skep_fields_get(&c->fields, SPAN("origin")),
						SPAN("bpf_map_lookup_elem()")))
		return false;
	map = skep_name_argument(source_of(c, again), lookup, 1);
	if (!map.length || !skep_span_is(map, skep_name_argument(source_of(c, update), put, 1)))
		return false;
	key = skep_name_expression(source_of(c, update), put, 2);
	value = skep_name_expression(source_of(c, update), put, 3);
	name = skep_name_assigned(source_of(c, again));
	if (!key.length || !value.length)
		return false;
	*fix = (struct skep_fix){
		.text = skep_arena_printf(
			c->arena,
			"or look up and put `%.*s` in one step with <skep/bpf/map.h>; it is NULL only "
			"where the map is full",
			SKEP_TEXT(map)),
		.code = skep_arena_printf(c->arena, "%.*s%sskep_map_get_or_put(&%.*s, %.*s, %.*s);",
					  SKEP_TEXT(name), name.length ? " = " : "", SKEP_TEXT(map),
					  SKEP_TEXT(key), SKEP_TEXT(value)),
		.applicability = SKEP_FIX_SUGGESTION,
	};
	return true;
}

void skep_fixes_add_own(const struct skep_case *c, struct skep_diagnostic *d,
			struct skep_fix fixes[SKEP_FIXES_MOST])
{
	struct skep_fix *fix = &fixes[d->fix_count];

	if (!d->fix_count || d->fix_count == SKEP_FIXES_MOST || c->refused == SKEP_NO_STEP)
		return;
	if (c->entry->number == 501)
		d->fix_count += emit(c, fix);
	else if (c->entry->number == 1 || c->entry->number == 2)
		d->fix_count += get_or_put(c, fix);
}
