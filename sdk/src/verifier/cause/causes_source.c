/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Causes that no instruction has: a map's declaration, a function's head, a constant's definition.
 * They are read off the source, where it is at hand and is what the log quotes.
 */
#include "verifier/c/c_parse.h"
#include "causes.h"
#include "verifier/c/program_file.h"

#define LINES_MOST 40  /* of a map's declaration */
#define CALLS_MOST 512 /* steps that are looked at for one */

bool skep_program_add_line(struct skep_search *s, const struct skep_program_file *f, unsigned line,
			   const char *label)
{
	struct skep_case *c = s->c;
	struct skep_span text = skep_program_line(f, line);

	if (!line || line == f->refused.line || !text.length || c->cause_count == SKEP_CAUSES_MOST)
		return false;
	s->steps[c->cause_count] = SIZE_MAX;
	c->causes[c->cause_count++] = (struct skep_cause){
		{ .insn = -1,
		  .file = f->refused.file,
		  .line = line,
		  .text = skep_arena_copy(c->arena, text) },
		label,
	};
	return true;
}

/* The line in which `NAME SEC(...)` or a macro declares a map. */
static unsigned find_map(const struct skep_program_file *f, struct skep_span name)
{
	size_t at = 0, first = SKEP_NOWHERE;

	while (name.length &&
	       (at = skep_ctext_find(&f->text, at, f->text.length, name)) != SKEP_NOWHERE) {
		size_t next = skep_ctext_skip(&f->text, at + name.length, f->text.length);

		if (skep_ctext_is_word(&f->text, next, SPAN("SEC")))
			return skep_ctext_line_of(&f->text, at);
		first = first == SKEP_NOWHERE ? at : first;
		at += name.length;
	}
	return first == SKEP_NOWHERE ? 0 : skep_ctext_line_of(&f->text, first);
}

/* The map that a call is given; else that of the memory which the message is about. */
static struct skep_span map_name(const struct skep_search *s)
{
	const struct skep_insn *insn = &s->c->path.at[s->c->refused].insn;

	for (int reg = 1; reg <= 5 && skep_span_starts(insn->text, SPAN("call ")); reg++) {
		struct skep_span state = skep_search_state(s, s->c->refused, reg);
		ptrdiff_t at = skep_span_find(state, SPAN("map="));

		if (at < 0 ||
		    (!skep_span_starts(state, SPAN("map_ptr(")) && !skep_insn_calls_function(insn)))
			continue;
		state = skep_span_from(state, (size_t)at + 4);
		return skep_span_upto(state, skep_span_word(state));
	}
	return skep_fields_get(&s->c->fields, SPAN("map"));
}

/* The first `&NAME` of a line that is a map here. */
static struct skep_span map_of_line(const struct skep_program_file *f, struct skep_span rest)
{
	int tries = 8;
	ptrdiff_t at;

	while (tries-- && (at = skep_span_find_char(rest, '&')) >= 0) {
		struct skep_span name;

		rest = skep_span_from(rest, (size_t)at + 1);
		name = skep_span_upto(rest, skep_span_word(rest));
		for (size_t i = 0; name.length && (i = skep_ctext_find(&f->text, i, f->text.length,
								       name)) != SKEP_NOWHERE;
		     i += name.length)
			if (skep_ctext_is_word(
				    &f->text,
				    skep_ctext_skip(&f->text, i + name.length, f->text.length),
				    SPAN("SEC")))
				return name;
	}
	return SPAN("");
}

/* Older kernels do not name maps: the refused line may, or that of the lookup. */
static struct skep_span map_of_source(const struct skep_search *s,
				      const struct skep_program_file *f)
{
	struct skep_span name =
		map_of_line(f, skep_span_of(f->refused.text ? f->refused.text : ""));

	if (s->c->refused == SKEP_NO_STEP)
		return name;
	for (int reg = s->c->reg > 0 ? s->c->reg : 0; reg <= 9 && !name.length; reg++) {
		uint32_t root =
			skep_flow_root(&s->flow, skep_flow_register(&s->flow, s->c->refused, reg));
		const struct skep_value *v = skep_flow_value(&s->flow, root);

		if (v->kind == SKEP_VALUE_CALL &&
		    skep_span_find(skep_search_callee(s, v->step), SPAN("lookup")) >= 0)
			name = map_of_line(f, skep_words_source(s->c, v->step));
	}
	return name;
}

/* The line of a map's declaration that has a word: `type`, `map_flags`, `value`. */
static bool add_map(struct skep_search *s, const struct skep_program_file *f,
		    struct skep_span member, const char *what)
{
	struct skep_span name = s->c->refused == SKEP_NO_STEP ? SPAN("") : map_name(s);
	unsigned last;

	name = name.length ? name : map_of_source(s, f);
	last = find_map(f, name);

	for (unsigned line = last; last && line + LINES_MOST > last && line > 0; line--) {
		struct skep_span text = skep_program_line(f, line);

		if (skep_span_find_word(text, member) >= 0)
			return skep_program_add_line(
				s, f, line,
				skep_arena_printf(s->c->arena, "%s of `%.*s` is said here", what,
						  (int)name.length, name.at));
		if (skep_span_starts(text, SPAN("struct")))
			break;
	}
	return false;
}

/* The head of a function by name; of the one around the refused line where there is none. */
static bool add_function(struct skep_search *s, const struct skep_program_file *f,
			 struct skep_span name, const char *label)
{
	struct skep_cfunction function;
	size_t at = 0;

	if (!name.length)
		return skep_cfunction_around(&f->text, skep_ctext_line(&f->text, f->refused.line),
					     &function) &&
		       skep_program_add_line(
			       s, f, skep_ctext_line_of(&f->text, function.parameters), label);
	while (skep_cfunction_next(&f->text, &at, &function))
		if (skep_span_is(function.name, name))
			return skep_program_add_line(
				s, f, skep_ctext_line_of(&f->text, function.parameters), label);
	return false;
}

/* Where an inlined function was called that the refused line is in. */
static bool add_call_site(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_cfunction function;

	if (!skep_cfunction_around(&f->text, skep_ctext_line(&f->text, f->refused.line),
				   &function) ||
	    function.macro || function.section.length)
		return false;
	for (size_t i = s->c->refused + 1; i < s->c->path.count && i < CALLS_MOST; i++) {
		struct skep_span source = skep_words_source(s->c, i);
		ptrdiff_t at = skep_span_find_word(source, function.name);
		size_t behind = (size_t)at + function.name.length;

		if (at < 0 || behind >= source.length || source.at[behind] != '(')
			continue;
		skep_search_add(s, i, "`%.*s` is called here", (int)function.name.length,
				function.name.at);
		return true;
	}
	return false;
}

/* A cause inside of an inlined function: where that was called. */
static void add_inlined(struct skep_search *s, const struct skep_program_file *f)
{
	const struct skep_path *path = &s->c->path;
	const struct skep_place *cause = &s->c->causes[0].place;
	struct skep_cfunction around, own;
	size_t at;

	if (!s->c->cause_count || s->steps[0] >= path->count || !cause->line || !cause->file ||
	    strcmp(cause->file, f->refused.file) || !skep_program_around(f, &own, &at) ||
	    !skep_cfunction_around(&f->text, skep_ctext_line(&f->text, cause->line), &around) ||
	    around.head == own.head || around.macro || around.section.length ||
	    skep_span_find_word(around.type, SPAN("__noinline")) >= 0)
		return;
	for (size_t i = s->c->refused + 1; i < path->count && i < CALLS_MOST; i++) {
		struct skep_span source = skep_words_source(s->c, i);
		ptrdiff_t name = skep_span_find_word(source, around.name);
		size_t behind = (size_t)name + around.name.length;

		if (name < 0 || behind >= source.length || source.at[behind] != '(')
			continue;
		skep_search_add(s, i, "`%.*s` is called here", (int)around.name.length,
				around.name.at);
		return;
	}
}

/* What program it is, and what it is attached to: SEC("...") before the function. */
static bool add_section(struct skep_search *s, const struct skep_program_file *f, const char *label)
{
	struct skep_span program = skep_case_program(s->c);
	struct skep_cfunction function;
	size_t at = 0;
	unsigned line;

	while (program.length && skep_cfunction_next(&f->text, &at, &function)) {
		if (!skep_span_is(function.name, program))
			continue;
		line = skep_ctext_line_of(&f->text, function.parameters);
		for (unsigned up = 0; up < 4 && up < line; up++)
			if (skep_span_find(skep_program_line(f, line - up), SPAN("SEC(")) >= 0)
				return skep_program_add_line(s, f, line - up, label);
		return false;
	}
	return false;
}

/* `extern ... NAME(...) __ksym;` */
static bool add_extern(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_span name = skep_fields_get(&s->c->fields, SPAN("func"));
	size_t at;

	if (!name.length)
		return false;
	at = skep_ctext_find(&f->text, 0, f->text.length, name);
	return at != SKEP_NOWHERE &&
	       skep_program_add_line(s, f, skep_ctext_line_of(&f->text, at),
				     "it is declared here, for the kernel to have it");
}

/* A function without a result that makes a tail call. */
static bool add_tail_call(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_cfunction function;
	size_t at = 0;

	while (skep_cfunction_next(&f->text, &at, &function))
		if (skep_span_find_word(function.type, SPAN("void")) >= 0 &&
		    skep_ctext_find(&f->text, function.body, function.end, SPAN("bpf_tail_call")) !=
			    SKEP_NOWHERE)
			return skep_program_add_line(
				s, f, skep_ctext_line_of(&f->text, function.parameters),
				"this function makes a tail call, and returns nothing");
	return false;
}

/* `map 'm': unknown field 'max_entires'` */
static bool add_field(struct skep_search *s, const struct skep_program_file *f)
{
	ptrdiff_t at = skep_span_find(s->c->message, SPAN("unknown field '"));
	struct skep_span name;
	size_t found;

	if (at < 0) {
		unsigned last = find_map(f, skep_fields_get(&s->c->fields, SPAN("map")));

		return last && skep_program_add_creation(s, f, last);
	}
	name = skep_span_from(s->c->message, (size_t)at + sizeof("unknown field '") - 1);
	name = skep_span_upto(name, skep_span_word(name));
	found = name.length ? skep_ctext_find(&f->text, 0, f->text.length, name) : SKEP_NOWHERE;
	return found != SKEP_NOWHERE &&
	       skep_program_add_line(s, f, skep_ctext_line_of(&f->text, found),
				     "this is no member that maps have");
}

static bool find_argument(struct skep_search *s, const struct skep_program_file *f)
{
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);

	return v->kind == SKEP_VALUE_ENTRY && v->step == SKEP_NO_STEP &&
	       add_function(s, f, SPAN(""),
			    "a pointer that a global function is given may be NULL");
}

static bool find_constant(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_op op = { .kind = SKEP_OP_NONE, .src = -1 };

	if (s->c->refused == SKEP_NO_STEP)
		return false;
	op = skep_insn_decode(&s->c->path.at[s->c->refused].insn);
	if (s->c->cause_count && (op.kind != SKEP_OP_ALU || op.src >= 0))
		return false;
	return skep_program_add_number(s, f);
}

static bool find_flags(struct skep_search *s, const struct skep_program_file *f)
{
	return add_map(s, f, SPAN("map_flags"), "what is allowed");
}

static bool find_type(struct skep_search *s, const struct skep_program_file *f)
{
	return add_map(s, f, SPAN("type"), "the type") ||
	       (s->c->refused == SKEP_NO_STEP && skep_program_add_unsleepable(s, f));
}

static bool find_value(struct skep_search *s, const struct skep_program_file *f)
{
	return skep_program_add_member(s, f) || add_map(s, f, SPAN("value"), "the value");
}

static bool find_kind(struct skep_search *s, const struct skep_program_file *f)
{
	return add_section(s, f, "this decides which helpers the program may call");
}

static bool find_hook(struct skep_search *s, const struct skep_program_file *f)
{
	return add_section(s, f, "this says what it is attached to");
}

/* A map's value that is too small, or else the function itself. */
static bool find_callee(struct skep_search *s, const struct skep_program_file *f)
{
	if (skep_fields_get(&s->c->fields, SPAN("limit")).length)
		return add_map(s, f, SPAN("value"), "the value");
	return add_function(s, f, skep_fields_get(&s->c->fields, SPAN("func")),
			    "the function is declared here");
}

/* `BPF_MAP_TYPE_LRU_HASH` of the lines before a map's name. */
static struct skep_span type_of_map(const struct skep_program_file *f, struct skep_span name)
{
	unsigned last = find_map(f, name);

	for (unsigned line = last; line && line + LINES_MOST > last; line--) {
		struct skep_span text = skep_program_line(f, line);
		ptrdiff_t at = skep_span_find(text, SPAN("BPF_MAP_TYPE_"));

		if (at >= 0) {
			text = skep_span_from(text, (size_t)at);
			return skep_span_upto(text, skep_span_word(text));
		}
		if (line < last && skep_span_starts(text, SPAN("}")))
			break;
	}
	return SPAN("");
}

static bool find_special(struct skep_search *s, const struct skep_program_file *f)
{
	if (skep_search_set_holder(s, type_of_map(f, skep_fields_get(&s->c->fields, SPAN("map")))))
		return add_map(s, f, SPAN("type"), "the type");
	if (s->c->cause_count)
		return false;
	return skep_span_find(s->c->message, SPAN("no valid")) >= 0 ||
			       skep_span_find(s->c->message, SPAN("doesn't have")) >= 0
		       ? find_value(s, f)
		       : add_map(s, f, SPAN("type"), "the type");
}

static bool find_tail_call(struct skep_search *s, const struct skep_program_file *f)
{
	return s->c->refused == SKEP_NO_STEP && add_tail_call(s, f);
}

bool skep_cause_find_in_source(struct skep_search *s)
{
	static const struct {
		int number;
		bool (*find)(struct skep_search *s, const struct skep_program_file *f);
	} finders[] = {
		{ 1, find_argument },
		{ 2, find_argument },
		{ 11, skep_program_add_settings },
		{ 107, find_constant },
		{ 108, find_constant },
		{ 120, find_flags },
		{ 140, add_call_site },
		{ 204, skep_program_move_initialiser },
		{ 306, find_constant },
		{ 307, find_constant },
		{ 402, find_type },
		{ 403, find_kind },
		{ 404, add_extern },
		{ 405, find_callee },
		{ 530, find_value },
		{ 602, find_special },
		{ 701, skep_program_add_return },
		{ 702, skep_program_add_loops },
		{ 703, skep_program_add_loops },
		{ 705, skep_program_add_unreachable },
		{ 706, find_tail_call },
		{ 803, skep_program_add_settings },
		{ 811, skep_program_add_mentioned },
		{ 812, find_hook },
		{ 815, skep_program_add_arenas },
		{ 901, add_field },
		{ 902, skep_program_add_old_map },
	};
	struct skep_program_file f;
	bool found = false;

	if (!skep_program_file_open(s->c, &f))
		return false;
	skep_program_move_checks(s, &f);
	if (s->c->refused != SKEP_NO_STEP)
		add_inlined(s, &f);
	for (size_t i = 0; i < sizeof(finders) / sizeof(finders[0]); i++)
		if (finders[i].number == s->c->entry->number)
			found = finders[i].find(s, &f);
	skep_ctext_free(&f.text);
	return found;
}
