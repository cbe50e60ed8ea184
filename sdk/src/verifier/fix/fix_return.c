/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a program or a callback may return, and functions that end without it. */
#include "fix_room.h"

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

/* What the kernel's headers give names to, of other hooks as well: they are what is mixed up. */
static const struct {
	const char *name;
	int number;
} verdicts[] = {
	{ "SK_DROP", 0 },       { "SK_PASS", 1 },         { "TC_ACT_UNSPEC", -1 },
	{ "TC_ACT_OK", 0 },     { "TC_ACT_SHOT", 2 },     { "TC_ACT_PIPE", 3 },
	{ "TC_ACT_STOLEN", 4 }, { "TC_ACT_QUEUED", 5 },   { "TC_ACT_REPEAT", 6 },
	{ "XDP_ABORTED", 0 },   { "TC_ACT_REDIRECT", 7 }, { "XDP_DROP", 1 },
	{ "XDP_PASS", 2 },      { "XDP_TX", 3 },          { "XDP_REDIRECT", 4 },
	{ "BPF_OK", 0 },        { "BPF_DROP", 2 },        { "NF_DROP", 0 },
	{ "NF_ACCEPT", 1 },
};

static bool is_errno(struct skep_span word)
{
	if (word.length < 3 || word.at[0] != 'E')
		return false;
	for (size_t i = 0; i < word.length; i++)
		if (word.at[i] >= 'a' || word.at[i] == '_')
			return false;
	return true;
}

static bool number_of(const struct skep_fixer *fx, struct skep_span word, int64_t *number)
{
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (skep_span_is(word, skep_span_of(verdicts[i].name))) {
			*number = verdicts[i].number;
			return true;
		}
	if (skep_room_number(fx, word, number))
		return true;
	*number = 1;
	return is_errno(word);
}

/*
 * What is meant by a number that is not allowed. Where yes or no is asked, an error is a no, and so is
 * the drop of another hook; anything else is a yes, unless it stands for what is no yes (`is_other`). An LSM hook's errors are negative.
 */
static const char *meant(const struct skep_fixer *fx, const struct range *range,
			 struct skep_span word, int64_t number, bool is_other)
{
	static const char *const refusals[] = { "DROP", "SHOT", "STOLEN", "ABORTED" };

	if (range->low == range->high)
		return skep_fixer_print(fx, "%lld", (long long)range->low);
	/* A callback says whether that was the last. */
	if (fx->c->entry->number == 605 && !range->low && range->high == 1)
		return "1";
	if (!range->high && number > 0 && -number >= range->low)
		return skep_fixer_print(fx, "-%.*s", SKEP_TEXT(word));
	if (range->low || (range->high != 1 && range->high != 3))
		return skep_fixer_print(
			fx, "%lld",
			(long long)(range->low > 0 || range->high < 0 ? range->low : 0));
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (skep_span_find(word, skep_span_of(refusals[i])) >= 0)
			number = -1;
	return number < 0 || is_errno(word) || is_other ? "0" : "1";
}

/* Behind it nothing is computed: `)`, `:` or the end, and no `?` that asks for it. */
static bool is_whole(const struct skep_fixer *fx, size_t behind, size_t end)
{
	behind = skep_ctext_skip(&fx->text, behind, end);
	return behind >= end || strchr("):", fx->text.code[behind]);
}

/* `x ? 1 : 5`: one of the two is a yes already. */
static bool other_is_yes(const struct skep_fixer *fx, size_t from, size_t end)
{
	struct skep_span value = skep_ctext_code(&fx->text, from, end);
	ptrdiff_t at = skep_span_find_char(value, '?');

	return at >= 0 && skep_span_find_word(skep_span_from(value, (size_t)at), SPAN("1")) >= 0;
}

/* Numbers and names of constants in a returned expression that are outside. */
static size_t correct_numbers(const struct skep_fixer *fx, struct skep_changes *changes,
			      const struct range *range, size_t from, size_t end)
{
	size_t count = 0;

	for (size_t at = from; at < end; at++) {
		bool negative = fx->text.code[at] == '-';
		struct skep_span word = skep_ctext_word(&fx->text, at + negative);
		size_t last = skep_ctext_back(&fx->text, at, from);
		int64_t number;

		if (!word.length)
			continue;
		/* Only what is the value itself: alone, or behind `?` or `:`. */
		if ((last == SKEP_NOWHERE || strchr("?:(", fx->text.code[last])) &&
		    is_whole(fx, at + negative + word.length, end) &&
		    number_of(fx, word, &number)) {
			number = negative ? -number : number;
			if (number < range->low || number > range->high) {
				skep_fixer_replace(fx, changes, at, at + negative + word.length,
						   meant(fx, range, word, number,
							 other_is_yes(fx, from, end)));
				count++;
			}
		}
		at += negative + word.length - 1;
	}
	return count;
}

static bool is_safe(const struct skep_fixer *fx, struct skep_span value)
{
	int64_t number;

	return skep_span_starts(value, SPAN("!")) || number_of(fx, value, &number) ||
	       skep_span_find(value, SPAN("==")) >= 0 || skep_span_find(value, SPAN("!=")) >= 0 ||
	       skep_span_find(value, SPAN("?")) >= 0 || skep_span_find(value, SPAN("&&")) >= 0;
}

/* `found++`, `found += n`: a callback that returns what it counts is not to end at the first. */
static bool is_counted(const struct skep_fixer *fx, struct skep_span value)
{
	size_t at = value.length && skep_span_word(value) == value.length ? fx->function.body
									  : SKEP_NOWHERE;

	while (at != SKEP_NOWHERE &&
	       (at = skep_ctext_find(&fx->text, at, fx->function.end, value)) != SKEP_NOWHERE) {
		at = skep_ctext_skip(&fx->text, at + value.length, fx->function.end);
		if (fx->text.code[at] == '+' && strchr("+=", fx->text.code[at + 1]))
			return true;
	}
	return false;
}

/* A value that nothing bounds: yes or no where that is what is asked, else kept inside. */
static const char *bounded(const struct skep_fixer *fx, const struct range *range,
			   struct skep_span value)
{
	bool error = skep_span_find(value, SPAN("err")) >= 0 || skep_span_is(value, SPAN("ret")) ||
		     skep_span_is(value, SPAN("rc"));

	if (range->low == range->high)
		return skep_fixer_print(fx, "%lld", (long long)range->low);
	if (fx->c->entry->number == 605 && is_counted(fx, value))
		return "0";
	if (range->low == 0 && range->high == 1)
		return skep_fixer_print(fx, error ? "%.*s ? 0 : 1" : "%.*s ? 1 : 0",
					SKEP_TEXT(value));
	if (skep_span_word(value) != value.length)
		value = skep_span_of(skep_fixer_print(fx, "(%.*s)", SKEP_TEXT(value)));
	return skep_fixer_print(fx, "%.*s < %lld || %.*s > %lld ? %lld : %.*s", SKEP_TEXT(value),
				(long long)range->low, SKEP_TEXT(value), (long long)range->high,
				(long long)(range->high < 0 || range->low > 0 ? range->low : 0),
				SKEP_TEXT(value));
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
		else if (!is_safe(fx, value) && ++count)
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
