/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A packet pointer that was moved by a number without bounds: comparing it with the end tells the
 * verifier nothing then, so the number is bounded first.
 */
#include "fix_packet.h"
#include "verifier/facts/names.h"

#define OFFSET_MOST 16383 /* no packet is longer, and the verifier follows up to 65535 */

static bool is_too_far(const struct skep_fixer *fx)
{
	struct skep_span value = skep_path_register(&fx->c->path, fx->c->refused, fx->c->reg);
	int64_t most = 0, least = 0;
	bool known = skep_value_number(value, "umax", &most);

	skep_value_number(value, "smin", &least);
	if (skep_span_find(fx->c->message, SPAN("between pkt pointer")) >= 0)
		return true;
	return skep_span_starts(value, SPAN("pkt")) &&
	       (least < 0 || (known && (most < 0 || most > 65535 - 512)));
}

/* What is added in `base + number`: the last summand that is no constant. */
static struct skep_span find_summand(const struct skep_fixer *fx, size_t from, size_t end)
{
	struct skep_span found = SPAN("");

	for (size_t at = from; at < end; at++) {
		size_t start, stop;
		struct skep_span text;

		if (fx->text.code[at] != '+' || fx->text.code[at + 1] == '+')
			continue;
		start = skep_ctext_skip(&fx->text, at + 1, end);
		for (stop = start; stop < end && !strchr(";,+)]", fx->text.code[stop]);)
			stop = strchr("([", fx->text.code[stop])
				       ? skep_ctext_match(&fx->text, stop, end)
				       : stop + 1;
		text = skep_span_trim(skep_ctext_code(&fx->text, start, stop));
		if (text.length && !skep_is_digit(text.at[0]) &&
		    !skep_span_starts(text, SPAN("sizeof")))
			found = text;
	}
	return found;
}

/* The assignment that moved the pointer that the line uses. */
static bool find_move(const struct skep_fixer *fx, struct skep_assignment *a,
		      struct skep_span *pointer, struct skep_span *summand)
{
	struct skep_cvariable v;
	size_t stop = fx->body.at[fx->statement].end;
	struct skep_span made = skep_name_assigned(skep_fixer_statement(fx, fx->statement));

	/* The refused line may be the one that moves it. */
	if (fx->c->entry->number == 106 && skep_packet_pointer(fx, made, &v) &&
	    skep_fixer_assigned(fx, made, stop, a) && a->statement == fx->statement) {
		*pointer = made;
		*summand = find_summand(fx, a->start, a->end);
		return summand->length > 0;
	}

	for (size_t at = fx->at; at < stop; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);

		if (!word.length)
			continue;
		at += word.length - 1;
		if (!skep_packet_pointer(fx, word, &v) || !skep_fixer_assigned(fx, word, fx->at, a))
			continue;
		*summand = find_summand(fx, a->start, a->end);
		*pointer = word;
		if (summand->length)
			return true;
	}
	return false;
}

/* Where nothing has compared the pointer since it was moved, that is added. */
static void compare_behind(const struct skep_fixer *fx, const struct skep_assignment *a,
			   struct skep_span pointer, struct skep_changes *changes)
{
	const char *declared = "", *code;
	struct skep_span end = skep_packet_end(fx, &declared);
	bool sure = true;

	for (size_t i = (size_t)a->statement + 1; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		struct skep_span head;

		if (s->start >= fx->at || s->kind != SKEP_C_IF)
			continue;
		head = skep_ctext_code(&fx->text, s->head, s->head_end);
		if (skep_span_find_word(head, pointer) >= 0 && skep_span_find_word(head, end) >= 0)
			return;
	}
	if (!end.length || *declared)
		return;
	code = skep_fixer_leave(fx, fx->c->refused,
				skep_fixer_print(fx, "(void *)(%.*s + 1) > (void *)%.*s",
						 SKEP_TEXT(pointer), SKEP_TEXT(end)),
				&sure);
	skep_fixer_behind(fx, changes, a->statement, code);
}

bool skep_fix_offset(struct skep_fixer *fx)
{
	struct skep_assignment a = { .statement = -1 };
	struct skep_changes changes = { .count = 0 };
	struct skep_span pointer = SPAN(""), summand = SPAN("");
	struct skep_cvariable v;
	const char *name, *code;
	bool sure = true, direct;
	size_t at;

	if (fx->c->refused == SKEP_NO_STEP || fx->c->reg < 0 || !is_too_far(fx) ||
	    !find_move(fx, &a, &pointer, &summand))
		return false;
	at = skep_fixer_offset(fx, summand);
	direct = skep_fixer_variable(fx, summand, at, &v) && skep_cvariable_is_unsigned(&v);
	name = direct ? skep_arena_copy(fx->arena, summand) : skep_fixer_fresh(fx, "offset");
	code = skep_fixer_leave(fx, fx->c->refused,
				skep_fixer_print(fx, "%s > %d", name, OFFSET_MOST), &sure);
	if (!direct) {
		code = skep_fixer_print(fx, "__u64 %s = %.*s;\n\n%s", name, SKEP_TEXT(summand),
					code);
		skep_fixer_replace(fx, &changes, at, at + summand.length, name);
	}
	skep_fixer_before(fx, &changes, a.statement, code);
	compare_behind(fx, &a, pointer, &changes);
	return skep_fixer_offer(
		fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
		skep_fixer_print(fx, "bound `%.*s` before it is added", SKEP_TEXT(summand)), code);
}
