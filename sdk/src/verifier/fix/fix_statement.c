/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One statement in another form: copies of bytes for misaligned access, sums for atomic ones. */
#include "fix_packet.h"

/* `*(T *)`, from its star: behind it, and T. */
static size_t skip_cast(const struct skep_fixer *fx, size_t at, size_t end)
{
	size_t close;

	if (at + 1 >= end || fx->text.code[at] != '*' || fx->text.code[at + 1] != '(')
		return SKEP_NOWHERE;
	close = skep_ctext_match(&fx->text, at + 1, end);
	return close > at + 3 && fx->text.code[close - 2] == '*' ? close : SKEP_NOWHERE;
}

static void offer(struct skep_fixer *fx, const char *code, const char *text)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };

	skep_fixer_replace(fx, &changes, s->start, s->end, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE, text, code);
}

#define NOT_ALIGNED "copy the bytes: `%.*s` is not a multiple of the size"

/* `*(T *)p = f();`: by a variable of type T. `cast` is behind the cast, `equal` at the sign. */
static void write_value(struct skep_fixer *fx, size_t cast, size_t equal, struct skep_span right)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	const char *name = skep_fixer_fresh(fx, "value"), *code, *copy;
	struct skep_changes changes = { .count = 0 };
	size_t open = skep_ctext_skip(&fx->text, s->start + 1, cast);
	struct skep_span type = skep_span_trim(skep_ctext_code(&fx->text, open + 1, cast - 2));

	code = skep_fixer_print(fx, "%.*s %s = %.*s;\n", SKEP_TEXT(type), name, SKEP_TEXT(right));
	copy = skep_fixer_print(fx, "__builtin_memcpy(%.*s, &%s, sizeof(%s));",
				SKEP_TEXT(skep_span_trim(skep_ctext_code(&fx->text, cast, equal))),
				name, name);
	skep_fixer_before(fx, &changes, fx->statement, code);
	skep_fixer_replace(fx, &changes, s->start, s->end, copy);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, NOT_ALIGNED,
					  SKEP_TEXT(skep_span_trim(
						  skep_ctext_code(&fx->text, cast, equal)))),
			 skep_fixer_print(fx, "%s%s", code, copy));
}

/* `*(T *)p = x;` and `x = *(T *)p;` as copies, of one variable. */
static void copy_bytes(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span left, right, variable, address;
	struct skep_cvariable v;
	size_t at = s->start, cast;
	bool writes;

	while (at < s->end && fx->text.code[at] != '=')
		at++;
	if (at + 1 >= s->end || fx->text.code[at + 1] == '=')
		return;
	left = skep_span_trim(skep_ctext_code(&fx->text, s->start, at));
	right = skep_span_trim(skep_ctext_code(&fx->text, at + 1, s->end - 1));
	writes = left.length && left.at[0] == '*';
	cast = skip_cast(fx, skep_fixer_offset(fx, writes ? left : right), s->end);
	variable = writes ? right : left;
	if (cast == SKEP_NOWHERE)
		return;
	if (writes && (skep_span_word(variable) != variable.length ||
		       !skep_fixer_variable(fx, variable, fx->at, &v))) {
		write_value(fx, cast, at, right);
		return;
	}
	if (skep_span_word(variable) != variable.length ||
	    !skep_fixer_variable(fx, variable, fx->at, &v))
		return;
	address = skep_span_trim(skep_ctext_code(&fx->text, cast, writes ? at : s->end - 1));
	offer(fx,
	      writes ? skep_fixer_print(fx, "__builtin_memcpy(%.*s, &%.*s, sizeof(%.*s));",
					SKEP_TEXT(address), SKEP_TEXT(variable),
					SKEP_TEXT(variable))
		     : skep_fixer_print(fx, "__builtin_memcpy(&%.*s, %.*s, sizeof(%.*s));",
					SKEP_TEXT(variable), SKEP_TEXT(address),
					SKEP_TEXT(variable)),
	      skep_fixer_print(fx, NOT_ALIGNED, SKEP_TEXT(address)));
}

/* `__sync_fetch_and_add(&x, n);` on memory that has no atomic operations. */
static void add_plainly(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span word = skep_ctext_word(&fx->text, s->start), arguments[3], place;
	size_t open = s->start + word.length;

	if (!skep_span_is(word, SPAN("__sync_fetch_and_add")) || fx->text.code[open] != '(' ||
	    skep_ctext_match(&fx->text, open, s->end) + 1 != s->end ||
	    skep_ctext_arguments(&fx->text, open, arguments, 3) != 2)
		return;
	place = arguments[0];
	if (!skep_take(&place, SPAN("&")))
		return;
	offer(fx, skep_fixer_print(fx, "%.*s += %.*s;", SKEP_TEXT(place), SKEP_TEXT(arguments[1])),
	      skep_fixer_print(fx, "add to `%.*s` with ordinary instructions", SKEP_TEXT(place)));
}

/* bpf_copy_from_user() sleeps, bpf_probe_read_user() reads the same and does not. */
static void read_without_sleep(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_changes changes = { .count = 0 };
	struct skep_span name = SPAN("bpf_copy_from_user");
	size_t at = skep_ctext_find(&fx->text, s->start, s->end, name);
	struct skep_span arguments[3];

	if (at == SKEP_NOWHERE ||
	    skep_ctext_arguments(&fx->text, at + name.length, arguments, 3) != 3)
		return;
	skep_fixer_replace(fx, &changes, at, at + name.length, "bpf_probe_read_user");
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "read `%.*s` with bpf_probe_read_user(), which does not sleep",
				 SKEP_TEXT(arguments[2])),
		skep_fixer_print(fx, "bpf_probe_read_user(%.*s, %.*s, %.*s)",
				 SKEP_TEXT(arguments[0]), SKEP_TEXT(arguments[1]),
				 SKEP_TEXT(arguments[2])));
}

/* Behind a comparison with the end of the packet, from `from` on: `> end - n`, the parts of it. */
static bool find_end_minus(const struct skep_fixer *fx, struct skep_span end, size_t from,
			   size_t stop, size_t *op, size_t *number)
{
	size_t at = skep_ctext_find(&fx->text, from, stop, end);
	size_t next, last;

	if (at == SKEP_NOWHERE)
		return false;
	next = skep_ctext_skip(&fx->text, at + end.length, stop);
	last = skep_ctext_back(&fx->text, at, from);
	if (next >= stop || fx->text.code[next] != '-' || last == SKEP_NOWHERE)
		return false;
	if (fx->text.code[last] == '=')
		last--;
	if (fx->text.code[last] != '>' && fx->text.code[last] != '<')
		return false;
	*op = last;
	*number = skep_ctext_skip(&fx->text, next + 1, stop);
	return true;
}

/* `if (p > data_end - n)`: the end of the packet takes part in no arithmetic, the pointer does. */
static void add_to_pointer(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	const char *declared = "", *code;
	struct skep_span end = skep_packet_end(fx, &declared), left, size;
	struct skep_changes changes = { .count = 0 };
	size_t op, number, stop;

	if (s->head == SKEP_NOWHERE || !end.length || *declared ||
	    !find_end_minus(fx, end, s->head, s->head_end, &op, &number))
		return;
	left = skep_span_trim(skep_ctext_code(&fx->text, s->head + 1, op));
	for (stop = number; stop + 1 < s->head_end && !strchr("|&)", fx->text.code[stop]);)
		stop = fx->text.code[stop] == '(' ? skep_ctext_match(&fx->text, stop, s->head_end)
						  : stop + 1;
	size = skep_span_trim(skep_ctext_code(&fx->text, number, stop));
	if (skep_span_find_char(left, '|') >= 0 || skep_span_find(left, SPAN("&&")) >= 0 ||
	    !size.length)
		return;
	code = skep_fixer_print(fx, "(void *)(%.*s) + (%.*s) %.*s (void *)%.*s", SKEP_TEXT(left),
				SKEP_TEXT(size), fx->text.code[op + 1] == '=' ? 2 : 1,
				fx->text.code + op, SKEP_TEXT(end));
	skep_fixer_replace(fx, &changes, s->head + 1, stop, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "add to the pointer instead: `%.*s` cannot be moved",
					  SKEP_TEXT(end)),
			 skep_fixer_print(fx, "if (%s)", code));
}

/* `x = task->state;`: the same, without the macro of a header that may not be there. */
static void ask_for_member(struct skep_fixer *fx, size_t end)
{
	size_t from = fx->at, at, stop;
	struct skep_changes changes = { .count = 0 };
	struct skep_span field;
	const char *code;

	for (at = from; at + 1 < end; at++)
		if (fx->text.code[at] == '=' && fx->text.code[at + 1] == ' ')
			from = at + 1;
	from = skep_ctext_skip(&fx->text, from, end);
	for (stop = from; stop < end &&
			  (skep_is_word(fx->text.code[stop]) || strchr("->.", fx->text.code[stop]));
	     stop++)
		;
	field = skep_ctext_code(&fx->text, from, stop);
	if (skep_span_find(field, SPAN("->")) < 1 || fx->text.code[stop] != ';')
		return;
	code = skep_fixer_print(fx, "__builtin_preserve_field_info(%.*s, 2) ? %.*s : 0",
				SKEP_TEXT(field), SKEP_TEXT(field));
	skep_fixer_replace(fx, &changes, from, stop, code);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "read `%.*s` only where this kernel has it", SKEP_TEXT(field)),
		code);
}

/* `BPF_CORE_READ(task, state)` where the kernel may have no such field. */
static void ask_for_field(struct skep_fixer *fx)
{
	const struct skep_cstatement *s = &fx->body.at[fx->statement];
	struct skep_span name = SPAN("BPF_CORE_READ"), arguments[8];
	struct skep_changes changes = { .count = 0 };
	const char *field = "", *code;
	size_t end = s->head == SKEP_NOWHERE ? s->end : s->head_end, count;
	size_t at = skep_ctext_find(&fx->text, s->start, end, name);

	if (at == SKEP_NOWHERE || fx->text.code[at + name.length] != '(') {
		ask_for_member(fx, end);
		return;
	}
	count = skep_ctext_arguments(&fx->text, at + name.length, arguments, 8);
	end = skep_ctext_match(&fx->text, at + name.length, end);
	for (size_t i = 0; i < count; i++)
		field = skep_fixer_print(fx, "%s%s%.*s", field, i ? "->" : "",
					 SKEP_TEXT(arguments[i]));
	code = skep_fixer_print(fx, "(bpf_core_field_exists(%s) ? %.*s : 0)", field,
				SKEP_TEXT(skep_ctext_code(&fx->text, at, end)));
	skep_fixer_replace(fx, &changes, at, end, code);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx, "read `%s` only where this kernel has it", field),
			 code);
}

void skep_fix_statement(struct skep_fixer *fx)
{
	if (fx->statement < 0)
		return;
	if (fx->c->entry->number == 403 || fx->c->entry->number == 604)
		read_without_sleep(fx);
	else if (fx->c->entry->number == 301)
		add_to_pointer(fx);
	else if (fx->c->entry->number == 813)
		ask_for_field(fx);
	else if (fx->body.at[fx->statement].kind != SKEP_C_PLAIN)
		return;
	else if (fx->c->entry->number == 140)
		copy_bytes(fx);
	else if (fx->c->entry->number == 802)
		add_plainly(fx);
}
