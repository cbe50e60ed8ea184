/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "object_facts.h"

#include <elf.h>

#include "base/fail.h"
#include "verifier/object/objinfo.h"
#include "verifier/story/story.h"

#define MOVES_MOST 64
#define LOAD_64    0x18

static void override(struct skep_case *c, struct skep_span name, const char *value)
{
	struct skep_fields *fields = &c->fields;

	for (size_t i = 0; i < fields->count; i++)
		if (skep_span_is(fields->at[i].name, name)) {
			fields->at[i].value = skep_span_of(value);
			return;
		}
	skep_fields_set(fields, name, skep_span_of(value));
}

static void set_number(struct skep_case *c, struct skep_span name, uint32_t number)
{
	if (number)
		skep_fields_set(&c->fields, name,
				skep_span_of(skep_arena_printf(c->arena, "%u", number)));
}

static bool spot_of(const struct skep_case *c, size_t step, struct skep_spot *spot)
{
	return step < c->path.count &&
	       skep_objinfo_spot(c->request->object, c->path.at[step].insn.number, spot);
}

/* The C name of what a register holds before a step; NULL. */
static const char *name_in(const struct skep_case *c, size_t step, int reg)
{
	const struct skep_explain_names *names = c->request->names;
	const char *name;
	struct skep_spot spot;
	SKEP_KEEP_ERROR;

	if (!names || !names->in_register || reg < 0 || reg > 9 || !spot_of(c, step, &spot))
		return NULL;
	name = names->in_register(names->ctx, spot.section, spot.at.insn, reg);
	return name && *name ? skep_arena_copy(c->arena, skep_span_of(name)) : NULL;
}

/* The same of what lies at r10 + offset. */
static const char *name_on_stack(const struct skep_case *c, size_t step, int64_t offset)
{
	const struct skep_explain_names *names = c->request->names;
	const char *name;
	struct skep_spot spot;
	SKEP_KEEP_ERROR;

	if (!names || !names->on_stack || offset >= 0 || offset < -512 || !spot_of(c, step, &spot))
		return NULL;
	name = names->on_stack(names->ctx, spot.section, spot.at.insn, (int)offset);
	return name && *name ? skep_arena_copy(c->arena, skep_span_of(name)) : NULL;
}

/* In the register itself, or in the one that the same value was first in. */
static const char *find_name(const struct skep_case *c, const struct skep_origin *origin)
{
	const char *name = name_in(c, c->refused, c->reg);
	int reg = 0;

	if (name || origin->step == SKEP_NO_STEP || !origin->step ||
	    origin->arithmetic != SKEP_NO_STEP)
		return name;
	if (origin->kind != SKEP_ORIGIN_CALL)
		reg = skep_insn_target(&c->path.at[origin->step].insn);
	/* Clang may say where a variable is only some instructions later. */
	for (size_t i = origin->step; !name && i-- > c->refused && i + 4 > origin->step;) {
		name = name_in(c, i, reg);
		if (skep_insn_target(&c->path.at[i].insn) == reg ||
		    skep_insn_callee(&c->path.at[i].insn).length)
			break;
	}
	return name;
}

static struct skep_span refused_source(const struct skep_case *c)
{
	return skep_source_of_line(&c->lines, c->path.at[c->refused].line);
}

/*
 * DWARF knows what the register is; the line of source knows what people see there: for `ip->ttl`
 * the register may be that of `data`. So a name from the line gives way only to one that is in it.
 */
static void set_name(struct skep_case *c, struct skep_span field, const char *name)
{
	if (!name)
		return;
	if (!skep_fields_get(&c->fields, field).length ||
	    skep_span_find_word(refused_source(c), skep_span_of(name)) >= 0)
		override(c, field, name);
}

static void add_variable(struct skep_case *c, const struct skep_origin *origin)
{
	struct skep_span value = skep_path_register(&c->path, c->refused, c->reg);
	/* A number handed to a helper; one that is dereferenced should have been a pointer. */
	bool number = skep_insn_callee(&c->path.at[c->refused].insn).length &&
		      skep_span_is(skep_value_type(value), SPAN("scalar"));
	const char *name;
	int64_t offset;

	if (skep_take(&value, SPAN("fp")) && skep_take_number(&value, &offset)) {
		name = name_on_stack(c, c->refused, offset);
		set_name(c, SPAN("var"), name);
		set_name(c, SPAN("buf"), name);
		return;
	}
	name = find_name(c, origin);
	set_name(c, number ? SPAN("idx") : SPAN("var"), name);
	if (origin->arithmetic != SKEP_NO_STEP && origin->addend >= 0)
		set_name(c, SPAN("idx"), name_in(c, origin->arithmetic, origin->addend));
}

/* Against what the 64-bit load is relocated that gave a register its value before a step. */
static const struct skep_objinfo_symbol *loaded_symbol(const struct skep_case *c, size_t step,
						       int reg)
{
	struct skep_spot spot;
	int moves = 0;

	for (size_t i = step + 1; i < c->path.count; i++) {
		const struct skep_insn *insn = &c->path.at[i].insn;
		struct skep_span op, operand;

		if (skep_insn_callee(insn).length && reg <= 5)
			return NULL;
		if (skep_insn_target(insn) != reg)
			continue;
		if (insn->opcode == LOAD_64)
			return spot_of(c, i, &spot)
				       ? skep_objinfo_symbol_at(c->request->object, spot.at)
				       : NULL;
		operand = skep_insn_operand(insn, &op);
		reg = skep_span_is(op, SPAN("=")) ? skep_register_number(operand) : -1;
		if (reg < 0 || ++moves == MOVES_MOST)
			return NULL;
	}
	return NULL;
}

static const struct skep_objinfo_map *map_of(const struct skep_case *c, size_t call)
{
	const struct skep_objinfo_symbol *symbol = loaded_symbol(c, call, 1);

	return symbol ? skep_objinfo_map_find(c->request->object, symbol->name) : NULL;
}

static bool is_map_call(struct skep_span call)
{
	return skep_span_starts(call, SPAN("bpf_map_")) ||
	       skep_span_starts(call, SPAN("bpf_ringbuf_")) ||
	       skep_span_find(call, SPAN("_storage_get")) > 0;
}

/* Of the map whose value the register points into, or that the refused call is about. */
static void add_map(struct skep_case *c, const struct skep_origin *origin)
{
	struct skep_span callee = skep_insn_callee(&c->path.at[c->refused].insn);
	const struct skep_objinfo_map *map = NULL;
	struct skep_span told;

	if (origin->kind == SKEP_ORIGIN_CALL && is_map_call(origin->call))
		map = map_of(c, origin->step);
	if (map && skep_span_find(origin->call, SPAN("lookup")) > 0)
		set_number(c, SPAN("vs"), map->value_bytes);
	if (!map && is_map_call(callee))
		map = map_of(c, c->refused);
	if (!map)
		return;
	/* Kernels cut names to 15 characters. A log that tells another map is right. */
	told = skep_fields_get(&c->fields, SPAN("map"));
	if (told.length && !skep_span_starts(skep_span_of(map->name), told))
		return;
	override(c, SPAN("map"), skep_arena_copy(c->arena, skep_span_of(map->name)));
	set_number(c, SPAN("ks"), map->key_bytes);
	set_number(c, SPAN("map_entries"), map->entries);
	if (map->value_type)
		skep_fields_set(
			&c->fields, SPAN("value_type"),
			skep_span_of(skep_arena_copy(c->arena, skep_span_of(map->value_type))));
}

/* A value of .bss, .data or .rodata: the variable that the program names there. */
static void add_global(struct skep_case *c)
{
	const struct skep_objinfo_symbol *symbol = loaded_symbol(c, c->refused, c->reg);

	if (symbol && symbol->section && symbol->type == STT_OBJECT && *symbol->name &&
	    !skep_objinfo_map_find(c->request->object, symbol->name))
		skep_fields_set(
			&c->fields, SPAN("global"),
			skep_span_of(skep_arena_copy(c->arena, skep_span_of(symbol->name))));
}

void skep_object_facts_add(struct skep_case *c)
{
	const struct skep_objinfo *object = c->request->object;
	struct skep_origin origin = { .step = SKEP_NO_STEP, .arithmetic = SKEP_NO_STEP };

	if (!object || !object->found->layout || c->refused == SKEP_NO_STEP)
		return;
	if (c->reg >= 0) {
		origin = skep_story_origin(&c->path, c->refused, c->reg);
		add_variable(c, &origin);
		add_global(c);
	}
	add_map(c, &origin);
}
