// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * clang counts a variable's place from the lower end of the stack frame, but the program has its
 * upper end in r10, and nowhere is it said how large the frame is. The code tells: the lowest
 * place that it reaches, rounded up to the 8 bytes that LLVM aligns frames to.
 */
#include "handle.h"

#include <dwarf.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <string.h>

#define FRAME_REGISTER 10
#define MOST_STACK     512 /* the kernel allows no more */

/* Follows r10 through `rX = r10; rX += -16`. */
struct frame_user {
	bool is_frame[16]; /* by register: a copy of r10 */
	int64_t lowest;
};

static void reach(struct frame_user *user, int64_t offset)
{
	if (offset < user->lowest)
		user->lowest = offset;
}

static void look(struct frame_user *user, const struct bpf_insn *insn)
{
	__u8 class = BPF_CLASS(insn->code);
	bool stores = class == BPF_ST || class == BPF_STX, loads = class == BPF_LDX;

	if (stores && insn->dst_reg == FRAME_REGISTER)
		reach(user, insn->off);
	if (loads && insn->src_reg == FRAME_REGISTER)
		reach(user, insn->off);
	if (insn->code == (BPF_ALU64 | BPF_MOV | BPF_X)) {
		user->is_frame[insn->dst_reg] = insn->src_reg == FRAME_REGISTER && !insn->off;
	} else if (insn->code == (BPF_ALU64 | BPF_ADD | BPF_K)) {
		if (user->is_frame[insn->dst_reg])
			reach(user, insn->imm);
		user->is_frame[insn->dst_reg] = false;
	} else if (class == BPF_ALU64 || class == BPF_ALU || loads || class == BPF_LD) {
		user->is_frame[insn->dst_reg] = false;
	}
}

/* The instructions of a function; NULL where its bounds are not those of a section. */
static const char *code_of(struct skep_dwarf *dwarf, Dwarf_Die *function, size_t *count)
{
	Dwarf_Addr low, high;
	GElf_Shdr header;
	Elf_Scn *section;
	uint64_t start;

	if (dwarf_lowpc(function, &low) || dwarf_highpc(function, &high) || high < low)
		return NULL;
	section = elf_getscn(dwarf->elf, low >> 32);
	if (!section || !gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS ||
	    header.sh_offset > dwarf->bytes || header.sh_size > dwarf->bytes - header.sh_offset)
		return NULL;
	start = low - section_base(low >> 32);
	if (start > header.sh_size || high - low > header.sh_size - start)
		return NULL;
	*count = (size_t)(high - low) / sizeof(struct bpf_insn);
	return dwarf->image + header.sh_offset + start;
}

int64_t stack_bytes(struct skep_dwarf *dwarf, Dwarf_Die *function)
{
	struct frame_user user = { 0 };
	size_t count = 0;
	const char *code = code_of(dwarf, function, &count);

	for (size_t i = 0; i < count; i++) {
		struct bpf_insn insn;

		memcpy(&insn, code + i * sizeof(insn), sizeof(insn));
		look(&user, &insn);
	}
	return user.lowest < -MOST_STACK ? 0 : (-user.lowest + 7) / 8 * 8;
}
