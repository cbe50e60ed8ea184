/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Whether an instruction that a log prints is the one that an object has at that number. A log of
 * another object, or of an older build, must not get lines of this one. What loaders rewrite is not
 * compared: CO-RE's offsets, addresses of maps, and what is not there on the kernel.
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>

#include "verifier/log/insn.h"
#include "objinfo.h"

#define CALL       (BPF_JMP | BPF_CALL)
#define JUMP       (BPF_JMP | BPF_JA)
#define JUMP_LONG  (BPF_JMP32 | BPF_JA)
#define LOAD_64    (BPF_LD | BPF_IMM | BPF_DW)
#define MODE(code) ((code)&0xe0)

struct comparison {
	const struct skep_objinfo *o;
	const struct skep_code_layout *layout;
	const struct skep_insn *printed;
	struct skep_spot spot;
	struct skep_bpf_insn insn;
};

static int compare_code(const void *a, const void *b)
{
	return skep_code_compare(*(const struct skep_code *)a, *(const struct skep_code *)b);
}

static bool is_changed(const struct comparison *c)
{
	return c->o->changed_count && bsearch(&c->spot.at, c->o->changed, c->o->changed_count,
					      sizeof(*c->o->changed), compare_code);
}

static bool is_register(struct skep_span text, int reg)
{
	int printed = skep_register_number(skep_span_upto(text, skep_span_word(text)));

	return printed < 0 || printed == reg;
}

/* `*(u64 *)(r1 +8)` */
static bool agrees_memory(const struct comparison *c, int reg)
{
	char place[32];

	if (skep_span_find(c->printed->text, SPAN(" *)(r")) < 0)
		return true;
	snprintf(place, sizeof(place), "(r%d %+d)", reg, c->insn.off);
	return skep_span_find(c->printed->text, skep_span_of(place)) >= 0;
}

/* `r1 += 8`, `w1 = w2` */
static bool agrees_arithmetic(const struct comparison *c)
{
	uint8_t op = BPF_OP(c->insn.code);
	struct skep_span name, operand = skep_insn_operand(c->printed, &name);
	int64_t number;

	if (!is_register(c->printed->text, c->insn.dst))
		return false;
	if (!operand.length || op == BPF_END || op == BPF_NEG || c->insn.off)
		return true;
	if (BPF_SRC(c->insn.code) == BPF_X)
		return is_register(operand, c->insn.src);
	return !skep_take_number(&operand, &number) || (int32_t)number == c->insn.imm;
}

/* `if r1 > 0x5 goto pc+7`, `goto pc-3` */
static bool agrees_branch(const struct comparison *c)
{
	struct skep_span rest = c->printed->text;
	ptrdiff_t at = skep_span_find(rest, SPAN("goto pc"));
	bool has_register = skep_take(&rest, SPAN("if "));
	int64_t number;

	if (has_register && !is_register(rest, c->insn.dst))
		return false;
	if (at < 0)
		return true;
	rest = skep_span_from(c->printed->text, (size_t)at + sizeof("goto pc") - 1);
	if (!skep_take_number(&rest, &number))
		return true;
	return number == (c->insn.code == JUMP_LONG ? c->insn.imm : c->insn.off);
}

static bool agrees_function(const struct comparison *c, struct skep_span distance)
{
	const struct skep_objinfo_function *callee;
	int64_t number;

	if (!skep_objinfo_callee(c->o, c->spot.at, &c->insn, &callee) ||
	    !skep_take_number(&distance, &number))
		return true;
	for (size_t i = 0; i < c->layout->count; i++)
		if (c->layout->parts[i].function == callee)
			return c->layout->parts[i].at == c->printed->number + 1 + number;
	return false;
}

/* Up to `___` a kfunc has the kernel's name. */
static bool is_kfunc(const char *name, struct skep_span printed)
{
	const char *flavour = strstr(name, "___");
	size_t length = flavour ? (size_t)(flavour - name) : strlen(name);

	return printed.length == length && !memcmp(printed.at, name, length);
}

/* libbpf calls these where the kernel lacks the newer ones. */
static bool is_substitute(int32_t wanted, int64_t called)
{
	switch (wanted) {
	case BPF_FUNC_probe_read_kernel:
	case BPF_FUNC_probe_read_user:
		return called == BPF_FUNC_probe_read;
	case BPF_FUNC_probe_read_kernel_str:
	case BPF_FUNC_probe_read_user_str:
		return called == BPF_FUNC_probe_read_str;
	default:
		return false;
	}
}

/* `call bpf_map_lookup_elem#1`, `call pc+7` */
static bool agrees_call(const struct comparison *c)
{
	struct skep_span rest = c->printed->text, name;
	const struct skep_objinfo_symbol *symbol;
	bool own = c->insn.src == BPF_PSEUDO_CALL;
	int64_t number;

	if (!skep_take(&rest, SPAN("call ")))
		return true;
	symbol = skep_objinfo_symbol_at(c->o, c->spot.at);
	if (skep_take(&rest, SPAN("pc")))
		return own && (!symbol || symbol->section) && agrees_function(c, rest);
	name = skep_span_upto(rest, skep_span_word(rest));
	rest = skep_span_from(rest, name.length);
	if (!name.length || !skep_take(&rest, SPAN("#")) || !skep_take_number(&rest, &number) ||
	    skep_span_is(name, SPAN("unknown")))
		return true;
	if (own)
		return symbol && !symbol->section && is_kfunc(symbol->name, name);
	return c->insn.src != 0 || number == c->insn.imm || is_substitute(c->insn.imm, number);
}

static bool agrees_text(const struct comparison *c)
{
	uint8_t code = c->insn.code;

	if (code == CALL)
		return agrees_call(c);
	if (code == LOAD_64)
		return is_register(c->printed->text, c->insn.dst);
	switch (BPF_CLASS(code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return agrees_arithmetic(c);
	case BPF_LDX:
		return is_register(c->printed->text, c->insn.dst) && agrees_memory(c, c->insn.src);
	case BPF_ST:
	case BPF_STX:
		return MODE(code) != BPF_MEM || agrees_memory(c, c->insn.dst);
	case BPF_JMP:
	case BPF_JMP32:
		return agrees_branch(c);
	default:
		return true;
	}
}

enum skep_agreement skep_objinfo_agrees(const struct skep_objinfo *o,
					const struct skep_code_layout *layout,
					const struct skep_insn *printed)
{
	struct comparison c = { .o = o, .layout = layout, .printed = printed };

	if (!skep_layout_spot(o, layout, printed->number, &c.spot) ||
	    !skep_objinfo_insn(o, c.spot.at, &c.insn))
		return SKEP_DISAGREES;
	/* libbpf puts a call of nothing where a map, a kfunc or a field is missing. */
	if (is_changed(&c) || skep_span_starts(printed->text, SPAN("call unknown#")))
		return SKEP_UNSURE;
	return printed->opcode == c.insn.code && agrees_text(&c) ? SKEP_AGREES : SKEP_DISAGREES;
}
