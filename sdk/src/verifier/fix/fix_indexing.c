/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where the refused access is indexed: on its line, or where the pointer was made. */
#include "fix_indexing.h"
#include "fix_room.h"

static size_t start_of_base(const struct skep_fixer *fx, size_t open, size_t from)
{
	size_t at = open;

	while (at > from) {
		char c = fx->text.code[at - 1];

		if (skep_is_word(c) || c == '.')
			at--;
		else if (c == '>' && at > from + 1 && fx->text.code[at - 2] == '-')
			at -= 2;
		else if (c == ']') {
			int depth = 0;

			do {
				at--;
				depth += (fx->text.code[at] == ']') - (fx->text.code[at] == '[');
			} while (at > from && depth);
		} else
			break;
	}
	return at;
}

static bool find_brackets(const struct skep_fixer *fx, size_t from, size_t end,
			  struct skep_indexing *found)
{
	struct skep_span wanted = skep_fields_get(&fx->c->fields, SPAN("idx"));
	bool any = false;

	for (size_t at = from; at < end; at++) {
		size_t close, start;
		struct skep_span index;
		int64_t number;

		if (fx->text.code[at] != '[')
			continue;
		close = skep_ctext_match(&fx->text, at, end);
		start = start_of_base(fx, at, from);
		index = skep_span_trim(skep_ctext_code(&fx->text, at + 1, close - 1));
		if (start == at || !index.length || skep_room_number(fx, index, &number) ||
		    (any && !skep_span_is(index, wanted)))
			continue;
		any = true;
		*found = (struct skep_indexing){ skep_ctext_code(&fx->text, start, at), index,
						 false };
		if (skep_span_is(index, wanted))
			break;
	}
	return any;
}

static bool find_plus(const struct skep_fixer *fx, size_t from, size_t end,
		      struct skep_indexing *found)
{
	for (size_t at = from + 1; at + 1 < end; at++) {
		size_t start, stop = skep_ctext_back(&fx->text, at, from);
		struct skep_cvariable v;
		struct skep_span index;
		int64_t number;

		if (fx->text.code[at] != '+' || stop == SKEP_NOWHERE ||
		    !skep_is_word(fx->text.code[stop]))
			continue;
		start = start_of_base(fx, stop + 1, from);
		at += fx->text.code[at + 1] == '=';
		index = skep_ctext_word(&fx->text, skep_ctext_skip(&fx->text, at + 1, end));
		if (!index.length || skep_room_number(fx, index, &number) ||
		    !skep_fixer_variable(fx, index, at, &v) || !skep_cvariable_is_number(&v))
			continue;
		*found = (struct skep_indexing){ skep_ctext_code(&fx->text, start, stop + 1), index,
						 true };
		return true;
	}
	return false;
}

static bool find_indexing(const struct skep_fixer *fx, size_t from, size_t end,
			  struct skep_indexing *found)
{
	return find_brackets(fx, from, end, found) || find_plus(fx, from, end, found);
}

/* The pointer that [from, end) reads or writes through. */
static bool find_pointer(const struct skep_fixer *fx, size_t from, size_t end,
			 struct skep_cvariable *v)
{
	struct skep_span known = skep_fields_get(&fx->c->fields, SPAN("var"));

	for (size_t at = from; at < end; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		size_t next = at + word.length;
		bool used;

		if (!word.length)
			continue;
		used = (fx->text.code[next] == '-' && fx->text.code[next + 1] == '>') ||
		       (at && fx->text.code[at - 1] == '*') || skep_span_is(word, known);
		if (used && skep_fixer_variable(fx, word, fx->at, v) && v->stars)
			return true;
		at = next - 1;
	}
	return false;
}

bool skep_indexing_trace(struct skep_fixer *fx, struct skep_indexing *found)
{
	const struct skep_cstatement *s;
	size_t from, end;

	if (fx->statement < 0)
		return false;
	s = &fx->body.at[fx->statement];
	from = fx->at;
	end = s->head == SKEP_NOWHERE ? s->end : s->head_end;
	end = fx->end < end ? fx->end : end;
	for (int i = 0; i < 4; i++) {
		struct skep_assignment a;
		struct skep_cvariable v;
		struct skep_span argument;

		if (find_indexing(fx, from, end, found))
			return true;
		if (!find_pointer(fx, from, end, &v))
			return false;
		if (skep_fixer_assigned(fx, v.name, fx->at, &a)) {
			from = a.start;
			end = a.end;
			skep_fixer_move(fx, fx->body.at[a.statement].start);
		} else if (v.place == SKEP_C_PARAMETER && skep_fixer_climb(fx, v.name, &argument)) {
			from = skep_fixer_offset(fx, argument);
			end = from + argument.length;
			if (from == SKEP_NOWHERE)
				return false;
		} else {
			return false;
		}
	}
	return false;
}
