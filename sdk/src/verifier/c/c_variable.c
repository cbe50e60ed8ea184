/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "c_variable.h"

static bool is_one_of(struct skep_span word, const char *words)
{
	struct skep_span all = skep_span_of(words);
	ptrdiff_t at = word.length ? skep_span_find_word(all, word) : -1;

	return at >= 0;
}

static bool is_qualifier(struct skep_span word)
{
	return is_one_of(word, "const volatile restrict __restrict static register extern inline "
			       "__always_inline __noinline __weak __hidden");
}

/* Behind attributes and sections that may stand behind a name. */
static size_t skip_attributes(const struct skep_ctext *c, size_t at, size_t end)
{
	for (;;) {
		struct skep_span word;

		at = skep_ctext_skip(c, at, end);
		word = skep_ctext_word(c, at);
		if (at >= end || !is_one_of(word, "__attribute__ SEC __arg_nonnull __arg_ctx "
						  "__arg_nullable __arg_trusted __ksym __kptr "
						  "__kconfig __weak __hidden __uptr"))
			return at;
		at = skep_ctext_skip(c, at + word.length, end);
		if (at < end && c->code[at] == '(')
			at = skep_ctext_match(c, at, end);
	}
}

/* `struct {...}`, `struct x`, `typeof(x)`, `x`: behind it. */
static size_t skip_type_word(const struct skep_ctext *c, size_t at, size_t end)
{
	struct skep_span word = skep_ctext_word(c, at);
	bool tagged = is_one_of(word, "struct union enum");

	at = skep_ctext_skip(c, at + word.length, end);
	if (tagged) {
		at = skip_attributes(c, at, end);
		at = skep_ctext_skip(c, at + skep_ctext_word(c, at).length, end);
		if (at < end && c->code[at] == '{')
			at = skep_ctext_match(c, at, end);
	} else if (is_one_of(word, "typeof __typeof__ __attribute__") && at < end &&
		   c->code[at] == '(') {
		at = skep_ctext_match(c, at, end);
	}
	return skep_ctext_skip(c, at, end);
}

/* Reads the words of a type; where the first declarator begins, or SKEP_NOWHERE. */
static size_t read_type(const struct skep_ctext *c, size_t start, size_t end)
{
	size_t at = skep_ctext_skip(c, start, end);
	int words = 0;

	while (at < end) {
		struct skep_span word = skep_ctext_word(c, at);
		size_t next;

		if (c->code[at] == '*')
			return words ? at : SKEP_NOWHERE;
		if (!word.length || skep_is_digit(word.at[0]))
			return SKEP_NOWHERE;
		next = skep_ctext_skip(c, at + word.length, end);
		if (words && !is_qualifier(word) &&
		    (next >= end || strchr("=;,[:)", c->code[next]) ||
		     skip_attributes(c, next, end) != next))
			return at;
		words += !is_qualifier(word) && !is_one_of(word, "__attribute__");
		next = skip_type_word(c, at, end);
		if (next <= at)
			return SKEP_NOWHERE;
		at = next;
	}
	return SKEP_NOWHERE;
}

static size_t skip_to_comma(const struct skep_ctext *c, size_t at, size_t end)
{
	while (at < end && c->code[at] != ',' && c->code[at] != ';')
		at = c->code[at] && strchr("([{", c->code[at]) ? skep_ctext_match(c, at, end)
							       : at + 1;
	return at;
}

static size_t skip_stars(const struct skep_ctext *c, size_t at, size_t end, int *stars)
{
	for (;;) {
		struct skep_span word;

		at = skep_ctext_skip(c, at, end);
		word = skep_ctext_word(c, at);
		if (at < end && c->code[at] == '*') {
			(*stars)++;
			at++;
		} else if (is_qualifier(word) || skep_span_is(word, SPAN("__kptr"))) {
			at += word.length;
		} else {
			return at;
		}
	}
}

/* One declarator at `at`; where it ends. */
static size_t read_declarator(const struct skep_ctext *c, size_t at, size_t end,
			      struct skep_cvariable *v)
{
	v->stars = 0;
	v->array = false;
	v->dimension = SPAN("");
	v->init = v->init_end = SKEP_NOWHERE;
	at = skip_stars(c, at, end, &v->stars);
	v->at = at;
	v->name = skep_ctext_word(c, at);
	at = v->at_end = at + v->name.length;
	for (at = skep_ctext_skip(c, at, end); at < end && c->code[at] == '[';
	     at = skep_ctext_skip(c, at, end)) {
		size_t close = skep_ctext_match(c, at, end);

		if (!v->array)
			v->dimension = skep_span_trim(skep_ctext_code(c, at + 1, close - 1));
		v->array = true;
		at = v->at_end = close;
	}
	at = skip_attributes(c, at, end);
	if (at < end && c->code[at] == '=') {
		v->init = skep_ctext_skip(c, at + 1, end);
		at = v->init_end = skip_to_comma(c, v->init, end);
	}
	return skip_to_comma(c, at, end);
}

bool skep_cvariable_read(const struct skep_ctext *c, size_t start, size_t end,
			 struct skep_span name, struct skep_cvariable *variable)
{
	struct skep_cvariable v = { .start = start, .statement = -1 };
	size_t at = read_type(c, start, end);
	int count = 0;
	bool found = false;

	if (at == SKEP_NOWHERE)
		return false;
	v.type = skep_span_trim(skep_ctext_code(c, start, at));
	while (at < end) {
		at = read_declarator(c, at, end, &v);
		count++;
		if (!found && v.name.length && (!name.length || skep_span_is(v.name, name))) {
			*variable = v;
			found = true;
		}
		if (at >= end || c->code[at] != ',')
			break;
		at++;
	}
	if (found)
		variable->alone = count == 1;
	return found;
}

static bool find_local(const struct skep_ctext *c, const struct skep_cbody *body,
		       struct skep_span name, size_t at, struct skep_cvariable *variable)
{
	for (size_t i = body->count; i-- > 0;) {
		const struct skep_cstatement *s = &body->at[i];
		size_t start = s->start, end = s->end;

		if (s->start > at)
			continue;
		if (s->kind == SKEP_C_LOOP && s->head != SKEP_NOWHERE) {
			start = s->head + 1;
			end = s->head_end - 1;
		} else if (s->kind != SKEP_C_PLAIN) {
			continue;
		}
		if (skep_ctext_find(c, start, end, name) == SKEP_NOWHERE)
			continue;
		if (skep_cvariable_read(c, start, end, name, variable)) {
			variable->statement = s->kind == SKEP_C_PLAIN ? (int)i : -1;
			return true;
		}
	}
	return false;
}

bool skep_cvariable_parameter(const struct skep_ctext *c, const struct skep_cfunction *function,
			      size_t index, struct skep_cvariable *variable)
{
	size_t end = skep_ctext_match(c, function->parameters, function->body) - 1;
	size_t at = function->parameters + 1;

	index += function->macro;
	while (at < end && index--)
		at = skip_to_comma(c, at, end) + 1;
	if (at >= end)
		return false;
	if (!skep_cvariable_read(c, at, skip_to_comma(c, at, end), SPAN(""), variable))
		return false;
	variable->place = SKEP_C_PARAMETER;
	return true;
}

bool skep_cvariable_global(const struct skep_ctext *c, struct skep_span name,
			   struct skep_cvariable *variable)
{
	size_t start = 0;

	while (start < c->length) {
		size_t end = start = skep_ctext_skip(c, start, c->length);
		bool function = false;

		/* A declaration ends with `;`, a function with its brace. */
		while (end < c->length && c->code[end] != ';' && !function) {
			size_t last = skep_ctext_back(c, end, start);

			function =
				c->code[end] == '{' && last != SKEP_NOWHERE && c->code[last] == ')';
			end = c->code[end] && strchr("([{", c->code[end])
				      ? skep_ctext_match(c, end, c->length)
				      : end + 1;
		}
		if (!function && skep_ctext_find(c, start, end, name) != SKEP_NOWHERE &&
		    skep_cvariable_read(c, start, end, name, variable)) {
			variable->place = SKEP_C_GLOBAL;
			return true;
		}
		start = end + !function;
	}
	return false;
}

bool skep_cvariable_find(const struct skep_ctext *c, const struct skep_cfunction *function,
			 const struct skep_cbody *body, struct skep_span name, size_t at,
			 struct skep_cvariable *variable)
{
	if (!name.length)
		return false;
	if (find_local(c, body, name, at, variable)) {
		variable->place = SKEP_C_LOCAL;
		return true;
	}
	for (size_t i = 0; i < 16 && skep_cvariable_parameter(c, function, i, variable); i++)
		if (skep_span_is(variable->name, name))
			return true;
	return skep_cvariable_global(c, name, variable);
}

bool skep_cvariable_is_number(const struct skep_cvariable *v)
{
	return !v->stars && !v->array && skep_span_find_word(v->type, SPAN("struct")) < 0 &&
	       skep_span_find_word(v->type, SPAN("union")) < 0 &&
	       skep_span_find_word(v->type, SPAN("void")) < 0;
}

bool skep_cvariable_is_unsigned(const struct skep_cvariable *v)
{
	static const char *const types[] = { "unsigned", "__u8",     "__u16",   "__u32",
					     "__u64",    "u8",       "u16",     "u32",
					     "u64",      "size_t",   "uint8_t", "uint16_t",
					     "uint32_t", "uint64_t", "__be16",  "__be32" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (skep_span_find_word(v->type, skep_span_of(types[i])) >= 0)
			return skep_cvariable_is_number(v);
	return false;
}
