/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "program_file.h"

#include "locate.h"
#include "verifier/object/objinfo.h"

#define WORDS_MOST 7 /* that a file is known by */

struct skep_span skep_program_line(const struct skep_program_file *f, unsigned line)
{
	size_t at = skep_ctext_line(&f->text, line);

	if (at == SKEP_NOWHERE)
		return SPAN("");
	return skep_span_trim(skep_ctext_span(&f->text, at, skep_ctext_line_end(&f->text, at)));
}

/* `failed to load object './x.bpf.o'`: x. */
static struct skep_span object_stem(const struct skep_case *c)
{
	for (size_t i = c->lines.count; i-- > 0;) {
		struct skep_span text = c->lines.at[i].text;
		size_t end;

		if (c->lines.at[i].kind != SKEP_LINE_LOADER ||
		    skep_span_find(text, SPAN("failed to load object '")) < 0)
			continue;
		text = skep_span_from(text, (size_t)skep_span_find_char(text, '\'') + 1);
		for (end = 0; end < text.length && text.at[end] != '\''; end++)
			if (text.at[end] == '/') {
				text = skep_span_from(text, end + 1);
				end = SIZE_MAX;
			}
		text = skep_span_upto(text, end);
		for (end = 0; end < text.length && text.at[end] != '.';)
			end++;
		return skep_span_upto(text, end);
	}
	return SPAN("");
}

/* The file that an object's program is from. */
static const char *file_of_program(const struct skep_case *c, struct skep_span program)
{
	const struct skep_objinfo *o = c->request->object;

	for (size_t i = 0; o && i < o->function_count; i++) {
		const struct skep_objinfo_function *f = &o->functions[i];

		if (!skep_span_is(program, skep_span_of(f->name ? f->name : "")))
			continue;
		for (size_t j = 0; j < o->line_count; j++)
			if (o->lines[j].at.section == f->at.section &&
			    o->lines[j].at.insn == f->at.insn && o->lines[j].file)
				return skep_objinfo_source(o->lines[j].file,
							   c->request->source_dir);
	}
	if (o && o->line_count && o->lines[0].file && !program.length)
		return skep_objinfo_source(o->lines[0].file, c->request->source_dir);
	return NULL;
}

struct skep_span skep_case_program(const struct skep_case *c)
{
	struct skep_span name = skep_fields_get(&c->fields, SPAN("prog"));

	if (c->request->program)
		return skep_span_of(c->request->program);
	return name.length ? name : skep_program_named(c);
}

/* What a message has in quotes: names of the program. */
static size_t quoted_words(struct skep_span text, struct skep_span words[WORDS_MOST - 3])
{
	size_t count = 0;

	while (count < WORDS_MOST - 3) {
		ptrdiff_t at = skep_span_find_char(text, '\'');
		size_t n;

		if (at < 0)
			break;
		text = skep_span_from(text, (size_t)at + 1);
		n = skep_span_word(text);
		if (n > 2 && n < text.length && text.at[n] == '\'') {
			words[count++] = skep_span_upto(text, n);
			text = skep_span_from(text, n + 1);
		}
	}
	return count;
}

/* Where no instruction was verified: the object knows its source, or is called like it. */
static bool open_named(const struct skep_case *c, struct skep_program_file *f)
{
	struct skep_span stem = object_stem(c), program = skep_case_program(c);
	const char *names[4] = { file_of_program(c, program) };
	struct skep_span words[WORDS_MOST] = { program, skep_fields_get(&c->fields, SPAN("func")),
					       skep_fields_get(&c->fields, SPAN("map")) };

	if (stem.length) {
		names[1] = skep_arena_printf(c->arena, "%.*s.bpf.c", (int)stem.length, stem.at);
		names[2] = skep_arena_printf(c->arena, "%.*s.c", (int)stem.length, stem.at);
	}
	if (!names[0] && !stem.length)
		names[3] = skep_file_locate(c, words, 3 + quoted_words(c->message, words + 3));
	for (int i = 0; i < 4; i++) {
		if (!names[i] || skep_ctext_read(&f->text, c->request->source_dir, names[i]))
			continue;
		if (!program.length ||
		    skep_ctext_find(&f->text, 0, f->text.length, program) != SKEP_NOWHERE) {
			f->refused.file = skep_arena_copy(c->arena, skep_span_of(names[i]));
			return true;
		}
		skep_ctext_free(&f->text);
	}
	return false;
}

bool skep_program_file_own(const struct skep_case *c, struct skep_program_file *f)
{
	*f = (struct skep_program_file){ .refused = { .file = NULL } };
	return c->request->source_dir && open_named(c, f);
}

bool skep_program_file_open(const struct skep_case *c, struct skep_program_file *f)
{
	*f = (struct skep_program_file){ .refused = skep_place_of_line(c, c->message_line) };
	if (!c->request->source_dir)
		return false;
	if (!f->refused.file && c->refused == SKEP_NO_STEP)
		return open_named(c, f);
	if (!f->refused.file || !f->refused.line || !f->refused.text ||
	    skep_ctext_read(&f->text, c->request->source_dir, f->refused.file))
		return false;
	if (skep_span_is(skep_program_line(f, f->refused.line), skep_span_of(f->refused.text)))
		return true;
	skep_ctext_free(&f->text);
	return false;
}
