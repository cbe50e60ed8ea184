/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "fix_room.h"

#define VALUE_DEPTH 8

static bool take_literal(struct skep_span text, int64_t *number)
{
	if (!text.length || !skep_is_digit(text.at[text.at[0] == '-' && text.length > 1]) ||
	    !skep_take_number(&text, number))
		return false;
	while (text.length && strchr("uUlL", text.at[0]))
		text = skep_span_from(text, 1);
	return !text.length;
}

/* What a #define of the file has for a name, without a comment behind it. */
static struct skep_span define_of(const struct skep_fixer *fx, struct skep_span name)
{
	struct skep_span all = skep_ctext_span(&fx->text, 0, fx->text.length), rest;
	size_t from = 0;

	for (;;) {
		ptrdiff_t at = skep_span_find(skep_span_from(all, from), SPAN("#define ")), end;

		if (at < 0)
			return SPAN("");
		from += (size_t)at + 8;
		rest = skep_span_from(all, from);
		skep_take_spaces(&rest);
		if (!skep_take(&rest, name) || !rest.length ||
		    (rest.at[0] != ' ' && rest.at[0] != '\t'))
			continue;
		end = skep_span_find_char(rest, '\n');
		rest = end < 0 ? rest : skep_span_upto(rest, (size_t)end);
		end = skep_span_find(rest, SPAN("/*"));
		rest = end < 0 ? rest : skep_span_upto(rest, (size_t)end);
		end = skep_span_find(rest, SPAN("//"));
		rest = end < 0 ? rest : skep_span_upto(rest, (size_t)end);
		if (rest.length && rest.at[rest.length - 1] == '\r')
			rest.length--;
		return skep_span_trim(rest);
	}
}

/* The last operator of its kind outside of parentheses, and not a sign; -1. */
static ptrdiff_t last_operator(struct skep_span text, const char *of)
{
	int depth = 0;

	for (size_t i = text.length; i-- > 1;) {
		char c = text.at[i];

		depth += (c == ')') - (c == '(');
		if (!depth && strchr(of, c) && c != '(' && c != ')' &&
		    (skep_is_word(text.at[i - 1]) || strchr(" )<", text.at[i - 1])))
			return (ptrdiff_t)i;
	}
	return -1;
}

static bool value_of(const struct skep_fixer *fx, struct skep_span text, int64_t *number, int depth)
{
	struct skep_span left, right;
	ptrdiff_t at;
	int64_t a, b;

	text = skep_span_trim(text);
	if (!text.length || text.length > 256 || depth == VALUE_DEPTH)
		return false;
	if (take_literal(text, number))
		return true;
	if (skep_span_word(text) == text.length)
		return value_of(fx, define_of(fx, text), number, depth + 1);
	at = last_operator(text, "<");
	if (at < 1)
		at = last_operator(text, "+-");
	if (at < 1)
		at = last_operator(text, "*");
	if (at < 1 && text.at[0] == '(' && text.at[text.length - 1] == ')')
		return value_of(fx, skep_span_upto(skep_span_from(text, 1), text.length - 2),
				number, depth + 1);
	if (at < 1)
		return false;
	left = skep_span_upto(text, (size_t)at - (text.at[at] == '<'));
	right = skep_span_from(text, (size_t)at + 1);
	if ((text.at[at] == '<' && text.at[at - 1] != '<') || !value_of(fx, left, &a, depth + 1) ||
	    !value_of(fx, right, &b, depth + 1) || a > INT32_MAX || a < INT32_MIN ||
	    b > INT32_MAX || b < INT32_MIN)
		return false;
	if (text.at[at] == '<' && (a < 0 || b < 0 || b > 31))
		return false;
	switch (text.at[at]) {
	case '+':
		*number = a + b;
		break;
	case '-':
		*number = a - b;
		break;
	case '*':
		*number = a * b;
		break;
	default:
		*number = a * (1LL << b);
		break;
	}
	return true;
}

bool skep_room_number(const struct skep_fixer *fx, struct skep_span text, int64_t *number)
{
	return take_literal(text, number) || (text.length && skep_span_word(text) == text.length &&
					      value_of(fx, define_of(fx, text), number, 0));
}

bool skep_room_value(const struct skep_fixer *fx, struct skep_span text, int64_t *number)
{
	return value_of(fx, text, number, 0);
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

	/* From `&buf[i]` on there is more than one element, and less than the array. */
	if (skep_take(&inner, SPAN("&")) && skep_span_find_char(inner, '+') < 0) {
		if (inner.length && inner.at[inner.length - 1] == ']')
			return NULL;
		return skep_fixer_print(fx, "sizeof(%.*s)", SKEP_TEXT(inner));
	}
	if (skep_room_dimension(fx, pointer).length)
		return skep_fixer_print(fx, "sizeof(%.*s)", SKEP_TEXT(pointer));
	if (skep_span_word(pointer) == pointer.length &&
	    skep_fixer_variable(fx, pointer, fx->at, &v) && v.stars == 1 &&
	    skep_span_find_word(v.type, SPAN("struct")) >= 0)
		return skep_fixer_print(fx, "sizeof(*%.*s)", SKEP_TEXT(pointer));
	return bytes ? skep_fixer_print(fx, "%lld", (long long)bytes) : NULL;
}
