/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which line of a log is the error. It stands at the end, before `processed`, with lines around it
 * that only give its numbers or wrap it, dumps of states behind it, and warnings before it.
 */
#include "verifier/explanation.h"
#include "verifier/story/story.h"

#define GROUP_MOST    16
#define MALFORMED_BTF 811

struct group {
	size_t at[GROUP_MOST]; /* lines of text, the last first */
	size_t count;
};

/* The lines of text at the end of what was verified. */
static struct group collect_last(const struct skep_lines *lines, size_t end)
{
	struct group group = { .count = 0 };

	while (end-- > 0 && group.count < GROUP_MOST) {
		enum skep_line_kind kind = lines->at[end].kind;

		if (kind == SKEP_LINE_TEXT)
			group.at[group.count++] = end;
		else if (kind == SKEP_LINE_STATE && !group.count)
			continue; /* `cur state:` and `old state:` follow some errors */
		else if (kind != SKEP_LINE_BLANK && kind != SKEP_LINE_REPORT &&
			 kind != SKEP_LINE_STATS)
			break;
	}
	return group;
}

static int register_of(struct skep_span message)
{
	ptrdiff_t passed = skep_span_find(message, SPAN(" passed to R"));
	int64_t number;

	if (passed > 0)
		return skep_register_number(skep_span_from(message, (size_t)passed + 11));

	if (skep_take(&message, SPAN("arg#")) || skep_take(&message, SPAN("arg ")))
		return skep_take_number(&message, &number) && number >= 0 && number < 5
			       ? (int)number + 1
			       : -1;
	return skep_register_number(message);
}

/* What a register points to, under the name that conditions use. */
static struct skep_span kind_of(struct skep_span value)
{
	struct skep_span type = skep_value_type(value);

	if (skep_span_starts(type, SPAN("pkt_meta")))
		return SPAN("pkt");
	return type;
}

/* Looks a line up as if it were the message; what it names is kept if it is. */
static bool try_text(struct skep_case *c, struct skep_span text, size_t line, bool warnings)
{
	struct skep_fields before = c->fields;
	int number, reg = register_of(text);
	enum skep_wording wording;

	skep_fields_set(&c->fields, SPAN("line"), text);
	if (reg >= 0 && c->refused != SKEP_NO_STEP)
		skep_fields_set(&c->fields, SPAN("kind"),
				kind_of(skep_path_register(&c->path, c->refused, reg)));
	wording = skep_catalogue_look_up(text, warnings, &c->fields, &number);
	if (wording != SKEP_WORDING_REFUSAL) {
		c->fields = before;
		return false;
	}
	c->message = text;
	c->message_line = line;
	c->entry = skep_entry_find(number);
	c->reg = reg;
	return true;
}

static bool try_message(struct skep_case *c, size_t line, bool warnings)
{
	return try_text(c, c->lines.at[line].text, line, warnings);
}

/* `load program: permission denied: R1 !read_ok (5 line(s) omitted)`, as loaders sum it up. */
static bool try_summary(struct skep_case *c, size_t line)
{
	struct skep_span text = c->lines.at[line].text;
	ptrdiff_t at = skep_span_find(text, SPAN(" line(s) omitted)"));

	while (at > 0 && text.at[at] != '(')
		at--;
	if (at > 0)
		text = skep_span_trim(skep_span_upto(text, (size_t)at));
	for (int parts = 0; parts < 8; parts++) {
		at = skep_span_find(text, SPAN(": "));
		if (at < 0)
			return false;
		text = skep_span_from(text, (size_t)at + 2);
		if (try_text(c, text, line, false))
			return true;
	}
	return false;
}

/* Numbers stand on lines around the message, and are wanted first. */
static void read_details(struct skep_case *c, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		struct skep_fields before = c->fields;
		struct skep_span text = c->lines.at[group->at[i]].text;
		int number;

		if (skep_catalogue_look_up(text, false, &c->fields, &number) != SKEP_WORDING_DETAIL)
			c->fields = before;
	}
}

/* Newer kernels say the same twice, in other words: what the other line names is wanted too. */
static void read_companions(struct skep_case *c, const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		struct skep_fields before = c->fields;
		int number;

		if (group->at[i] == c->message_line ||
		    skep_catalogue_look_up(c->lines.at[group->at[i]].text, false, &c->fields,
					   &number) != SKEP_WORDING_REFUSAL ||
		    number != c->entry->number)
			c->fields = before;
	}
}

static bool is_wording(const struct skep_case *c, size_t line, enum skep_wording wording)
{
	struct skep_fields scratch = { .count = 0 };
	int number;

	return skep_catalogue_look_up(c->lines.at[line].text, false, &scratch, &number) == wording;
}

/* No line is known: the last that is no warning is shown as it is. */
static void fall_back(struct skep_case *c, const struct group *group)
{
	if (!group->count)
		return;
	c->message_line = group->at[0];
	for (size_t i = 0; i < group->count; i++)
		if (is_wording(c, group->at[i], SKEP_WORDING_UNKNOWN)) {
			c->message_line = group->at[i];
			break;
		}
	c->message = c->lines.at[c->message_line].text;
	c->entry = skep_entry_find(SKEP_UNKNOWN_REFUSAL);
}

/* A refused BTF is printed type by type: the last line has the error. */
static void search_types(struct skep_case *c)
{
	size_t end = c->lines.count;

	while (end > 0 &&
	       skep_span_find(c->lines.at[end - 1].text, SPAN("-- END BTF LOAD LOG")) < 0)
		end--;
	for (size_t tries = 0; end-- > 0 && tries < GROUP_MOST; tries++) {
		struct skep_span text = c->lines.at[end].text;

		if (c->lines.at[end].kind != SKEP_LINE_TEXT || !text.length)
			continue;
		if (!try_message(c, end, true)) {
			c->message = text;
			c->message_line = end;
			c->entry = skep_entry_find(MALFORMED_BTF);
		}
		return;
	}
}

/* Where the kernel's log has no error, the loader may have one: the first is where it began. */
static void search_all(struct skep_case *c)
{
	size_t tries = 0;

	for (size_t i = 0; i < c->lines.count && tries < 4096; i++) {
		if (c->lines.at[i].kind != SKEP_LINE_TEXT)
			continue;
		tries++;
		if (try_message(c, i, false) || try_summary(c, i))
			return;
	}
}

static size_t find_processed(const struct skep_case *c)
{
	for (size_t i = c->lines.count; i-- > 0;)
		if (c->lines.at[i].kind == SKEP_LINE_PROCESSED)
			return i;
	return SIZE_MAX;
}

/* What is called decides what some wordings mean. */
static void add_call(struct skep_case *c)
{
	struct skep_span callee = skep_insn_callee(&c->path.at[c->refused].insn);
	bool dynptr = skep_span_find(callee, SPAN("dynptr")) >= 0;

	skep_fields_set(&c->fields, SPAN("call"), callee);
	skep_fields_set(&c->fields, SPAN("dynptr"), dynptr ? SPAN("yes") : SPAN("no"));
}

/*
 * `insn 2 cannot call ...` of a program that was walked to its end: that instruction is meant, not
 * the last one walked.
 */
static void find_named_step(struct skep_case *c)
{
	struct skep_insn insn;
	int64_t number;

	if (!c->entry || c->refused == SKEP_NO_STEP ||
	    !skep_insn_is_exit(&c->path.at[c->refused].insn) ||
	    !skep_fields_number(&c->fields, SPAN("insn"), &number) ||
	    c->path.at[c->refused].insn.number == number)
		return;
	for (size_t i = c->path.at[0].line; i-- > 0;) {
		const struct skep_line *line = &c->lines.at[i];

		if (line->kind != SKEP_LINE_INSN || !skep_insn_parse(line->text, &insn) ||
		    insn.number != number)
			continue;
		skep_path_free(&c->path);
		if (skep_path_trace(&c->path, &c->lines, i + 1))
			skep_path_free(&c->path);
		c->refused = c->path.count ? 0 : SKEP_NO_STEP;
		return;
	}
}

void skep_refusal_find(struct skep_case *c)
{
	size_t end = find_processed(c);
	struct group group;

	c->finished = end != SIZE_MAX;
	if (c->refused != SKEP_NO_STEP)
		add_call(c);
	group = collect_last(&c->lines, c->finished ? end : c->lines.count);
	read_details(c, &group);
	for (size_t i = 0; !c->entry && i < group.count; i++)
		try_message(c, group.at[i], false);
	/* A detail or a warning alone is the error itself. */
	for (size_t i = 0; !c->entry && i < group.count; i++)
		try_message(c, group.at[i], true);
	if (c->entry)
		read_companions(c, &group);
	if (!c->entry && !c->path.count)
		search_types(c);
	if (!c->entry && !c->path.count)
		search_all(c);
	if (!c->entry && c->finished)
		fall_back(c, &group);
	find_named_step(c);
}

void skep_refusal_find_bare(struct skep_case *c)
{
	size_t tries = 0;

	skep_fields_set(&c->fields, SPAN("log"), SPAN("none"));
	for (size_t i = 0; i < c->lines.count && tries < 4096; i++) {
		if (c->lines.at[i].kind != SKEP_LINE_LOADER &&
		    c->lines.at[i].kind != SKEP_LINE_TEXT)
			continue;
		tries++;
		if (try_message(c, i, true) || try_summary(c, i))
			return;
	}
}
