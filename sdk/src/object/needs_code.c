/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the instructions of a program need, with those of all functions that it calls. */
#include "needs.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#include "kernel/probe_parts.h"
#include "kernel/types.h"

#define CALL    (BPF_JMP | BPF_CALL)
#define LOAD_64 (BPF_LD | BPF_IMM | BPF_DW)
#define MEMSX   0x80
#define JCOND   0xe0

static const char *words_of(const struct skep_needs_look *look)
{
	switch (look->setting.prog_type) {
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_LSM:
		return "programs of this kind may not call it here";
	default:
		return "programs of this type may not call it";
	}
}

/* libbpf calls the older ones where the kernel lacks these. */
static int substitute(int helper)
{
	switch (helper) {
	case BPF_FUNC_probe_read_kernel:
	case BPF_FUNC_probe_read_user:
		return BPF_FUNC_probe_read;
	case BPF_FUNC_probe_read_kernel_str:
	case BPF_FUNC_probe_read_user_str:
		return BPF_FUNC_probe_read_str;
	default:
		return 0;
	}
}

/* Where it cannot be tried, whether the kernel has it at all. */
static enum skep_answer ask_helper(const struct skep_needs_look *look, int helper)
{
	enum skep_answer there = skep_kernel_has_number(SKEP_SINCE_HELPER, helper);
	struct skep_probed tried;

	if (there == SKEP_NO || !look->is_set || skep_helper_is_loud(helper))
		return there;
	tried = skep_helper_try(&look->setting, helper);
	return tried.answer == SKEP_UNKNOWN ? there : tried.answer;
}

static void add_helper(struct skep_needs_look *look, int helper, const struct skep_code *at)
{
	const char *known = skep_helper_name(helper);
	struct skep_need *need;
	char unknown[32];

	snprintf(unknown, sizeof(unknown), "helper %d", helper);
	need = skep_needs_add(look, SKEP_NEED_HELPER, known ? known : unknown, at);
	if (!need)
		return;
	need->answer = helper > 0 && helper < SKEP_NUMBERS ? ask_helper(look, helper) : SKEP_NO;
	if (need->answer == SKEP_NO && substitute(helper))
		need->answer = ask_helper(look, substitute(helper));
	need->optional = known && skep_needs_core_asks(look, known);
	if (need->answer == SKEP_NO)
		skep_needs_say(look, need,
			       skep_kernel_has_number(SKEP_SINCE_HELPER, helper) == SKEP_YES
				       ? words_of(look)
				       : "this kernel does not have it",
			       NULL);
}

/* objinfo has no binding; the file has, at the symbol's place in its table. */
static bool is_weak(const struct skep_objinfo *info, const struct skep_objinfo_symbol *symbol)
{
	uint64_t index = (uint64_t)(symbol - info->symbols);

	for (size_t i = 0; i < info->section_count; i++) {
		const struct skep_objinfo_section *s = &info->sections[i];
		uint64_t at = s->body.at + index * sizeof(Elf64_Sym);

		if (s->type == SHT_SYMTAB)
			return at + sizeof(Elf64_Sym) <= info->bytes &&
			       ELF64_ST_BIND(info->data[at + offsetof(Elf64_Sym, st_info)]) ==
				       STB_WEAK;
	}
	return false;
}

/* `bpf_x___v2` is bpf_x of some kernels. */
static void plain_name(const char *name, char *plain, size_t size)
{
	const char *flavour = strstr(name, "___");

	snprintf(plain, size, "%.*s", flavour ? (int)(flavour - name) : (int)strlen(name), name);
}

static void add_kfunc(struct skep_needs_look *look, const struct skep_objinfo_symbol *symbol,
		      const struct skep_code *at)
{
	struct skep_probed tried = { SKEP_UNKNOWN, 0 };
	struct skep_need *need;
	enum skep_answer known;
	char name[256];

	plain_name(symbol->name, name, sizeof(name));
	need = skep_needs_add(look, SKEP_NEED_KFUNC, name, at);
	if (!need)
		return;
	known = skep_kfunc_is_known(name);
	if (known == SKEP_YES && look->is_set)
		tried = skep_kfunc_try(&look->setting, name);
	need->answer = tried.answer == SKEP_UNKNOWN ? known : tried.answer;
	need->optional = is_weak(look->info, symbol);
	if (need->answer == SKEP_NO)
		skep_needs_say(look, need,
			       known == SKEP_NO
				       ? "this kernel, with the modules it has loaded, does "
					 "not have it"
				       : words_of(look),
			       NULL);
}

/* Whether the object's BTF lists it among variables of the kernel; others are of its configuration. */
static bool is_of_kernel(const struct btf *btf, const char *name)
{
	int id = btf ? btf__find_by_name_kind(btf, ".ksyms", BTF_KIND_DATASEC) : 0;
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (int i = 0; section && i < btf_vlen(section); i++) {
		const struct btf_type *t = btf__type_by_id(btf, btf_var_secinfos(section)[i].type);
		const char *has = t ? btf__name_by_offset(btf, t->name_off) : NULL;

		if (has && !strcmp(has, name))
			return true;
	}
	return false;
}

static bool is_function(const struct btf *btf, const char *name)
{
	return btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

/* An address of the kernel's: of a variable, or of a kfunc that is asked whether it is there. */
static void add_symbol(struct skep_needs_look *look, const struct skep_objinfo_symbol *symbol,
		       const struct skep_code *at)
{
	struct skep_need *need;

	if (!is_of_kernel(look->local, symbol->name)) {
		if (is_function(look->local, symbol->name))
			add_kfunc(look, symbol, at);
		return;
	}
	if (is_function(look->local, symbol->name)) {
		add_kfunc(look, symbol, at);
		return;
	}
	need = skep_needs_add(look, SKEP_NEED_KSYM, symbol->name, at);
	if (!need)
		return;
	need->optional = is_weak(look->info, symbol);
	/* libbpf finds those without a type in kallsyms. */
	if ((look->own && btf__find_by_name_kind(look->own, symbol->name, BTF_KIND_VAR) > 0) ||
	    skep_needs_is_symbol(symbol->name))
		need->answer = SKEP_YES;
	else if (skep_needs_is_symbol("_stext"))
		need->answer = SKEP_NO;
	if (need->answer == SKEP_NO)
		skep_needs_say(look, need, "this kernel does not have it", NULL);
}

/* Which of clang's sets an instruction is of, from 1. */
static int level_of(const struct skep_bpf_insn *insn)
{
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	if (insn->code == (BPF_JMP32 | BPF_JA) ||
	    ((class == BPF_ALU || class == BPF_ALU64) && (op == BPF_DIV || op == BPF_MOD) &&
	     insn->off) ||
	    ((class == BPF_ALU || class == BPF_ALU64) && op == BPF_MOV && insn->off > 1) ||
	    (class == BPF_ALU64 && op == BPF_END) ||
	    (class == BPF_LDX && (insn->code & 0xe0) == MEMSX))
		return 4;
	if (class == BPF_JMP32)
		return 3;
	if (class == BPF_JMP && op >= BPF_JLT && op <= BPF_JSLE)
		return 2;
	return 1;
}

static const char *feature_of(const struct skep_bpf_insn *insn)
{
	if (insn->code == (BPF_JMP | JCOND))
		return "insn=may_goto";
	if (BPF_CLASS(insn->code) != BPF_STX || (insn->code & 0xe0) != BPF_ATOMIC)
		return NULL;
	if (insn->imm == 0x100 || insn->imm == 0x110)
		return "insn=load_acquire";
	return insn->imm == BPF_ADD ? NULL : "insn=atomic"; /* plain additions were always there */
}

static void add_insn(struct skep_needs_look *look, const char *name, const struct skep_code *at)
{
	struct skep_need *need = skep_needs_add(look, SKEP_NEED_INSN, name, at);

	if (!need)
		return;
	need->answer = skep_kernel_has(name);
	if (need->answer != SKEP_NO)
		return;
	if (!strncmp(name, "mcpu=", 5))
		skep_needs_say(
			look, need, "this kernel does not have all of these instructions",
			"compile with an older -mcpu=: v3 is known from Linux 5.1, v2 from 4.14");
	else
		skep_needs_say(look, need, "this kernel does not have it", NULL);
}

struct levels {
	int highest;
	struct skep_code at;
};

static void read_insn(struct skep_needs_look *look, const struct skep_bpf_insn *insn,
		      struct skep_code at, struct levels *levels)
{
	const struct skep_objinfo_symbol *symbol;
	int level = level_of(insn);

	if (level > levels->highest)
		*levels = (struct levels){ level, at };
	if (feature_of(insn))
		add_insn(look, feature_of(insn), &at);
	if (insn->code == CALL && !insn->src) {
		add_helper(look, insn->imm, &at);
		return;
	}
	if (insn->code != CALL && insn->code != LOAD_64)
		return;
	symbol = skep_objinfo_symbol_at(look->info, at);
	if (!symbol || symbol->section || !symbol->name[0])
		return;
	if (insn->code == CALL)
		add_kfunc(look, symbol, &at);
	else
		add_symbol(look, symbol, &at);
}

/* The second half of a 64-bit load is no instruction. */
static void read_function(struct skep_needs_look *look, const struct skep_objinfo_function *f,
			  struct levels *levels)
{
	for (uint32_t i = 0; i < f->count; i++) {
		struct skep_code at = { f->at.section, f->at.insn + i };
		struct skep_bpf_insn insn;

		if (!skep_objinfo_insn(look->info, at, &insn))
			return;
		read_insn(look, &insn, at, levels);
		i += insn.code == LOAD_64;
	}
}

void skep_needs_read_code(struct skep_needs_look *look)
{
	struct levels levels = { .highest = 1 };
	char name[16];

	for (size_t i = 0; look->layout && i < look->layout->count; i++)
		read_function(look, look->layout->parts[i].function, &levels);
	if (levels.highest == 1)
		return;
	snprintf(name, sizeof(name), "mcpu=v%d", levels.highest);
	add_insn(look, name, &levels.at);
}

bool skep_needs_find_map(const struct skep_needs_look *look, const char *map, struct skep_code *at)
{
	for (size_t i = 0; look->info && i < look->info->reloc_count; i++) {
		const struct skep_objinfo_symbol *symbol =
			&look->info->symbols[look->info->relocs[i].symbol];

		if (strcmp(symbol->name, map) != 0 || !symbol->section ||
		    look->info->sections[symbol->section].code)
			continue;
		*at = look->info->relocs[i].at;
		return true;
	}
	return false;
}
