/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a program or a callback may return, and functions that end without it. */
#include "fixer.h"

struct range {
	int64_t low, high;
};

/* `[0, 1]`, `(0x0; 0x3)`: the range that the message gives. */
static bool read_range(const struct skep_fixer *fx, struct range *range)
{
	struct skep_span text = skep_fields_get(&fx->c->fields, SPAN("range"));
	ptrdiff_t at = skep_span_find(fx->c->message, SPAN("should have been in "));
	bool mask;

	if (!text.length && at >= 0)
		text = skep_span_from(fx->c->message, (size_t)at + strlen("should have been in "));
	mask = skep_take(&text, SPAN("("));

	if (!mask && !skep_take(&text, SPAN("[")))
		return false;
	if (!skep_take_number(&text, &range->low) ||
	    (!skep_take(&text, SPAN(", ")) && !skep_take(&text, SPAN("; "))) ||
	    !skep_take_number(&text, &range->high))
		return false;
	range->high += mask ? range->low : 0;
	return range->low <= range->high;
}

/* Numbers and names of constants in a returned expression that are outside. */
static size_t correct_numbers(const struct skep_fixer *fx, struct skep_changes *changes,
			      const struct range *range, size_t from, size_t end)
{
	size_t count = 0;

	for (size_t at = from; at < end; at++) {
		bool negative = fx->text.code[at] == '-';
		struct skep_span word = skep_ctext_word(&fx->text, at + negative), rest = word;
		size_t last = skep_ctext_back(&fx->text, at, from);
		int64_t number;

		if (!word.length)
			continue;
		/* Only what is the value itself: alone, or behind `?` or `:`. */
		if ((last == SKEP_NOWHERE || strchr("?:(", fx->text.code[last])) &&
		    (skep_take_number(&rest, &number) ? !rest.length : negative)) {
			if (!skep_is_digit(word.at[0]))
				number = 1;
			number = negative ? -number : number;
			if (number < range->low || number > range->high) {
				skep_fixer_replace(
					fx, changes, at, at + negative + word.length,
					skep_fixer_print(fx, "%lld",
							 (long long)(number < range->low
									     ? range->low
									     : range->high)));
				count++;
			}
		}
		at += negative + word.length - 1;
	}
	return count;
}

static bool is_safe(struct skep_span value)
{
	struct skep_span rest = value;
	int64_t number;

	return skep_span_starts(value, SPAN("!")) ||
	       (skep_take_number(&rest, &number) && !rest.length) ||
	       skep_span_find(value, SPAN("==")) >= 0 || skep_span_find(value, SPAN("!=")) >= 0 ||
	       skep_span_find(value, SPAN("?")) >= 0 || skep_span_find(value, SPAN("&&")) >= 0;
}

/* A value that nothing bounds: yes or no where that is what is asked, else kept inside. */
static const char *bounded(const struct skep_fixer *fx, const struct range *range,
			   struct skep_span value)
{
	bool error = skep_span_find(value, SPAN("err")) >= 0 || skep_span_is(value, SPAN("ret")) ||
		     skep_span_is(value, SPAN("rc"));

	if (range->low == range->high)
		return skep_fixer_print(fx, "%lld", (long long)range->low);
	if (range->low == 0 && range->high == 1)
		return skep_fixer_print(fx, error ? "%.*s ? 0 : 1" : "%.*s ? 1 : 0",
					SKEP_TEXT(value));
	return skep_fixer_print(
		fx, "(%.*s) < %lld || (%.*s) > %lld ? %lld : (%.*s)", SKEP_TEXT(value),
		(long long)range->low, SKEP_TEXT(value), (long long)range->high,
		(long long)(range->high < 0 || range->low > 0 ? range->low : 0), SKEP_TEXT(value));
}

static void correct_returns(struct skep_fixer *fx, const struct range *range, bool numbers)
{
	struct skep_changes changes = { .count = 0 };
	size_t count = 0;

	for (size_t i = 0; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		size_t from = skep_ctext_skip(&fx->text, s->start + 6, s->end);
		struct skep_span value = skep_ctext_code(&fx->text, from, s->end - 1);

		if (s->kind != SKEP_C_RETURN || !value.length)
			continue;
		if (numbers)
			count += correct_numbers(fx, &changes, range, from, s->end - 1);
		else if (!is_safe(value) && ++count)
			skep_fixer_replace(fx, &changes, from, s->end - 1,
					   bounded(fx, range, value));
	}
	if (count)
		skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
				 skep_fixer_print(fx, "return only %lld to %lld from %.*s()",
						  (long long)range->low, (long long)range->high,
						  SKEP_TEXT(fx->function.name)),
				 skep_fixer_print(fx, "return %s;", changes.at[0].text));
}

void skep_fix_return(struct skep_fixer *fx)
{
	struct range range;

	if (!read_range(fx, &range))
		return;
	correct_returns(fx, &range, true);
	if (!fx->count)
		correct_returns(fx, &range, false);
}

/* The last statement of a function that has to return something. */
void skep_fix_end(struct skep_fixer *fx)
{
	struct skep_changes changes = { .count = 0 };
	const char *code = skep_fixer_return(fx);
	int last = -1;

	for (size_t i = 0; i < fx->body.count; i++)
		if (fx->body.at[i].parent < 0)
			last = (int)i;
	if (last < 0 || fx->body.at[last].kind == SKEP_C_RETURN)
		return;
	if (skep_span_find(skep_fixer_statement(fx, last), SPAN("__builtin_unreachable")) >= 0)
		skep_fixer_replace(fx, &changes, fx->body.at[last].start, fx->body.at[last].end,
				   code);
	else if (skep_span_find_word(fx->function.type, SPAN("void")) >= 0)
		return;
	else
		skep_fixer_behind(fx, &changes, last, code);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "let %.*s() end with a return", SKEP_TEXT(fx->function.name)),
		code);
}
