/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fix_room.h"

bool skep_room_number(const struct skep_fixer *fx, struct skep_span text, int64_t *number)
{
	struct skep_span rest = text, all = skep_ctext_span(&fx->text, 0, fx->text.length);
	size_t from = 0;

	if (skep_take_number(&rest, number))
		return !skep_span_word(rest) && !rest.length;
	if (!text.length || skep_span_word(text) != text.length)
		return false;
	for (;;) {
		ptrdiff_t at = skep_span_find(skep_span_from(all, from), SPAN("#define "));

		if (at < 0)
			return false;
		from += (size_t)at + 8;
		rest = skep_span_from(all, from);
		skep_take_spaces(&rest);
		if (!skep_take(&rest, text) || skep_span_word(rest))
			continue;
		skep_take_spaces(&rest);
		skep_take(&rest, SPAN("("));
		return skep_take_number(&rest, number) && !skep_span_word(rest);
	}
}

/* `slots[16];` in a structure of the file. */
static struct skep_span member_dimension(const struct skep_fixer *fx, struct skep_span member)
{
	for (size_t from = 0; from < fx->text.length;) {
		size_t at = skep_ctext_find(&fx->text, from, fx->text.length, member), open, before;
		struct skep_cfunction function;

		if (at == SKEP_NOWHERE)
			break;
		from = at + member.length;
		open = skep_ctext_skip(&fx->text, from, fx->text.length);
		before = skep_ctext_back(&fx->text, at, 0);
		if (fx->text.code[open] != '[' || before == SKEP_NOWHERE ||
		    !skep_is_word(fx->text.code[before]) ||
		    skep_cfunction_around(&fx->text, at, &function))
			continue;
		return skep_span_trim(
			skep_ctext_code(&fx->text, open + 1,
					skep_ctext_match(&fx->text, open, fx->text.length) - 1));
	}
	return SPAN("");
}

static struct skep_span last_word(struct skep_span text)
{
	size_t start = text.length;

	while (start > 0 && skep_is_word(text.at[start - 1]))
		start--;
	return skep_span_from(text, start);
}

struct skep_span skep_room_dimension(const struct skep_fixer *fx, struct skep_span array)
{
	struct skep_span name = last_word(array);
	struct skep_cvariable v;

	if (!name.length)
		return SPAN("");
	if (name.length != array.length)
		return member_dimension(fx, name);
	if (!skep_fixer_variable(fx, name, fx->at, &v) || !v.array)
		return SPAN("");
	return v.dimension.length ? v.dimension : SPAN("");
}

int64_t skep_room_of_register(const struct skep_fixer *fx, int reg)
{
	static const char *const keys[] = { "vs", "sz", "mem_size" };
	struct skep_span value = skep_path_register(&fx->c->path, fx->c->refused, reg);
	int64_t bytes = 0, off = 0;

	for (size_t i = 0; i < 3; i++)
		if (skep_value_number(value, keys[i], &bytes) && bytes > 0) {
			skep_value_number(value, "off", &off);
			return off >= 0 && off < bytes ? bytes - off : 0;
		}
	return 0;
}

const char *skep_room_bytes(const struct skep_fixer *fx, struct skep_span pointer, int reg)
{
	struct skep_span inner = pointer;
	int64_t bytes = skep_room_of_register(fx, reg);
	struct skep_cvariable v;

	if (skep_take(&inner, SPAN("&")) && skep_span_find_char(inner, '+') < 0)
		return skep_fixer_print(fx, "sizeof(%.*s)", SKEP_TEXT(inner));
	if (skep_room_dimension(fx, pointer).length)
		return skep_fixer_print(fx, "sizeof(%.*s)", SKEP_TEXT(pointer));
	if (skep_span_word(pointer) == pointer.length &&
	    skep_fixer_variable(fx, pointer, fx->at, &v) && v.stars == 1 &&
	    skep_span_find_word(v.type, SPAN("struct")) >= 0)
		return skep_fixer_print(fx, "sizeof(*%.*s)", SKEP_TEXT(pointer));
	return bytes ? skep_fixer_print(fx, "%lld", (long long)bytes) : NULL;
}
