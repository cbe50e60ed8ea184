/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* An index or an offset that may lie outside what it is used on. */
#include "fix_clamp.h"
#include "fix_indexing.h"
#include "fix_packet.h"

/* What a call is told about the length of what begins at the index: `f(&a[i], LENGTH)`. */
static struct skep_span length_argument(const struct skep_fixer *fx, const struct skep_indexing *x)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span call = skep_insn_callee(&fx->c->path.at[fx->c->refused].insn);
	size_t at = skep_fixer_offset(fx, x->base);

	if (!call.length)
		return call;
	for (size_t open = s->start; open < at; open++) {
		struct skep_span arguments[6];
		size_t count;

		if (fx->text.code[open] != '(' || skep_ctext_match(&fx->text, open, s->end) < at ||
		    !open || !skep_is_word(fx->text.code[open - 1]))
			continue;
		count = skep_ctext_arguments(&fx->text, open, arguments, 6);
		for (size_t i = 0; i + 1 < count; i++) {
			size_t start = skep_fixer_offset(fx, arguments[i]);

			if (start <= at && at < start + arguments[i].length &&
			    fx->text.code[start] != '*' && (x->plus || fx->text.code[start] == '&'))
				return arguments[i + 1];
		}
	}
	return SPAN("");
}

static bool is_bytes(const struct skep_fixer *fx, struct skep_span base)
{
	struct skep_cvariable v;

	return skep_fixer_variable(fx, base, fx->at, &v) && v.stars == 1 && !v.array &&
	       (skep_span_find_word(v.type, SPAN("char")) >= 0 ||
		skep_span_find_word(v.type, SPAN("void")) >= 0 ||
		skep_span_find_word(v.type, SPAN("__u8")) >= 0);
}

static int64_t object_bytes(const struct skep_fixer *fx)
{
	int64_t bytes = 0;

	if (!skep_fields_number(&fx->c->fields, SPAN("vs"), &bytes))
		skep_fields_number(&fx->c->fields, SPAN("limit"), &bytes);
	return bytes;
}

/* `>= 16`: what an index must not be; NULL where the size is not known. */
static const char *forbidden(const struct skep_fixer *fx, const struct skep_indexing *x)
{
	struct skep_span dimension = skep_room_dimension(fx, x->base), length, type;
	const char *room =
		dimension.length ? skep_fixer_print(fx, "sizeof(%.*s)", SKEP_TEXT(x->base)) : NULL;
	struct skep_cvariable v;

	length = length_argument(fx, x);
	if (!room && object_bytes(fx))
		room = skep_fixer_print(fx, "%lld", (long long)object_bytes(fx));
	if (length.length && room)
		return skep_fixer_print(fx,
					skep_span_word(length) == length.length ? "> %s - %.*s"
										: "> %s - (%.*s)",
					room, SKEP_TEXT(length));
	if (x->plus) {
		type = SPAN("__u64");
		if (skep_fixer_variable(fx, skep_fields_get(&fx->c->fields, SPAN("var")), fx->at,
					&v) &&
		    skep_span_find_word(v.type, SPAN("void")) < 0)
			type = v.type;
		return room ? skep_fixer_print(fx, "> %s - sizeof(%.*s)", room, SKEP_TEXT(type))
			    : NULL;
	}
	if (dimension.length)
		return skep_fixer_print(fx, ">= %.*s", SKEP_TEXT(dimension));
	if (!room)
		return NULL;
	if (is_bytes(fx, x->base))
		return skep_fixer_print(fx, ">= %s", room);
	return skep_fixer_print(fx, ">= %s / sizeof(%.*s[0])", room, SKEP_TEXT(x->base));
}

/* In the loop that counts the index, the loop ends there. */
static bool counts_in_loop(const struct skep_fixer *fx, struct skep_span index)
{
	int up = fx->body.at[fx->statement].parent;

	for (; up >= 0; up = fx->body.at[up].parent) {
		const struct skep_cstatement *s = &fx->body.at[up];

		if (s->kind == SKEP_C_SWITCH)
			return false;
		if (s->kind == SKEP_C_LOOP)
			return s->head != SKEP_NOWHERE &&
			       skep_ctext_find(&fx->text, s->head, s->head_end, index) !=
				       SKEP_NOWHERE;
	}
	return false;
}

/* `i <= 16` in a head: where its operator is, if what it is compared with is the array's length. */
static size_t find_off_by_one(const struct skep_fixer *fx, const struct skep_cstatement *s,
			      struct skep_span index, struct skep_span dimension, const char *op)
{
	size_t at = s->head == SKEP_NOWHERE
			    ? SKEP_NOWHERE
			    : skep_ctext_find(&fx->text, s->head, s->head_end, index);
	size_t n = strlen(op), behind;
	struct skep_span with;
	int64_t a, b;

	if (at == SKEP_NOWHERE)
		return SKEP_NOWHERE;
	at = skep_ctext_skip(&fx->text, at + index.length, s->head_end);
	if (strncmp(fx->text.code + at, op, n) || fx->text.code[at + n] == '=')
		return SKEP_NOWHERE;
	behind = skep_ctext_skip(&fx->text, at + n, s->head_end);
	with = skep_ctext_word(&fx->text, behind);
	/* `SLOTS * 2` is another number. */
	if (!strchr(");&|",
		    fx->text.code[skep_ctext_skip(&fx->text, behind + with.length, s->head_end)]))
		return SKEP_NOWHERE;
	if (skep_room_number(fx, with, &a) && skep_room_number(fx, dimension, &b)
		    ? a == b
		    : skep_span_is(with, dimension))
		return at;
	return SKEP_NOWHERE;
}

static bool correct_comparison(struct skep_fixer *fx, const struct skep_indexing *x)
{
	struct skep_span dimension = skep_room_dimension(fx, x->base);
	struct skep_span lost = skep_fields_get(&fx->c->fields, SPAN("lost"));

	/* It is negative that it may be, too: another end alone would not do. */
	if (skep_span_is(lost, SPAN("signed")) || skep_span_is(lost, SPAN("lower")))
		return false;
	for (size_t i = 0; dimension.length && !x->plus && i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		bool around = s->start < fx->at && fx->at < s->end;
		const char *op = around ? "<=" : ">";
		struct skep_changes changes = { .count = 0 };
		size_t at;

		if (s->start >= fx->at || s->head == SKEP_NOWHERE)
			continue;
		at = find_off_by_one(fx, s, x->index, dimension, op);
		if (at == SKEP_NOWHERE)
			continue;
		skep_fixer_replace(fx, &changes, at, at + strlen(op), around ? "<" : ">=");
		return skep_fixer_offer(
			fx, &changes, SKEP_FIX_MACHINE,
			skep_fixer_print(fx, "`%.*s` ends at %.*s - 1: compare with `%s`",
					 SKEP_TEXT(x->base), SKEP_TEXT(dimension),
					 around ? "<" : ">="),
			skep_fixer_print(fx, "%.*s %s %.*s", SKEP_TEXT(x->index),
					 around ? "<" : ">=", SKEP_TEXT(dimension)));
	}
	return false;
}

/* `head + 1`: the variable, and what is added to it; false for anything else. */
static bool split_index(struct skep_span index, struct skep_span *name, int64_t *added)
{
	size_t word = skep_span_word(index);
	struct skep_span rest = skep_span_trim(skep_span_from(index, word));

	*name = skep_span_upto(index, word);
	*added = 0;
	if (!word || skep_is_digit(index.at[0]))
		return false;
	if (!rest.length)
		return true;
	if (!skep_take(&rest, SPAN("+")))
		return false;
	rest = skep_span_trim(rest);
	return skep_take_number(&rest, added) && !rest.length && *added > 0 && *added < 4096;
}

/* The bound that the program has, or the mask in the index, where they let too much through. */
static bool correct_bound(struct skep_fixer *fx, const struct skep_indexing *x)
{
	struct skep_span dimension = skep_room_dimension(fx, x->base), name;
	struct skep_span lost = skep_fields_get(&fx->c->fields, SPAN("lost"));
	struct skep_clamp clamp = { .most = 0 };
	size_t from = skep_fixer_offset(fx, x->index);
	struct skep_cvariable v;
	int64_t number, added;

	if (x->plus || length_argument(fx, x).length || !skep_room_value(fx, dimension, &number) ||
	    number < 2 || number > 1 << 20)
		return false;
	clamp.most = number - 1;
	clamp.beyond = skep_arena_copy(fx->arena, dimension);
	clamp.most_text = skep_is_digit(dimension.at[0])
				  ? skep_fixer_print(fx, "%lld", (long long)number - 1)
				  : skep_fixer_print(fx, "%.*s - 1", SKEP_TEXT(dimension));
	if (!(number & (number - 1)))
		clamp.mask = skep_is_digit(dimension.at[0])
				     ? clamp.most_text
				     : skep_fixer_print(fx, "(%s)", clamp.most_text);
	if (skep_fix_inner_mask(fx, &clamp, from, from + x->index.length))
		return true;
	if (!split_index(x->index, &name, &added) || !skep_fixer_variable(fx, name, fx->at, &v) ||
	    added > clamp.most)
		return false;
	clamp.name = name;
	clamp.may_be_negative =
		!skep_cvariable_is_unsigned(&v) &&
		(skep_span_is(lost, SPAN("signed")) || skep_span_is(lost, SPAN("lower")) ||
		 skep_span_find(fx->c->message, SPAN("min value")) >= 0);
	if (added) {
		clamp.most -= added;
		clamp.beyond =
			skep_fixer_print(fx, "%.*s - %lld", SKEP_TEXT(dimension), (long long)added);
		clamp.most_text = skep_fixer_print(fx, "%.*s - %lld", SKEP_TEXT(dimension),
						   (long long)added + 1);
		clamp.mask = NULL;
	}
	return skep_fix_clamp(fx, &clamp);
}

/* Each place of the statement that has this index on this array. */
static void replace_index(const struct skep_fixer *fx, struct skep_changes *changes,
			  const struct skep_indexing *x, const char *name)
{
	size_t at = skep_fixer_offset(fx, x->index);

	skep_fixer_replace(fx, changes, at, at + x->index.length, name);
}

static void offer_check(struct skep_fixer *fx, const struct skep_indexing *x)
{
	struct skep_changes changes = { .count = 0 };
	const char *limit = forbidden(fx, x), *name, *code;
	bool sure = fx->body.at[fx->statement].kind != SKEP_C_LOOP, direct;
	struct skep_cvariable v;

	if (!limit)
		return;
	direct = skep_fixer_variable(fx, x->index, fx->at, &v) && skep_cvariable_is_unsigned(&v);
	name = direct ? skep_arena_copy(fx->arena, x->index) : skep_fixer_fresh(fx, "index");
	code = skep_fixer_print(fx, "%s %s", name, limit);
	if (counts_in_loop(fx, x->index))
		code = skep_fixer_print(fx, "if (%s)\n\tbreak;", code);
	else
		code = skep_fixer_leave(fx, fx->c->refused, code, &sure);
	if (!direct) {
		code = skep_fixer_print(fx, "__u64 %s = %.*s;\n\n%s", name, SKEP_TEXT(x->index),
					code);
		replace_index(fx, &changes, x, name);
	}
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_offer(fx, &changes, sure ? SKEP_FIX_MACHINE : SKEP_FIX_SUGGESTION,
			 skep_fixer_print(fx, "check `%.*s` before it is used on `%.*s`",
					  SKEP_TEXT(x->index), SKEP_TEXT(x->base)),
			 code);
}

/* A mask needs no branch, where the length is a power of two. */
static void offer_mask(struct skep_fixer *fx, const struct skep_indexing *x)
{
	struct skep_span dimension = skep_room_dimension(fx, x->base);
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, x->index);
	int64_t number;
	const char *code;

	if (x->plus || length_argument(fx, x).length || !skep_room_number(fx, dimension, &number) ||
	    number < 2 || (number & (number - 1)))
		return;
	code = skep_fixer_print(fx, "(%.*s) & (%.*s - 1)", SKEP_TEXT(x->index),
				SKEP_TEXT(dimension));
	skep_fixer_replace(fx, &changes, at, at + x->index.length, code);
	skep_fixer_offer(fx, &changes, fx->count ? SKEP_FIX_SUGGESTION : SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "or keep it inside by a mask: %.*s is a power of two",
					  SKEP_TEXT(dimension)),
			 skep_fixer_print(fx, "%.*s[%s]", SKEP_TEXT(x->base), code));
}

void skep_fix_index(struct skep_fixer *fx)
{
	struct skep_indexing x;
	size_t here = fx->at;

	if (skep_fix_offset(fx) || skep_fix_object(fx) || !skep_fixer_move(fx, here))
		return;
	if (!skep_indexing_trace(fx, &x) || fx->statement < 0)
		return;
	if (!correct_bound(fx, &x) && !correct_comparison(fx, &x))
		offer_check(fx, &x);
	/* Where the mask was what had to be corrected, it is no other way. */
	if (!fx->count || strncmp(fx->fixes[0].code, "& ", 2))
		offer_mask(fx, &x);
}
