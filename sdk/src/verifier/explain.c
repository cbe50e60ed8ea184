/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* From the log of one program to its diagnostic. */
#include <errno.h>
#include <stdlib.h>

#include "verifier/compiler.h"
#include "verifier/explanation.h"
#include "verifier/c/locate.h"
#include "verifier/facts/names.h"
#include "verifier/story/story.h"
#include "verifier/log/unescape.h"

#define ATTACH_TARGET 812 /* SKEP-V812 */

struct skep_span skep_program_named(const struct skep_case *c)
{
	struct skep_span name = SPAN("");

	for (size_t i = 0; !name.length && i < c->lines.count; i++) {
		struct skep_span text = c->lines.at[i].text;
		ptrdiff_t end;

		if (c->lines.at[i].kind == SKEP_LINE_INSN)
			break;
		if (c->lines.at[i].kind == SKEP_LINE_SOURCE)
			name = skep_name_function(skep_source_of_line(&c->lines, i));
		else if (skep_take(&text, SPAN("prog '")) ||
			 skep_take(&text, SPAN("BPF program '")) ||
			 skep_take(&text, SPAN("Validating "))) {
			end = skep_span_find_char(text, '\'');
			name = skep_span_upto(text, end < 0 ? skep_span_word(text) : (size_t)end);
		}
	}
	/* The report names the function, which the program may have called. */
	if (name.length || (c->path.count && c->path.at[0].frame > 0))
		return name;
	return skep_report_program(c);
}

static struct skep_place primary_place(const struct skep_case *c)
{
	struct skep_place place, step = skep_place_of_step(c, c->refused);
	bool named;
	int64_t insn;

	/* A message that names an instruction may stand far behind it. */
	named = skep_fields_number(&c->fields, SPAN("insn"), &insn) && insn == step.insn;
	if (!skep_report_place(c, &place))
		place = named ? step : skep_place_of_line(c, c->message_line);
	if (place.insn < 0)
		place.insn = step.insn;
	if (!place.asm_text)
		place.asm_text = step.asm_text;
	if (place.insn < 0 && skep_fields_number(&c->fields, SPAN("insn"), &insn) && insn >= 0 &&
	    insn <= INT32_MAX)
		place.insn = (int)insn;
	return place;
}

/* What is attached to is told by SEC("..."), not by the program's first statement. */
static bool take_section(const struct skep_case *c, struct skep_place *place)
{
	if (c->entry->number != ATTACH_TARGET || c->refused != SKEP_NO_STEP ||
	    c->cause_count != 1 || c->causes[0].place.insn >= 0 || !c->causes[0].place.text ||
	    !strstr(c->causes[0].place.text, "SEC("))
		return false;
	*place = c->causes[0].place;
	return true;
}

const char *skep_message_of(const struct skep_case *c)
{
	const struct skep_say *say;
	const char *text;
	size_t at = 0;

	while ((say = skep_entry_next_say(c->entry->number, &at))) {
		if (!skep_fields_agree(&c->fields, say->when))
			continue;
		text = skep_fields_expand(&c->fields, c->arena, say->text);
		if (text)
			return text;
	}
	return c->entry->title;
}

static enum skep_confidence confidence_of(const struct skep_case *c)
{
	if (c->entry->number == SKEP_UNKNOWN_REFUSAL)
		return SKEP_CONFIDENCE_FALLBACK;
	return c->agreed ? SKEP_CONFIDENCE_EXACT : SKEP_CONFIDENCE_PATTERN;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Rust's programs print an error, and then its causes: the first of them is the same log again. */
static bool is_repeated(const struct skep_explanation *out, const struct skep_case *c,
			const struct skep_diagnostic *d)
{
	const struct skep_diagnostic *before;
	bool causes = false;

	for (size_t i = 0; i < c->lines.count && i < 64; i++)
		causes |= skep_span_is(c->lines.at[i].text, SPAN("Caused by:"));
	if (!causes || !out->count)
		return false;
	before = &((const struct skep_diagnostics *)((const char *)out->last -
						     offsetof(struct skep_diagnostics, next)))
			  ->diagnostic;
	return !strcmp(before->code, d->code) && before->primary.insn == d->primary.insn &&
	       before->primary.line == d->primary.line &&
	       is_same_text(before->program, d->program) &&
	       is_same_text(before->kernel_message, d->kernel_message);
}

static void add_diagnostic(struct skep_explanation *out, struct skep_case *c)
{
	struct skep_diagnostics *added = skep_arena_alloc(c->arena, sizeof(*added));
	const char *program = c->request->program;
	struct skep_cause *causes =
		skep_arena_alloc(c->arena, sizeof(*causes) * (c->cause_count + 1));
	struct skep_span name = skep_program_named(c);
	struct skep_place place;
	struct skep_diagnostic *d;

	if (!added || !causes)
		return;
	if (!take_section(c, &place))
		place = primary_place(c);
	memcpy(causes, c->causes, sizeof(*causes) * c->cause_count);
	d = &added->diagnostic;
	d->code = skep_arena_printf(c->arena, "SKEP-V%03d", c->entry->number);
	d->name = c->entry->name;
	if (program || name.length)
		d->program = skep_arena_copy(c->arena, program ? skep_span_of(program) : name);
	d->kernel_message = skep_arena_copy(c->arena, c->message);
	d->message = skep_message_of(c);
	d->primary = place;
	d->causes = causes;
	d->cause_count = c->cause_count;
	d->explanation = c->entry->about;
	d->confidence = confidence_of(c);
	skep_fixes_add(c, d);
	if (c->request->story)
		skep_steps_add(c, d);
	if (c->arena->failed || is_repeated(out, c, d))
		return;
	*out->last = added;
	out->last = &added->next;
	out->count++;
}

static bool is_verifiers(const struct skep_case *c)
{
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.at[i].kind == SKEP_LINE_INSN ||
		    c->lines.at[i].kind == SKEP_LINE_PROCESSED)
			return true;
	return false;
}

/* A log of nothing but its last line may be that of a refusal without a message. */
static bool says_accepted(const struct skep_case *c)
{
	if (!c->finished)
		return false;
	for (size_t i = 0; i < c->lines.count; i++)
		if (c->lines.at[i].kind == SKEP_LINE_INSN || c->lines.at[i].kind == SKEP_LINE_STATS)
			return true;
	return false;
}

static size_t end_of_trace(const struct skep_lines *lines)
{
	size_t end = lines->count;

	while (end > 0 && lines->at[end - 1].kind != SKEP_LINE_PROCESSED)
		end--;
	return end ? end - 1 : lines->count;
}

static int explain_case(struct skep_explanation *out, struct skep_case *c)
{
	int err = skep_path_trace(&c->path, &c->lines, end_of_trace(&c->lines));

	if (err)
		return err;
	c->refused = c->path.count ? 0 : SKEP_NO_STEP;
	if (!is_verifiers(c) && skep_compiler_explain(out, c)) {
		out->verdict = SKEP_VERDICT_REJECTED;
		return c->arena->failed ? -ENOMEM : 0;
	}
	skep_refusal_find(c);
	if (!c->entry && !out->count && !out->saw_verifier && !is_verifiers(c))
		skep_refusal_find_bare(c);
	if (is_verifiers(c))
		out->saw_verifier = true;
	if (c->entry) {
		skep_lines_locate(c);
		skep_facts_add(c);
		skep_causes_find(c);
		add_diagnostic(out, c);
		skep_cost_add(out, c);
		out->verdict = SKEP_VERDICT_REJECTED;
	} else if (says_accepted(c)) {
		if (out->verdict == SKEP_VERDICT_UNKNOWN)
			out->verdict = SKEP_VERDICT_ACCEPTED;
		skep_cost_add(out, c);
	}
	return c->arena->failed ? -ENOMEM : 0;
}

static int explain_text(struct skep_explanation *out, const char *text, size_t bytes,
			const struct skep_request *request)
{
	struct skep_case c = {
		.arena = &out->arena, .request = request, .reg = -1, .refused = SKEP_NO_STEP
	};
	int err = skep_lines_split(&c.lines, text, bytes);

	if (!err)
		err = explain_case(out, &c);
	skep_path_free(&c.path);
	skep_lines_free(&c.lines);
	return err;
}

int skep_case_explain(struct skep_explanation *out, const char *text, size_t bytes,
		      const struct skep_request *request)
{
	struct skep_span whole = { text, bytes };
	char *lines;
	int err;

	if (!skep_is_escaped(whole))
		return explain_text(out, text, bytes, request);
	lines = skep_unescape(whole, &bytes);
	err = lines ? explain_text(out, lines, bytes, request) : -ENOMEM;
	free(lines);
	return err;
}
