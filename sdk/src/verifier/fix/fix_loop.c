/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A loop whose end the verifier cannot see gets a counter. */
#include "fixer.h"

#define ROUNDS 64

static const char *counted_while(const struct skep_fixer *fx, struct skep_span condition,
				 const char *name)
{
	if (skep_span_is(condition, SPAN("1")) || skep_span_is(condition, SPAN("true")))
		return skep_fixer_print(fx, "for (int %s = 0; %s < %d; %s++)", name, name, ROUNDS,
					name);
	return skep_fixer_print(fx, "for (int %s = 0; %s < %d && (%.*s); %s++)", name, name, ROUNDS,
				SKEP_TEXT(condition), name);
}

/* The three parts of a `for`. */
static bool split_head(const struct skep_fixer *fx, const struct skep_cstatement *s,
		       struct skep_span parts[3])
{
	size_t from = s->head + 1;
	int count = 0;

	for (size_t at = from; at < s->head_end; at++) {
		char c = fx->text.code[at];

		if (c == '(') {
			at = skep_ctext_match(&fx->text, at, s->head_end) - 1;
		} else if (c == ';' || at + 1 == s->head_end) {
			if (count < 3)
				parts[count] = skep_span_trim(skep_ctext_code(&fx->text, from, at));
			count++;
			from = at + 1;
		}
	}
	return count == 3;
}

static void count_for(const struct skep_fixer *fx, struct skep_changes *changes, int loop,
		      const char *name, const char **code)
{
	const struct skep_cstatement *s = &fx->body.at[loop];
	struct skep_span parts[3];
	bool any;

	if (!split_head(fx, s, parts)) {
		changes->failed = true;
		return;
	}
	any = parts[0].length || parts[1].length || parts[2].length;
	if (!any) {
		*code = counted_while(fx, SPAN("1"), name);
	} else {
		skep_fixer_before(fx, changes, loop, skep_fixer_print(fx, "int %s = 0;\n", name));
		*code = skep_fixer_print(fx, "for (%.*s; %s < %d && (%.*s); %.*s%s%s++)",
					 SKEP_TEXT(parts[0]), name, ROUNDS,
					 SKEP_TEXT(parts[1].length ? parts[1] : SPAN("1")),
					 SKEP_TEXT(parts[2]), parts[2].length ? ", " : "", name);
	}
	skep_fixer_replace(fx, changes, s->start, s->head_end, *code);
}

void skep_fix_loop(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	const struct skep_cstatement *s;
	const char *name = skep_fixer_fresh(fx, "round"), *code = "";
	struct skep_span word, condition;
	int loop = fx->statement;

	while (loop >= 0 && fx->body.at[loop].kind != SKEP_C_LOOP)
		loop = fx->body.at[loop].parent;
	if (loop < 0 || fx->body.at[loop].head == SKEP_NOWHERE)
		return;
	s = &fx->body.at[loop];
	word = skep_ctext_word(&fx->text, s->start);
	condition = skep_span_trim(skep_ctext_code(&fx->text, s->head + 1, s->head_end - 1));
	if (skep_span_is(word, SPAN("while"))) {
		code = counted_while(fx, condition, name);
		skep_fixer_replace(fx, &changes, s->start, s->head_end, code);
	} else if (skep_span_is(word, SPAN("for"))) {
		count_for(fx, &changes, loop, name, &code);
	} else {
		return;
	}
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "count the rounds of `%.*s (%.*s)`, and stop after %d",
					  SKEP_TEXT(word), SKEP_TEXT(condition), ROUNDS),
			 code);
}
