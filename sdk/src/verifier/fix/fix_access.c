/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a piece of a function reads of a packet, and how far behind each pointer that goes. */
#include "fix_packet.h"
#include "fix_room.h"

#include <stdlib.h>

/* How a pointer is used: how far behind it the access goes. */
static const char *covered(const struct skep_fixer *fx, size_t at, const struct skep_cvariable *v)
{
	size_t next = skep_ctext_skip(&fx->text, at + v->name.length, fx->text.length);
	bool is_void = skep_span_find_word(v->type, SPAN("void")) >= 0;
	struct skep_span index;
	int64_t number;
	size_t close;

	if (fx->text.code[next] == '-' && fx->text.code[next + 1] == '>')
		return skep_fixer_print(fx, "%.*s + 1", SKEP_TEXT(v->name));
	if (fx->text.code[next] == '[') {
		close = skep_ctext_match(&fx->text, next, fx->text.length);
		index = skep_span_trim(skep_ctext_code(&fx->text, next + 1, close - 1));
		if (skep_room_number(fx, index, &number) && number >= 0 && number < 65536 &&
		    skep_is_digit(index.at[0]))
			return skep_fixer_print(fx, "%.*s + %lld", SKEP_TEXT(v->name),
						(long long)number + 1);
		if (skep_span_word(index) == index.length)
			return skep_fixer_print(fx, "%.*s + %.*s + 1", SKEP_TEXT(v->name),
						SKEP_TEXT(index));
		return skep_fixer_print(fx, "%.*s + (%.*s) + 1", SKEP_TEXT(v->name),
					SKEP_TEXT(index));
	}
	if (at && fx->text.code[at - 1] == '*' && !is_void)
		return skep_fixer_print(fx, "%.*s + 1", SKEP_TEXT(v->name));
	return NULL;
}

/* `*(T *)(p + n)`: `p + n + sizeof(T)`; NULL where [from, end) has no such access. */
static const char *cast_access(const struct skep_fixer *fx, size_t from, size_t end)
{
	for (size_t at = from; at + 1 < end; at++) {
		size_t close, stop;
		struct skep_span type, base;

		if (fx->text.code[at] != '*' || fx->text.code[at + 1] != '(')
			continue;
		close = skep_ctext_match(&fx->text, at + 1, end);
		type = skep_span_trim(skep_ctext_code(&fx->text, at + 2, close - 1));
		if (close >= end || type.length < 2 || type.at[type.length - 1] != '*')
			continue;
		type.length--;
		at = skep_ctext_skip(&fx->text, close, end);
		stop = fx->text.code[at] == '(' ? skep_ctext_match(&fx->text, at, end)
						: at + skep_ctext_word(&fx->text, at).length;
		base = skep_ctext_code(&fx->text, at, stop);
		if (base.length)
			return skep_fixer_print(fx, "(char *)%.*s + sizeof(%.*s)", SKEP_TEXT(base),
						SKEP_TEXT(skep_span_trim(type)));
	}
	return NULL;
}

/* `memcpy(to, p, n)`, and helpers that read what a pointer points to. */
static const char *call_access(const struct skep_fixer *fx, size_t from, size_t end)
{
	for (size_t at = from; at < end; at++) {
		struct skep_span arguments[5], word = skep_ctext_word(&fx->text, at);
		size_t open = at + word.length, count;
		struct skep_cvariable v;

		if (!word.length)
			continue;
		at = open - 1;
		if (skep_span_find(word, SPAN("memcpy")) < 0 || fx->text.code[open] != '(')
			continue;
		count = skep_ctext_arguments(&fx->text, open, arguments, 5);
		for (size_t i = 0; count == 3 && i < 2; i++)
			if (skep_packet_pointer(fx, arguments[i], &v))
				return skep_fixer_print(fx, "(char *)%.*s + (%.*s)",
							SKEP_TEXT(arguments[i]),
							SKEP_TEXT(arguments[2]));
	}
	return NULL;
}

/* `p + 2` where `p + 1` is there: one comparison does for both. False: it is another place. */
static bool widen(struct skep_accesses *found, struct skep_span name, const char *reach)
{
	size_t n = name.length + 3;

	for (size_t i = 0; i < found->count; i++) {
		const char *known = found->reach[i];

		if (!strcmp(known, reach))
			return true;
		if (!skep_span_is(found->name[i], name) || strlen(known) <= n ||
		    strlen(reach) <= n || !skep_is_digit(known[n]) || !skep_is_digit(reach[n]))
			continue;
		if (strtol(reach + n, NULL, 10) > strtol(known + n, NULL, 10))
			found->reach[i] = reach;
		return true;
	}
	return false;
}

void skep_packet_accesses(const struct skep_fixer *fx, size_t from, size_t end,
			  struct skep_accesses *found)
{
	for (size_t at = from; at < end && found->count < SKEP_ACCESSES_MOST; at++) {
		struct skep_span word = skep_ctext_word(&fx->text, at);
		const char *reach = NULL;
		struct skep_cvariable v;

		if (!word.length || (at && skep_is_word(fx->text.code[at - 1])))
			continue;
		if (skep_packet_pointer(fx, word, &v))
			reach = covered(fx, at, &v);
		if (reach && !widen(found, word, reach)) {
			found->name[found->count] = word;
			found->reach[found->count++] = reach;
		}
		at += word.length - 1;
	}
	if (!found->count)
		found->reach[0] = cast_access(fx, from, end);
	if (!found->count && !found->reach[0])
		found->reach[0] = call_access(fx, from, end);
	found->count += !found->count && found->reach[0];
}
