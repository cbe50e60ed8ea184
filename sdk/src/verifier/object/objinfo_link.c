/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How loaders link a program. libbpf and aya go through its instructions, and put each function
 * that is not there yet at the end when they come to its first call, and go through that one at once.
 * cilium/ebpf puts all that a function calls at the end, by name, before what those call.
 */
#include <linux/bpf.h>
#include <stdlib.h>

#include "objinfo.h"

#define PARTS_MOST 1024        /* of a program: the kernel takes 256 */
#define PARTS_ALL  (1U << 18)  /* of all programs of an object */
#define VISITS     (32U << 20) /* of instructions, for all of them */
#define TEXT       ".text"
#define CALL       (BPF_JMP | BPF_CALL)
#define LOAD_64    (BPF_LD | BPF_IMM | BPF_DW)

struct linker {
	struct skep_objinfo *o;
	struct skep_code_layout *layout;
	uint32_t visits, parts; /* that may still be made */
	uint32_t *linked;       /* by function: the last program that has it */
	uint32_t program;
	/* Functions under way: which part, and the next instruction of it. */
	struct {
		size_t part;
		uint32_t insn;
	} * stack;
	size_t depth;
};

bool skep_objinfo_callee(const struct skep_objinfo *o, struct skep_code at,
			 const struct skep_bpf_insn *insn,
			 const struct skep_objinfo_function **callee)
{
	const struct skep_objinfo_symbol *symbol;
	bool call = insn->code == CALL && insn->src == BPF_PSEUDO_CALL;
	int64_t target;

	*callee = NULL;
	if (!call && insn->code != LOAD_64)
		return false;
	symbol = skep_objinfo_symbol_at(o, at);
	if (symbol && (!symbol->section || !o->sections[symbol->section].code))
		return false;
	/* Of a call the number counts instructions behind it, of an address bytes. */
	if (symbol && call)
		target = (int64_t)(symbol->value / SKEP_INSN_BYTES) + insn->imm + 1;
	else if (symbol)
		target = ((int64_t)symbol->value + insn->imm) / SKEP_INSN_BYTES;
	else if (call)
		target = (int64_t)at.insn + insn->imm + 1;
	else
		return false;
	if (target < 0 || target > UINT32_MAX)
		return false;
	*callee = skep_objinfo_function_at(
		o, (struct skep_code){ symbol ? symbol->section : at.section, (uint32_t)target });
	return *callee;
}

/* Puts a function at the end; false where there are too many. */
static bool append(struct linker *l, const struct skep_objinfo_function *function)
{
	struct skep_code_layout *layout = l->layout;

	if (layout->count == PARTS_MOST || !l->parts ||
	    layout->insns > UINT32_MAX / 2 - function->count)
		return false;
	l->parts--;
	if (layout->count == layout->room) {
		size_t room = layout->room ? 4 * layout->room : 4;
		struct skep_layout_part *parts =
			skep_arena_alloc(&l->o->arena, room * sizeof(*parts));

		if (!parts)
			return false;
		if (layout->count)
			memcpy(parts, layout->parts, layout->count * sizeof(*parts));
		layout->parts = parts;
		layout->room = room;
	}
	layout->parts[layout->count++] = (struct skep_layout_part){ layout->insns, function };
	layout->insns += function->count;
	l->linked[function - l->o->functions] = l->program;
	return true;
}

/* The next function that a part calls, from instruction *insn on; NULL: no more. */
static const struct skep_objinfo_function *next_callee(struct linker *l, size_t part,
						       uint32_t *insn)
{
	const struct skep_objinfo_function *function = l->layout->parts[part].function, *callee;
	struct skep_bpf_insn decoded;

	while (*insn < function->count && l->visits) {
		struct skep_code at = { function->at.section, function->at.insn + (*insn)++ };

		l->visits--;
		if (skep_objinfo_insn(l->o, at, &decoded) &&
		    skep_objinfo_callee(l->o, at, &decoded, &callee) &&
		    l->linked[callee - l->o->functions] != l->program)
			return callee;
	}
	return NULL;
}

/* From the last part on. */
static void link_last(struct linker *l)
{
	l->depth = 0;
	l->stack[l->depth].part = l->layout->count - 1;
	l->stack[l->depth++].insn = 0;
	while (l->depth) {
		const struct skep_objinfo_function *callee =
			next_callee(l, l->stack[l->depth - 1].part, &l->stack[l->depth - 1].insn);

		if (!callee) {
			l->depth--;
			continue;
		}
		if (!append(l, callee))
			return;
		l->stack[l->depth].part = l->layout->count - 1;
		l->stack[l->depth++].insn = 0;
	}
}

static const struct skep_objinfo_function *handler_of(struct linker *l, const char *program)
{
	const struct skep_objinfo *o = l->o;
	const char *handler = NULL;

	for (size_t i = 0; i < o->handler_count && !handler; i++)
		if (!strcmp(o->handlers[i].program, program))
			handler = o->handlers[i].handler;
	for (size_t i = 0; i < o->function_count && handler && l->visits; i++, l->visits--)
		if (!strcmp(o->functions[i].name, handler))
			return &o->functions[i];
	return NULL;
}

/* As libbpf does. */
static void link_deep(struct linker *l)
{
	const struct skep_objinfo_function *handler;

	link_last(l);
	handler = handler_of(l, l->layout->entry->name);
	if (handler && l->linked[handler - l->o->functions] != l->program && append(l, handler))
		link_last(l);
}

static int by_name(const void *a, const void *b)
{
	const struct skep_layout_part *x = a, *y = b;

	return strcmp(x->function->name, y->function->name);
}

/* As cilium/ebpf does. */
static void link_wide(struct linker *l)
{
	for (size_t part = 0; part < l->layout->count; part++) {
		const struct skep_objinfo_function *callee;
		size_t first = l->layout->count;
		uint32_t insn = 0, at = l->layout->insns;

		while ((callee = next_callee(l, part, &insn)))
			if (!append(l, callee))
				return;
		if (l->layout->count - first > 1)
			qsort(l->layout->parts + first, l->layout->count - first,
			      sizeof(*l->layout->parts), by_name);
		for (size_t i = first; i < l->layout->count; i++) {
			l->layout->parts[i].at = at;
			at += l->layout->parts[i].function->count;
		}
	}
}

static void link_program(struct linker *l, const struct skep_objinfo_function *entry,
			 void (*way)(struct linker *l))
{
	struct skep_code_layout *layout = &l->o->layouts[l->o->layout_count];

	*layout = (struct skep_code_layout){ .entry = entry };
	l->layout = layout;
	l->program++;
	if (!append(l, entry))
		return;
	way(l);
	l->o->layout_count++;
}

static bool is_same(const struct skep_code_layout *a, const struct skep_code_layout *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (a->parts[i].function != b->parts[i].function)
			return false;
	return a->count == b->count;
}

/* What is in .text is called by others, unless there are no others. */
static bool is_entry(const struct skep_objinfo *o, const struct skep_objinfo_function *f,
		     bool any_elsewhere)
{
	return !any_elsewhere || strcmp(o->sections[f->at.section].name, TEXT) != 0;
}

void skep_objinfo_link(struct skep_objinfo *o)
{
	size_t count = o->function_count;
	struct linker l = { .o = o, .visits = VISITS, .parts = PARTS_ALL };
	bool elsewhere = false;

	if (!count)
		return;
	o->layouts = skep_arena_alloc(&o->arena, 2 * count * sizeof(*o->layouts));
	l.linked = skep_arena_alloc(&o->arena, count * sizeof(*l.linked));
	l.stack = skep_arena_alloc(&o->arena, (PARTS_MOST + 1) * sizeof(*l.stack));
	if (!o->layouts || !l.linked || !l.stack)
		return;
	for (size_t i = 0; i < count; i++)
		elsewhere |= strcmp(o->sections[o->functions[i].at.section].name, TEXT) != 0;
	for (size_t i = 0; i < count && l.visits; i++) {
		if (!is_entry(o, &o->functions[i], elsewhere))
			continue;
		link_program(&l, &o->functions[i], link_deep);
		/* One called function has one place. */
		if (l.layout->count < 3 || !l.visits)
			continue;
		link_program(&l, &o->functions[i], link_wide);
		if (is_same(l.layout, l.layout - 1))
			o->layout_count--;
	}
}

static bool set_spot(const struct skep_objinfo *o, struct skep_code at, struct skep_spot *spot)
{
	const struct skep_objinfo_function *function = skep_objinfo_function_at(o, at);

	if (!function)
		return false;
	*spot = (struct skep_spot){ .function = function,
				    .section = o->sections[at.section].name,
				    .at = at };
	return true;
}

static bool is_in(const struct skep_code_layout *layout, struct skep_code at)
{
	for (size_t i = 0; layout && i < layout->count; i++) {
		const struct skep_objinfo_function *f = layout->parts[i].function;

		if (f->at.section == at.section && at.insn >= f->at.insn &&
		    at.insn - f->at.insn < f->count)
			return true;
	}
	return false;
}

bool skep_objinfo_find(const struct skep_objinfo *o, struct skep_span name, struct skep_spot *spot)
{
	const struct skep_objinfo_reloc *first = NULL;

	for (size_t i = 0; i < o->reloc_count; i++) {
		const struct skep_objinfo_symbol *symbol = &o->symbols[o->relocs[i].symbol];

		if (symbol->section || !skep_span_is(skep_span_of(symbol->name), name))
			continue;
		/* Other programs may use it too. */
		if (is_in(o->found->layout, o->relocs[i].at))
			return set_spot(o, o->relocs[i].at, spot);
		first = first ? first : &o->relocs[i];
	}
	if (first)
		return set_spot(o, first->at, spot);
	for (size_t i = 0; i < o->function_count; i++)
		if (skep_span_is(skep_span_of(o->functions[i].name), name))
			return set_spot(o, o->functions[i].at, spot);
	return false;
}

bool skep_layout_spot(const struct skep_objinfo *o, const struct skep_code_layout *layout,
		      int64_t number, struct skep_spot *spot)
{
	size_t low = 0, high = layout->count;
	const struct skep_layout_part *part;

	if (number < 0 || number >= layout->insns)
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->parts[middle].at <= number)
			low = middle + 1;
		else
			high = middle;
	}
	part = &layout->parts[low - 1];
	*spot = (struct skep_spot){
		.function = part->function,
		.section = o->sections[part->function->at.section].name,
		.at = { part->function->at.section,
			part->function->at.insn + (uint32_t)(number - part->at) },
	};
	return true;
}

bool skep_objinfo_spot(const struct skep_objinfo *o, int64_t number, struct skep_spot *spot)
{
	return o->found->layout && skep_layout_spot(o, o->found->layout, number, spot);
}
