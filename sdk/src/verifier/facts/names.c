/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "names.h"

static bool is_keyword(struct skep_span name)
{
	static const char words[] =
		" if while for return sizeof else switch do goto case asm "
		"volatile struct int void const static unsigned char long "
		"bool u8 u16 u32 u64 __u8 __u16 __u32 __u64 s32 s64 __s32 __s64 ";
	struct skep_span all = { words, sizeof(words) - 1 };
	ptrdiff_t at = skep_span_find_word(all, name);

	return at > 0 && words[at - 1] == ' ' && words[(size_t)at + name.length] == ' ';
}

static bool is_name(struct skep_span name)
{
	return name.length && !skep_is_digit(name.at[0]) && !is_keyword(name);
}

/* The identifier that ends at position `end`. */
static struct skep_span name_before(struct skep_span text, size_t end)
{
	size_t start = end;

	while (start > 0 && skep_is_word(text.at[start - 1]))
		start--;
	return skep_span_from(skep_span_upto(text, end), start);
}

static struct skep_span usable(struct skep_span name)
{
	return is_name(name) && name.length < 64 ? name : SPAN("");
}

struct skep_span skep_name_assigned(struct skep_span source)
{
	for (size_t i = 1; i + 1 < source.length; i++) {
		size_t end = i;
		struct skep_span name;

		if (source.at[i] != '=' || source.at[i + 1] == '=' ||
		    strchr("=!<>+-*/&|^%", source.at[i - 1]))
			continue;
		while (end > 0 && source.at[end - 1] == ' ')
			end--;
		name = name_before(source, end);
		end -= name.length;
		/* a->b = and a.b = are places in memory, not variables. */
		if (end && (source.at[end - 1] == '>' || source.at[end - 1] == '.'))
			return SPAN("");
		return usable(name);
	}
	return SPAN("");
}

/* What stands before each `->`; empty where that is not one and the same. */
static struct skep_span before_arrows(struct skep_span source)
{
	struct skep_span name = SPAN("");

	for (size_t i = 1; i + 1 < source.length; i++) {
		struct skep_span found = name_before(source, i);

		if (source.at[i] != '-' || source.at[i + 1] != '>')
			continue;
		if (!found.length || (name.length && !skep_span_is(name, found)))
			return SPAN("");
		name = found;
	}
	return name;
}

struct skep_span skep_name_dereferenced(struct skep_span source)
{
	struct skep_span name = before_arrows(source);

	if (skep_span_find(source, SPAN("->")) >= 0 && !name.length)
		return SPAN("");
	if (!name.length && source.length > 1 && source.at[0] == '*')
		name = skep_span_upto(skep_span_from(source, 1),
				      skep_span_word(skep_span_from(source, 1)));
	if (!name.length) {
		ptrdiff_t star = skep_span_find(source, SPAN("= *"));

		if (star >= 0)
			name = skep_span_from(source, (size_t)star + 3);
		name = skep_span_upto(name, skep_span_word(name));
	}
	return usable(name);
}

struct skep_span skep_name_index(struct skep_span source)
{
	ptrdiff_t open = skep_span_find_char(source, '[');
	struct skep_span inside;
	size_t n;

	if (open < 1)
		return SPAN("");
	inside = skep_span_from(source, (size_t)open + 1);
	n = skep_span_word(inside);
	return n < inside.length && inside.at[n] == ']' ? usable(skep_span_upto(inside, n))
							: SPAN("");
}

struct skep_span skep_name_array(struct skep_span source)
{
	ptrdiff_t open = skep_span_find_char(source, '[');
	size_t start = open < 1 ? 0 : (size_t)open;

	if (open < 1 || !skep_name_index(source).length)
		return SPAN("");
	while (start > 0) {
		char c = source.at[start - 1];

		if (!skep_is_word(c) && c != '.' &&
		    (c != '>' || start < 2 || source.at[start - 2] != '-'))
			break;
		start -= c == '>' ? 2 : 1;
	}
	source = skep_span_from(skep_span_upto(source, (size_t)open), start);
	return source.length && source.length < 64 && !skep_is_digit(source.at[0]) ? source
										   : SPAN("");
}

/* Up to the comma or parenthesis that ends an argument. */
static size_t argument_length(struct skep_span text)
{
	int depth = 0;
	size_t n = 0;

	while (n < text.length && (depth || (text.at[n] != ',' && text.at[n] != ')'))) {
		depth += (text.at[n] == '(') - (text.at[n] == ')');
		n++;
	}
	return n;
}

struct skep_span skep_name_expression(struct skep_span source, struct skep_span function,
				      int number)
{
	ptrdiff_t at = function.length ? skep_span_find_word(source, function) : -1;
	struct skep_span rest, argument = SPAN("");

	if (at < 0)
		return SPAN("");
	rest = skep_span_from(source, (size_t)at + function.length);
	if (!skep_take(&rest, SPAN("(")))
		return SPAN("");
	for (int i = 0; i < number; i++) {
		size_t n = argument_length(rest);

		argument = skep_span_trim(skep_span_upto(rest, n));
		if (n >= rest.length || (i + 1 < number && rest.at[n] == ')'))
			return SPAN("");
		rest = skep_span_from(rest, n + 1);
	}
	return argument;
}

struct skep_span skep_name_argument(struct skep_span source, struct skep_span function, int number)
{
	struct skep_span argument = skep_name_expression(source, function, number);

	skep_take(&argument, SPAN("&"));
	return skep_span_word(argument) == argument.length ? usable(argument) : SPAN("");
}

struct skep_span skep_name_function(struct skep_span source)
{
	static const char *const macros[] = { "BPF_PROG(",     "BPF_KPROBE(", "BPF_KRETPROBE(",
					      "BPF_PROG2(",    "BPF_UPROBE(", "BPF_URETPROBE(",
					      "BPF_KSYSCALL(", "BPF_USDT(" };
	ptrdiff_t open;

	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
		ptrdiff_t at = skep_span_find(source, skep_span_of(macros[i]));

		if (at >= 0) {
			source = skep_span_from(source, (size_t)at + strlen(macros[i]));
			return usable(skep_span_upto(source, skep_span_word(source)));
		}
	}
	open = skep_span_find_char(source, '(');
	/* A declaration: two words before the parenthesis, and nothing that statements have. */
	if (open < 1 || skep_span_find_char(source, '=') >= 0 ||
	    skep_span_find_char(source, ';') >= 0)
		return SPAN("");
	if (skep_span_find_char(skep_span_upto(source, (size_t)open), ' ') < 0)
		return SPAN("");
	return usable(name_before(source, (size_t)open));
}
