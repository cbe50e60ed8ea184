/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "insn.h"

#define INSNS_MOST (1 << 24) /* kernels verify a million; so sums with a number fit */

static int hex_pair(struct skep_span text)
{
	int64_t value;
	char number[] = "0x00";
	struct skep_span span = { number, 4 };

	number[2] = text.at[0];
	number[3] = text.at[1];
	return skep_take_number(&span, &value) && !span.length ? (int)value : -1;
}

/* Up to 6.1 a branch may be followed by the state of where it goes: `goto pc+1 6: R1=...`. */
static ptrdiff_t find_glued_state(struct skep_span text)
{
	ptrdiff_t at = skep_span_find(text, SPAN(": R"));
	ptrdiff_t frame = skep_span_find(text, SPAN(": frame"));

	if (frame > 0 && (at < 0 || frame < at))
		at = frame;
	if (at < 1 || !skep_is_digit(text.at[at - 1]))
		return -1;
	while (at > 0 && skep_is_digit(text.at[at - 1]))
		at--;
	return at > 0 && text.at[at - 1] == ' ' ? at : -1;
}

/* What an instruction changed stands behind a `;` of its own; `var_off=(0x0; 0xff)` has none. */
static ptrdiff_t find_change(struct skep_span text)
{
	size_t from = 0;

	while (from < text.length) {
		ptrdiff_t at = skep_span_find_char(skep_span_from(text, from), ';');

		if (at < 0)
			return -1;
		from += (size_t)at;
		if (!from || text.at[from - 1] == ' ' || text.at[from - 1] == '\t')
			return (ptrdiff_t)from;
		from++;
	}
	return -1;
}

bool skep_insn_parse(struct skep_span line, struct skep_insn *insn)
{
	int64_t number;
	ptrdiff_t cut;

	if (!skep_take_number(&line, &number) || !skep_take(&line, SPAN(":")))
		return false;
	skep_take_spaces(&line);
	if (line.length < 5 || line.at[0] != '(' || line.at[3] != ')')
		return false;
	if (number < 0 || number > INSNS_MOST)
		return false;
	insn->number = (int)number;
	insn->opcode = hex_pair(skep_span_from(line, 1));
	insn->text = skep_span_trim(skep_span_from(line, 4));
	insn->state = insn->next = (struct skep_span){ line.at + line.length, 0 };
	cut = find_change(insn->text);
	if (cut >= 0) {
		insn->state = skep_span_trim(skep_span_from(insn->text, (size_t)cut + 1));
		insn->text = skep_span_trim(skep_span_upto(insn->text, (size_t)cut));
	} else if ((cut = find_glued_state(insn->text)) > 0) {
		insn->next = skep_span_from(insn->text, (size_t)cut);
		insn->next = skep_span_from(insn->next,
					    (size_t)skep_span_find_char(insn->next, ':') + 1);
		insn->next = skep_span_trim(insn->next);
		insn->text = skep_span_trim(skep_span_upto(insn->text, (size_t)cut));
	}
	return insn->opcode >= 0;
}

struct skep_span skep_insn_callee(const struct skep_insn *insn)
{
	struct skep_span rest = insn->text;
	size_t n;

	if (!skep_take(&rest, SPAN("call ")) || skep_span_starts(rest, SPAN("pc")))
		return SPAN("");
	n = skep_span_word(rest);
	/* Macros of bpf_experimental.h stand before these: bpf_obj_new() is what people write. */
	if (n > 5 && !memcmp(rest.at + n - 5, "_impl", 5))
		n -= 5;
	return skep_span_upto(rest, n);
}

bool skep_insn_calls_function(const struct skep_insn *insn)
{
	return skep_span_starts(insn->text, SPAN("call pc"));
}

bool skep_insn_is_exit(const struct skep_insn *insn)
{
	return skep_span_starts(insn->text, SPAN("exit"));
}

bool skep_insn_is_branch(const struct skep_insn *insn)
{
	return skep_span_starts(insn->text, SPAN("if "));
}

int skep_register_number(struct skep_span text)
{
	struct skep_span rest = text;
	int64_t number;

	if (rest.length < 2 || !strchr("rwRW", rest.at[0]) || !skep_is_digit(rest.at[1]))
		return -1;
	rest = skep_span_from(rest, 1);
	if (!skep_take_number(&rest, &number) || number > 10)
		return -1;
	return rest.length && skep_is_word(rest.at[0]) ? -1 : (int)number;
}

int skep_insn_target(const struct skep_insn *insn)
{
	int number = skep_register_number(insn->text);
	size_t word = skep_span_word(insn->text);
	struct skep_span rest = skep_span_from(insn->text, word);

	skep_take_spaces(&rest);
	return number >= 0 && skep_span_find_char(skep_span_upto(rest, 4), '=') >= 0 ? number : -1;
}

struct skep_span skep_insn_operand(const struct skep_insn *insn, struct skep_span *op)
{
	struct skep_span rest = skep_span_from(insn->text, skep_span_word(insn->text));
	ptrdiff_t equals = skep_span_find_char(rest, '=');

	if (equals < 0 || skep_insn_target(insn) < 0) {
		*op = SPAN("");
		return SPAN("");
	}
	*op = skep_span_trim(skep_span_upto(rest, (size_t)equals + 1));
	return skep_span_trim(skep_span_from(rest, (size_t)equals + 1));
}

int skep_insn_stack_slot(struct skep_span operand)
{
	ptrdiff_t at = skep_span_find(operand, SPAN("(r10 "));
	int64_t slot;

	if (at < 0)
		return 0;
	operand = skep_span_from(operand, (size_t)at + 5);
	return skep_take_number(&operand, &slot) && slot < 0 && slot >= -512 ? (int)slot : 0;
}
