/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an instruction of a log does: its registers and numbers, read off opcode and text. */
#ifndef SKEP_VERIFIER_DECODE_H
#define SKEP_VERIFIER_DECODE_H

#include "insn.h"

enum skep_op_kind {
	SKEP_OP_NONE,
	SKEP_OP_ALU,
	SKEP_OP_ADDRESS, /* r1 = 0xffff... ll, r1 = map[...]: 64 bits */
	SKEP_OP_LOAD,
	SKEP_OP_STORE,
	SKEP_OP_ATOMIC,
	SKEP_OP_BRANCH,
	SKEP_OP_JUMP,
	SKEP_OP_CALL, /* of a helper, kfunc or function */
	SKEP_OP_EXIT,
};

/* High halves of opcodes, as the instruction set has them. */
enum skep_alu {
	SKEP_ALU_ADD = 0x0,
	SKEP_ALU_SUB = 0x1,
	SKEP_ALU_MUL = 0x2,
	SKEP_ALU_DIV = 0x3,
	SKEP_ALU_OR = 0x4,
	SKEP_ALU_AND = 0x5,
	SKEP_ALU_LSH = 0x6,
	SKEP_ALU_RSH = 0x7,
	SKEP_ALU_NEG = 0x8,
	SKEP_ALU_MOD = 0x9,
	SKEP_ALU_XOR = 0xa,
	SKEP_ALU_MOV = 0xb,
	SKEP_ALU_ARSH = 0xc,
	SKEP_ALU_END = 0xd,
};

enum skep_jump {
	SKEP_JUMP_EQ = 0x1,
	SKEP_JUMP_GT = 0x2,
	SKEP_JUMP_GE = 0x3,
	SKEP_JUMP_SET = 0x4,
	SKEP_JUMP_NE = 0x5,
	SKEP_JUMP_SGT = 0x6,
	SKEP_JUMP_SGE = 0x7,
	SKEP_JUMP_LT = 0xa,
	SKEP_JUMP_LE = 0xb,
	SKEP_JUMP_SLT = 0xc,
	SKEP_JUMP_SLE = 0xd,
};

struct skep_op {
	enum skep_op_kind kind;
	int code;       /* skep_alu or skep_jump */
	bool wide;      /* on 64 bits */
	bool sign;      /* extends a sign */
	int dst, src;   /* registers; -1: none, for src the number counts */
	int64_t number; /* operand, or offset of a memory access */
	int bytes;      /* of a memory access */
	int64_t stored; /* the number that is written where src is none */
	int64_t target; /* instruction that a jump goes to */
};

struct skep_op skep_insn_decode(const struct skep_insn *insn);

#endif
