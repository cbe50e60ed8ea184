/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "decode.h"

/* Classes: the low three bits of an opcode. */
enum {
	CLASS_LD,
	CLASS_LDX,
	CLASS_ST,
	CLASS_STX,
	CLASS_ALU,
	CLASS_JMP,
	CLASS_JMP32,
	CLASS_ALU64
};

/* `(r2 +4)` behind `*(u32 *)`: its register, offset and size. */
static bool read_memory(struct skep_span text, struct skep_op *op, int *base)
{
	static const char *const types[] = { "u8 *)(", "u16 *)(", "u32 *)(", "u64 *)(",
					     "s8 *)(", "s16 *)(", "s32 *)(", "s64 *)(" };

	for (size_t i = 0; i < 8; i++) {
		ptrdiff_t at = skep_span_find(text, skep_span_of(types[i]));
		struct skep_span rest;

		if (at < 0)
			continue;
		rest = skep_span_from(text, (size_t)at + strlen(types[i]));
		*base = skep_register_number(skep_span_upto(rest, skep_span_word(rest)));
		rest = skep_span_from(rest, skep_span_word(rest));
		skep_take_spaces(&rest);
		op->bytes = 1 << (i & 3);
		op->sign = i > 3;
		return *base >= 0 && skep_take_number(&rest, &op->number) &&
		       op->number >= INT16_MIN && op->number <= INT16_MAX;
	}
	return false;
}

/* The last word that is a register. */
static int last_register(struct skep_span text)
{
	int found = -1;

	while (text.length) {
		size_t n = skep_span_word(text);
		int reg = n ? skep_register_number(skep_span_upto(text, n)) : -1;

		found = reg >= 0 ? reg : found;
		text = skep_span_from(text, n ? n : 1);
	}
	return found;
}

static void read_operand(struct skep_span text, bool reg, struct skep_op *op)
{
	op->src = reg ? last_register(text) : -1;
	if (!reg)
		skep_take_number(&text, &op->number);
}

static struct skep_op decode_alu(const struct skep_insn *insn, struct skep_op op)
{
	struct skep_span assign, operand = skep_insn_operand(insn, &assign);

	op.kind = SKEP_OP_ALU;
	op.code = insn->opcode >> 4;
	op.wide = (insn->opcode & 7) == CLASS_ALU64;
	op.dst = skep_insn_target(insn);
	if (op.code == SKEP_ALU_NEG || op.code == SKEP_ALU_END)
		op.src = -1;
	else
		read_operand(operand, insn->opcode & 8, &op);
	op.sign = op.code == SKEP_ALU_MOV && skep_span_starts(operand, SPAN("(s"));
	if (op.dst < 0)
		op.kind = SKEP_OP_NONE;
	return op;
}

static int64_t target_of(const struct skep_insn *insn)
{
	ptrdiff_t at = skep_span_find(insn->text, SPAN("goto pc"));
	struct skep_span rest = skep_span_from(insn->text, at < 0 ? 0 : (size_t)at + 7);
	int64_t by;

	if (at < 0 || !skep_take_number(&rest, &by) || by < INT32_MIN || by > INT32_MAX)
		return -1;
	return insn->number + 1LL + by;
}

/* `if r1 s> 0xf goto pc+5` */
static struct skep_op decode_branch(const struct skep_insn *insn, struct skep_op op)
{
	struct skep_span rest = insn->text;
	ptrdiff_t end = skep_span_find(rest, SPAN(" goto"));

	op.kind = SKEP_OP_BRANCH;
	op.code = insn->opcode >> 4;
	op.wide = (insn->opcode & 7) == CLASS_JMP;
	op.target = target_of(insn);
	rest = skep_span_upto(rest, end < 0 ? rest.length : (size_t)end);
	skep_take(&rest, SPAN("if "));
	op.dst = skep_register_number(skep_span_upto(rest, skep_span_word(rest)));
	rest = skep_span_from(rest, skep_span_word(rest));
	skep_take_spaces(&rest);
	while (rest.length && rest.at[0] != ' ')
		rest = skep_span_from(rest, 1);
	skep_take_spaces(&rest);
	read_operand(rest, insn->opcode & 8, &op);
	if (op.dst < 0)
		op.kind = SKEP_OP_JUMP;
	return op;
}

static struct skep_op decode_jump(const struct skep_insn *insn, struct skep_op op)
{
	if (skep_insn_is_branch(insn))
		return decode_branch(insn, op);
	op.target = target_of(insn);
	op.kind = SKEP_OP_JUMP;
	if (skep_insn_is_exit(insn))
		op.kind = SKEP_OP_EXIT;
	else if (skep_span_starts(insn->text, SPAN("call ")))
		op.kind = SKEP_OP_CALL;
	return op;
}

/* Writes: `*(u64 *)(r10 -8) = r1`, and atomic operations in many spellings. */
static struct skep_op decode_store(const struct skep_insn *insn, struct skep_op op)
{
	ptrdiff_t equals = skep_span_find(insn->text, SPAN(") = "));
	struct skep_span value = skep_span_from(insn->text, equals < 0 ? 0 : (size_t)equals + 4);

	if (!read_memory(insn->text, &op, &op.dst))
		return op;
	if (!skep_span_starts(insn->text, SPAN("*(")) || equals < 0) {
		op.kind = SKEP_OP_ATOMIC;
		op.src = skep_insn_target(insn); /* where the old value goes */
		return op;
	}
	op.kind = SKEP_OP_STORE;
	op.src = skep_register_number(value);
	if (op.src < 0 && !skep_take_number(&value, &op.stored))
		op.kind = SKEP_OP_NONE;
	return op;
}

struct skep_op skep_insn_decode(const struct skep_insn *insn)
{
	struct skep_op op = { .dst = -1, .src = -1, .target = -1 };

	switch (insn->opcode & 7) {
	case CLASS_ALU:
	case CLASS_ALU64:
		return decode_alu(insn, op);
	case CLASS_JMP:
	case CLASS_JMP32:
		return decode_jump(insn, op);
	case CLASS_LDX:
		op.dst = skep_insn_target(insn);
		op.kind = SKEP_OP_LOAD;
		if (op.dst < 0 || !read_memory(insn->text, &op, &op.src))
			op.kind = op.dst < 0 ? SKEP_OP_NONE : SKEP_OP_ADDRESS;
		return op;
	case CLASS_LD:
		op.dst = skep_insn_target(insn);
		op.kind = op.dst < 0 ? SKEP_OP_NONE : SKEP_OP_ADDRESS;
		return op;
	default:
		return decode_store(insn, op);
	}
}
