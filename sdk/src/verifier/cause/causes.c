/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The lines that made the refused line refused: one function for each rule of the catalogue. */
#include "causes.h"
#include "verifier/object/objinfo.h"

#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>

void skep_cause_add(struct skep_case *c, size_t step, const char *label)
{
	if (step == SKEP_NO_STEP || step >= c->path.count || c->cause_count == SKEP_CAUSES_MOST)
		return;
	c->causes[c->cause_count++] = (struct skep_cause){ skep_place_of_step(c, step), label };
}

static bool same_place(const struct skep_place *a, const struct skep_place *b)
{
	/* Assembly has one line for all its instructions. */
	if (a->text && b->text && skep_span_starts(skep_span_of(a->text), SPAN("asm")) &&
	    a->insn >= 0 && b->insn >= 0)
		return a->insn == b->insn;
	if (a->line && b->line)
		return a->line == b->line && a->file && b->file && !strcmp(a->file, b->file);
	if (a->text && b->text)
		return !strcmp(a->text, b->text);
	return a->insn == b->insn;
}

void skep_search_add(struct skep_search *s, size_t step, const char *format, ...)
{
	struct skep_case *c = s->c;
	struct skep_place place;
	char label[512];
	va_list args;

	if (step == SKEP_NO_STEP || step >= c->path.count)
		return;
	place = skep_place_of_step(c, step);
	for (size_t i = 0; i < c->cause_count; i++)
		if (same_place(&c->causes[i].place, &place) &&
		    !(s->merged && s->vague[i] && s->steps[i] != step))
			return;
	va_start(args, format);
	vsnprintf(label, sizeof(label), format, args);
	va_end(args);
	if (c->cause_count < SKEP_CAUSES_MOST)
		s->steps[c->cause_count] = step;
	skep_cause_add(c, step, skep_arena_copy(c->arena, skep_span_of(label)));
}

struct skep_span skep_search_state(const struct skep_search *s, size_t step, int reg)
{
	return skep_path_register(&s->c->path, step, reg);
}

struct skep_range skep_search_range(const struct skep_search *s, size_t step, int reg)
{
	return skep_range_of(skep_search_state(s, step, reg));
}

struct skep_range skep_search_range_after(const struct skep_search *s, size_t step, int reg)
{
	return skep_range_of(step && step != SKEP_NO_STEP ? skep_search_state(s, step - 1, reg)
							  : SPAN(""));
}

struct skep_span skep_search_callee(const struct skep_search *s, size_t step)
{
	if (step >= s->c->path.count)
		return SPAN("");
	return skep_insn_callee(&s->c->path.at[step].insn);
}

void skep_search_set(struct skep_search *s, const char *name, const char *value)
{
	skep_fields_set(&s->c->fields, skep_span_of(name), skep_span_of(value));
}

/* What is at an address, in words: by the type of the pointer. */
static const char *memory_words(struct skep_span state)
{
	static const struct {
		const char *type, *words;
	} kinds[] = {
		{ "map_value", "a map's value" },
		{ "map_key", "a map's key" },
		{ "ctx", "the context" },
		{ "pkt", "the packet" },
		{ "fp", "the stack" },
		{ "sock", "a socket" },
		{ "ringbuf_mem", "a ring buffer's record" },
		{ "mem", "memory that was handed in" },
		{ "rdonly", "memory of the kernel" },
		{ "ptr_", "memory of the kernel" },
		{ "trusted", "memory of the kernel" },
		{ "untrusted", "memory of the kernel" },
		{ "rcu", "memory of the kernel" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_starts(skep_value_type(state), skep_span_of(kinds[i].type)))
			return kinds[i].words;
	return "memory";
}

/* `, 0..255`; nothing for what is no number. */
static const char *range_words(const struct skep_search *s, size_t step, int reg)
{
	struct skep_span state = step ? skep_search_state(s, step - 1, reg) : SPAN("");
	struct skep_range range = skep_range_of(state);

	if (!skep_span_is(skep_value_type(state), SPAN("scalar")))
		return "";
	return skep_arena_printf(s->c->arena, ": %s", skep_range_words(s->c->arena, &range));
}

static void add_load(struct skep_search *s, const struct skep_value *v, const char *name)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[v->step].insn);
	const struct skep_value *slot = skep_flow_value(&s->flow, v->with);
	struct skep_span callee = skep_search_callee(s, slot->step);

	if (slot->kind == SKEP_VALUE_WRITTEN && callee.length) {
		skep_search_add(s, slot->step, "%s is what %.*s() left in memory%s", name,
				(int)callee.length, callee.at, range_words(s, v->step, v->reg));
		return;
	}
	skep_search_add(s, v->step, "%s is read from %s here%s", name,
			memory_words(skep_search_state(s, v->step, op.src)),
			range_words(s, v->step, v->reg));
}

static void add_entry(struct skep_search *s, const struct skep_value *v, const char *name)
{
	size_t first = s->c->path.count - 1;

	if (v->step != SKEP_NO_STEP)
		skep_search_add(s, v->step, "%s is an argument of the callback", name);
	else if (s->c->path.at[first].insn.number > 0 && v->reg >= 1 && v->reg <= 5)
		skep_search_add(s, first, "%s is argument %d of this global function", name,
				v->reg);
}

/* `x = p->a` reads x; `x = f(p->a)` does not. Of `x = 0, y = p->a` and `x = { p->a }` who knows. */
static bool is_assigned(const struct skep_search *s, const struct skep_value *v)
{
	struct skep_span source = skep_words_source(s->c, v->step);
	ptrdiff_t equals = skep_span_find(source, SPAN("= ")), comma;

	if (equals >= 0) {
		struct skep_span rest = skep_span_from(source, (size_t)equals + 2);

		comma = skep_span_find_char(rest, ',');
		if ((rest.length && rest.at[0] == '{') ||
		    (comma >= 0 &&
		     skep_span_find(skep_span_from(rest, (size_t)comma), SPAN(" = ")) >= 0))
			return false;
	}
	if (v->kind != SKEP_VALUE_LOAD && v->kind != SKEP_VALUE_CONSTANT)
		return true;
	for (size_t i = equals < 0 ? 1 : (size_t)equals + 1; i < source.length; i++) {
		if (source.at[i] == '(' && skep_is_word(source.at[i - 1]))
			return false;
		/* `x = p->a - 4`: what is read is not yet x. */
		if (equals >= 0 && i + 1 < source.length && source.at[i - 1] == ' ' &&
		    strchr("+-*/%&|^?<>", source.at[i]) &&
		    (source.at[i + 1] == ' ' || source.at[i + 1] == source.at[i]))
			return false;
	}
	return true;
}

bool skep_search_add_origin(struct skep_search *s, uint32_t value, const char *name)
{
	const struct skep_value *v = skep_flow_value(&s->flow, value);
	struct skep_span callee = skep_search_callee(s, v->step);

	if (!name && v->step != SKEP_NO_STEP)
		name = v->kind != SKEP_VALUE_WRITTEN && is_assigned(s, v)
			       ? skep_words_assigned(s->c, v->step, v->reg)
			       : "the value";
	name = name ? name : "the value";
	switch (v->kind) {
	case SKEP_VALUE_CALL:
		if (callee.length)
			skep_search_add(s, v->step, "%s is what %.*s() returned%s", name,
					(int)callee.length, callee.at, range_words(s, v->step, 0));
		else
			skep_search_add(s, v->step,
					"%s is what a global function returned: those are verified "
					"alone, and may return anything",
					name);
		return true;
	case SKEP_VALUE_WRITTEN:
		if (callee.length)
			skep_search_add(s, v->step, "%s is what %.*s() copied", name,
					(int)callee.length, callee.at);
		return callee.length > 0;
	case SKEP_VALUE_LOAD:
		add_load(s, v, name);
		return true;
	case SKEP_VALUE_CONSTANT:
		skep_search_add(s, v->step, "%s is set to %lld here", name, (long long)v->number);
		return true;
	case SKEP_VALUE_ADDRESS:
		skep_search_add(s, v->step, "%s is set here", name);
		return true;
	case SKEP_VALUE_COMPUTED:
		skep_search_add(s, v->step, "%s is computed here%s", name,
				range_words(s, v->step, v->reg));
		return true;
	case SKEP_VALUE_LOST:
		skep_search_add(s, v->step, "this call clobbers R1 to R5");
		return true;
	case SKEP_VALUE_ENTRY:
		add_entry(s, v, name);
		return true;
	default:
		return v->kind == SKEP_VALUE_FRAME;
	}
}

size_t skep_search_find_user(const struct skep_search *s, const char *const *words)
{
	int frame, other_frame;
	int64_t offset, other;

	if (!skep_flow_stack_address(&s->flow, s->value, &frame, &offset))
		return SKEP_NO_STEP;
	for (size_t i = s->c->refused + 1; i < s->c->path.count; i++) {
		struct skep_span callee = skep_search_callee(s, i);
		bool wanted = callee.length && !words;

		for (size_t w = 0; callee.length && words && words[w]; w++)
			wanted |= skep_span_find(callee, skep_span_of(words[w])) >= 0;
		for (int r = 1; wanted && r <= 5; r++)
			if (skep_flow_stack_address(&s->flow, skep_flow_register(&s->flow, i, r),
						    &other_frame, &other) &&
			    other_frame == frame && other == offset)
				return i;
	}
	return SKEP_NO_STEP;
}

/* Whether the path begins where a program or a global function does. */
static bool from_entry(const struct skep_case *c)
{
	const struct skep_step *first;

	if (!c->path.count)
		return false;
	first = &c->path.at[c->path.count - 1];
	if (!first->insn.number)
		return true;
	for (size_t i = first->line; i-- > 0;) {
		enum skep_line_kind kind = c->lines.at[i].kind;

		if (kind == SKEP_LINE_NOTE)
			return skep_span_starts(c->lines.at[i].text, SPAN("Validating "));
		if (kind != SKEP_LINE_STATE && kind != SKEP_LINE_SOURCE && kind != SKEP_LINE_BLANK)
			return false;
	}
	return false;
}

/* The refused line is shown in any case: as a cause it says something only where it is the one. */
static void drop_refused(struct skep_search *s)
{
	struct skep_case *c = s->c;
	struct skep_place refused = skep_place_of_step(c, c->refused);
	size_t kept = 0;

	for (size_t i = 0; i < c->cause_count; i++)
		if (!same_place(&c->causes[i].place, &refused)) {
			s->steps[kept] = s->steps[i];
			s->vague[kept] = s->vague[i];
			c->causes[kept++] = c->causes[i];
		}
	if (kept)
		c->cause_count = kept;
}

/* Checks that were merged, and whose own lines were not found: the first speaks for all. */
static void drop_twice(struct skep_search *s)
{
	struct skep_case *c = s->c;
	size_t kept = 0;

	for (size_t i = 0; i < c->cause_count; i++) {
		bool twice = false;

		for (size_t j = 0; j < kept; j++)
			twice |= same_place(&c->causes[j].place, &c->causes[i].place);
		if (twice)
			continue;
		s->steps[kept] = s->steps[i];
		s->vague[kept] = s->vague[i];
		c->causes[kept++] = c->causes[i];
	}
	c->cause_count = kept;
}

/* The nearest first; what is no step of the way comes last. */
static void sort_causes(struct skep_search *s)
{
	struct skep_cause *causes = s->c->causes;

	for (size_t i = 1; i < s->c->cause_count; i++)
		for (size_t j = i; j > 0 && s->steps[j] < s->steps[j - 1]; j--) {
			struct skep_cause cause = causes[j];
			size_t step = s->steps[j];

			causes[j] = causes[j - 1];
			s->steps[j] = s->steps[j - 1];
			causes[j - 1] = cause;
			s->steps[j - 1] = step;
		}
}

/*
 * Where a log is cut back to a branch, the line that stands before what follows need not be its
 * own: kernels print a line once.
 */
static bool line_is_sure(const struct skep_case *c)
{
	struct skep_insn insn;

	if (!skep_place_is_sure(c, c->refused))
		return false;
	for (size_t i = c->path.at[c->refused].line; i-- > 0;) {
		const struct skep_line *line = &c->lines.at[i];

		if (line->kind == SKEP_LINE_SOURCE)
			return true;
		if (line->kind == SKEP_LINE_FROM ||
		    (line->kind == SKEP_LINE_INSN && skep_insn_parse(line->text, &insn) &&
		     insn.next.length))
			break;
	}
	return false;
}

static bool is_vague(const struct skep_search *s)
{
	for (size_t i = 0; i < s->c->cause_count; i++)
		if (s->vague[i])
			return true;
	return false;
}

/* `unknown opcode d7`: the first instruction that has it; -1. */
static int64_t find_opcode(const struct skep_case *c)
{
	struct skep_span text = skep_fields_get(&c->fields, SPAN("opcode"));
	char number[8];
	struct skep_span hex = { number, 0 };
	struct skep_spot spot;
	int64_t code;

	if (text.length != 2)
		return -1;
	hex.length = (size_t)snprintf(number, sizeof(number), "0x%.2s", text.at);
	if (!skep_take_number(&hex, &code) || hex.length)
		return -1;
	for (int64_t i = 0; skep_objinfo_spot(c->request->object, i, &spot); i++) {
		struct skep_bpf_insn insn;

		if (!skep_objinfo_insn(c->request->object, spot.at, &insn))
			break;
		if (insn.code == code)
			return i;
		i += insn.code == (BPF_LD | BPF_IMM | BPF_DW);
	}
	return -1;
}

/* `insn 34 cannot be called ...`, before anything was verified: the object knows its line. */
static void add_named_instruction(struct skep_case *c)
{
	const struct skep_objinfo_line *line;
	struct skep_spot spot;
	int64_t insn;

	if (!c->request->object)
		return;
	if (!skep_fields_number(&c->fields, SPAN("insn"), &insn))
		insn = find_opcode(c);
	if (insn < 0 || !skep_objinfo_spot(c->request->object, insn, &spot))
		return;
	line = skep_objinfo_line_at(c->request->object, &spot);
	if (!line || !line->line)
		return;
	c->causes[c->cause_count++] = (struct skep_cause){
		{ .insn = (int)insn,
		  .line = line->line,
		  .column = line->column,
		  .file = skep_arena_copy(c->arena, skep_span_of(skep_objinfo_source(
							    line->file, c->request->source_dir))),
		  .text = skep_arena_copy(c->arena, skep_span_of(line->text)) },
		skep_arena_printf(c->arena, "this is instruction %lld", (long long)insn),
	};
}

void skep_causes_find(struct skep_case *c)
{
	static bool (*const rules[])(struct skep_search *) = {
		[SKEP_RULE_SELF] = skep_cause_find_self,
		[SKEP_RULE_NULL] = skep_cause_find_null,
		[SKEP_RULE_SCALAR] = skep_cause_find_scalar,
		[SKEP_RULE_PACKET] = skep_cause_find_packet,
		[SKEP_RULE_STACK] = skep_cause_find_stack,
		[SKEP_RULE_BOUND] = skep_cause_find_bound,
		[SKEP_RULE_UNINIT] = skep_cause_find_uninitialised,
		[SKEP_RULE_ARITH] = skep_cause_find_argument,
		[SKEP_RULE_ARG] = skep_cause_find_argument,
		[SKEP_RULE_CTX] = skep_cause_find_context,
		[SKEP_RULE_REFERENCE] = skep_cause_find_reference,
		[SKEP_RULE_DYNPTR] = skep_cause_find_dynptr,
		[SKEP_RULE_LOCK] = skep_cause_find_lock,
		[SKEP_RULE_LOOP] = skep_cause_find_loop,
		[SKEP_RULE_RET] = skep_cause_find_return,
	};
	struct skep_search s = { .c = c };
	struct skep_place place;

	if (c->refused == SKEP_NO_STEP) {
		add_named_instruction(c);
		skep_cause_find_in_source(&s);
	}
	if (c->refused == SKEP_NO_STEP || c->entry->rule == SKEP_RULE_NONE)
		return;
	skep_flow_build(&s.flow, &c->path, from_entry(c));
	s.value = skep_flow_register(&s.flow, c->refused, c->reg);
	c->agreed = rules[c->entry->rule](&s) && !s.flow.failed &&
		    (line_is_sure(c) || skep_report_place(c, &place));
	drop_refused(&s);
	skep_search_add_speculation(&s);
	skep_cause_find_in_source(&s);
	if (c->entry->rule == SKEP_RULE_RET)
		skep_search_set_meaning(&s, SPAN(""));
	else if (c->entry->number == 602)
		skep_search_set_holder(&s, SPAN(""));
	drop_refused(&s);
	drop_twice(&s);
	c->agreed = c->agreed && !is_vague(&s) && skep_search_is_exact(&s);
	skep_flow_free(&s.flow);
	sort_causes(&s);
	/* What the kernel's own report says is told as it stands, and not checked. */
	if (!c->cause_count) {
		skep_report_causes(c);
		c->agreed = c->agreed && !c->cause_count;
	}
}
