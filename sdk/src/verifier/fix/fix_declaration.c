/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the declaration is what has to change: of a variable, a function, a program. */
#include "fixer.h"
#include "verifier/facts/names.h"

static bool is_member(const struct skep_fixer *fx, size_t at)
{
	return at && (fx->text.code[at - 1] == '.' || fx->text.code[at - 1] == '>');
}

/*
 * A local variable that the statement reads and that was declared without a value. First those that
 * are never assigned are asked, then those that some path may leave out.
 */
static bool find_unset(const struct skep_fixer *fx, bool assigned, struct skep_cvariable *found)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	size_t end = s->head == SKEP_NOWHERE ? s->end : s->head_end;
	int count = 0;

	for (size_t at = s->start; at < end; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		struct skep_assignment a;
		struct skep_cvariable v;
		bool member = is_member(fx, at);

		if (!word.length)
			continue;
		at += word.length - 1;
		if (member || !skep_fixer_variable(fx, word, fx->at, &v) ||
		    v.place != SKEP_C_LOCAL || v.init != SKEP_NOWHERE || v.statement < 0 ||
		    skep_fixer_assigned(fx, word, fx->at, &a) != assigned ||
		    (count && skep_span_is(found->name, v.name)))
			continue;
		/* What the statement itself assigns is not read. */
		if (skep_span_is(skep_name_assigned(skep_fixer_statement(fx, fx->statement)), word))
			continue;
		*found = v;
		count++;
	}
	return count == 1;
}

static bool is_simple(const struct skep_cvariable *v)
{
	return v->stars || skep_cvariable_is_number(v);
}

static void clear(struct skep_fixer *fx, const struct skep_cvariable *v)
{
	struct skep_changes changes = { .count = 0 };
	const char *code;

	if (is_simple(v) && !v->array) {
		code = skep_fixer_print(fx, "%.*s = 0", SKEP_TEXT(v->name));
		skep_fixer_replace(fx, &changes, v->at_end, v->at_end, " = 0");
	} else {
		code = skep_fixer_print(fx, "__builtin_memset(&%.*s, 0, sizeof(%.*s));",
					SKEP_TEXT(v->name), SKEP_TEXT(v->name));
		skep_fixer_behind(fx, &changes, v->statement, code);
	}
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "give `%.*s` a value where it is declared",
					  SKEP_TEXT(v->name)),
			 code);
}

/* `= { .a = x, .b = y }` leaves padding as it is: cleared, and each member set. */
static void assign_members(struct skep_fixer *fx, const struct skep_cvariable *v)
{
	struct skep_changes changes = { .count = 0 };
	struct skep_span parts[16];
	size_t count;
	const char *code = skep_fixer_print(fx, "__builtin_memset(&%.*s, 0, sizeof(%.*s));",
					    SKEP_TEXT(v->name), SKEP_TEXT(v->name));

	if (fx->text.code[v->init] != '{' || !v->alone)
		return;
	count = skep_ctext_arguments(&fx->text, v->init, parts, 16);
	for (size_t i = 0; i < count && parts[i].length; i++) {
		if (parts[i].at[0] != '.')
			return;
		code = skep_fixer_print(fx, "%s\n%.*s%.*s;", code, SKEP_TEXT(v->name),
					SKEP_TEXT(parts[i]));
	}
	skep_fixer_replace(fx, &changes, v->at_end, v->init_end, "");
	skep_fixer_behind(fx, &changes, v->statement, code);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "clear all of `%.*s`, its padding too", SKEP_TEXT(v->name)),
		code);
}

void skep_fix_initialise(struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("buf"));
	struct skep_cvariable v;

	/* At the brace that ends the function, what it returns is meant. */
	for (size_t i = fx->body.count; fx->statement < 0 && i-- > 0;)
		if (fx->body.at[i].kind == SKEP_C_RETURN)
			fx->statement = (int)i;
	if (fx->statement < 0)
		return;
	if (name.length && skep_fixer_variable(fx, name, fx->at, &v) && v.place == SKEP_C_LOCAL &&
	    v.statement >= 0 && !v.stars) {
		if (v.init == SKEP_NOWHERE)
			clear(fx, &v);
		else
			assign_members(fx, &v);
	} else if (find_unset(fx, false, &v) || find_unset(fx, true, &v)) {
		clear(fx, &v);
	}
}

/* The map says that programs may not write it: `__uint(map_flags, BPF_F_RDONLY_PROG)`. */
static bool allow_writing(struct skep_fixer *fx)
{
	struct skep_span map = skep_fields_get(&fx->c->fields, SPAN("map"));
	struct skep_changes changes = { .count = 0 };
	struct skep_cvariable v;
	size_t at, start, end;

	if (!map.length || !skep_cvariable_global(&fx->text, map, &v))
		return false;
	at = skep_ctext_find(&fx->text, v.start, v.at, SPAN("BPF_F_RDONLY_PROG"));
	if (at == SKEP_NOWHERE)
		at = skep_ctext_find(&fx->text, v.start, v.at, SPAN("BPF_F_WRONLY_PROG"));
	if (at == SKEP_NOWHERE)
		return false;
	start = skep_ctext_line_start(&fx->text, at);
	end = skep_ctext_line_end(&fx->text, at);
	if (skep_span_find_char(skep_ctext_code(&fx->text, start, end), '|') >= 0 ||
	    !skep_span_starts(skep_span_trim(skep_ctext_code(&fx->text, start, end)),
			      SPAN("__uint(map_flags")))
		return false;
	skep_fixer_replace(fx, &changes, start, end + 1, "");
	return skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "let programs write to `%.*s`", SKEP_TEXT(map)), NULL);
}

/* `const` is what makes a variable read-only for the program. */
void skep_fix_constant(struct skep_fixer *fx)
{
	struct skep_span text = skep_fixer_statement(fx, fx->statement);
	struct skep_changes changes = { .count = 0 };

	if (allow_writing(fx))
		return;
	for (size_t i = 0; i < text.length; i++) {
		struct skep_span word = skep_span_from(text, i);
		struct skep_cvariable v;
		size_t at;

		word.length = skep_span_word(word);
		if (!word.length)
			continue;
		i += word.length - 1;
		if (!skep_cvariable_global(&fx->text, word, &v))
			continue;
		at = skep_ctext_find(&fx->text, v.start, v.at, SPAN("const"));
		if (at == SKEP_NOWHERE)
			continue;
		skep_fixer_replace(fx, &changes, at, at + strlen("const "), "");
		skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "declare `%.*s` without const: it is changed",
					 SKEP_TEXT(v.name)),
			skep_fixer_print(fx, "%.*s",
					 SKEP_TEXT(skep_ctext_code(&fx->text, at + strlen("const "),
								   v.at_end))));
		return;
	}
}

/* A static function is verified where it is called, with what is known there. */
void skep_fix_global(struct skep_fixer *fx)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("func"));
	struct skep_changes changes = { .count = 0 };
	struct skep_cfunction f;
	int64_t number;
	/* A pointer to too little is refused in a static function too. */
	bool memory = skep_fields_number(&fx->c->fields, SPAN("limit"), &number) ||
		      skep_fields_number(&fx->c->fields, SPAN("vs"), &number);

	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &f);) {
		if (f.section.length || !name.length || !skep_span_is(f.name, name) ||
		    skep_span_find_word(f.type, SPAN("static")) >= 0)
			continue;
		skep_fixer_replace(fx, &changes, f.head, f.head, "static ");
		skep_fixer_offer(fx, &changes, memory ? SKEP_FIX_SUGGESTION : SKEP_FIX_MACHINE,
				 skep_fixer_print(fx,
						  "make `%.*s` static, so that it is verified "
						  "where it is called",
						  SKEP_TEXT(name)),
				 skep_fixer_print(fx, "static %.*s %.*s(...)", SKEP_TEXT(f.type),
						  SKEP_TEXT(name)));
		return;
	}
}

/* Where the text of SEC("license"), or of SKEP_LICENSE(), is: behind its first quote. */
static size_t find_license(const struct skep_fixer *fx, size_t *end)
{
	static const char *const forms[] = { "SEC(\"license\")", "SKEP_LICENSE(" };
	struct skep_span all = skep_ctext_span(&fx->text, 0, fx->text.length);
	ptrdiff_t at = -1;
	size_t quote = 0;

	for (int i = 0; i < 2 && at < 0; i++) {
		at = skep_span_find(all, skep_span_of(forms[i]));
		quote = (size_t)at + strlen(forms[i]);
	}
	if (at < 0)
		return SKEP_NOWHERE;
	while (quote < all.length && all.at[quote] != '"' && all.at[quote] != ';')
		quote++;
	for (*end = quote + 1; *end < all.length && all.at[*end] != '"'; (*end)++)
		;
	return quote < all.length && all.at[quote] == '"' ? quote + 1 : SKEP_NOWHERE;
}

void skep_fix_license(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	const char *code = "char LICENSE[] SEC(\"license\") = \"GPL\";";
	struct skep_span all;
	size_t end = 0, at;

	if (!skep_fixer_leave_header(fx))
		return;
	all = skep_ctext_span(&fx->text, 0, fx->text.length);
	at = find_license(fx, &end);
	if (skep_span_find(all, SPAN("#include <skep/bpf/")) >= 0)
		code = "SKEP_LICENSE(\"GPL\");";
	if (at == SKEP_NOWHERE)
		skep_fixer_replace(fx, &changes, fx->text.length, fx->text.length,
				   skep_fixer_print(fx, "\n%s\n", code));
	else
		skep_fixer_replace(fx, &changes, at, end, "GPL");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 "say that the program is under the GPL, if it is so", code);
}

/* `lsm/x` sleeps as `lsm.s/x`. */
void skep_fix_sleepable(struct skep_fixer *fx)
{
	static const char *const kinds[] = { "lsm/",      "fentry/",       "fexit/",
					     "fmod_ret/", "uprobe/",       "uretprobe/",
					     "iter/",     "kprobe.multi/", "uprobe.multi/" };
	struct skep_span section = fx->function.section;
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, section);

	for (size_t i = 0; section.length && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]) - 1;

		if (!skep_span_starts(section, skep_span_of(kinds[i])) &&
		    !(section.length == n && !memcmp(section.at, kinds[i], n)))
			continue;
		skep_fixer_replace(fx, &changes, at + n, at + n, ".s");
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx, "load %.*s() as a program that may sleep",
						  SKEP_TEXT(fx->function.name)),
				 skep_fixer_print(fx, "SEC(\"%.*s.s%.*s\")", (int)n, kinds[i],
						  SKEP_TEXT(skep_span_from(section, n))));
		return;
	}
}
