/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a handle is made of. Public side: <skep/dwarf.h>. */
#ifndef SKEP_DWARF_HANDLE_H
#define SKEP_DWARF_HANDLE_H

#include <elfutils/libdw.h>
#include <libelf.h>
#include <skep/dwarf.h>

#define DEEPEST 64 /* scopes inside scopes, and types inside types: damaged ones may be circular */

struct answer;

struct skep_dwarf {
	char *image; /* the object, relocated */
	size_t bytes;
	Elf *elf;
	Dwarf *dwarf;
	size_t names;           /* index of the section of section names */
	size_t budget;          /* DIEs that the question under way may still look at */
	struct answer *answers; /* borrowed by the caller until its next question */
};

/*
 * All sections of an object begin at address 0, so that each gets a place of its own in a 64-bit
 * address space: an address tells its section, and DWARF of several programs does not overlap.
 */
static inline uint64_t section_base(size_t index)
{
	return (uint64_t)index << 32;
}

/* Resolves what .rel.debug_* leave open, in `image` itself. `bytes` is its size. */
int relocate(Elf *elf, char *image, size_t bytes);

/* Zeroed memory that lives until the next question; NULL when there is none. */
void *answer_alloc(struct skep_dwarf *dwarf, size_t bytes);
void answers_free(struct skep_dwarf *dwarf);

/* The address of an instruction, or an error in words. */
int find_address(struct skep_dwarf *dwarf, const char *section, uint32_t insn, Dwarf_Addr *address);

/* The unit that has code at `address`; false where there is none. */
bool find_unit(struct skep_dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *unit);

/* The scopes around an address, the outermost first; [0] is the unit. */
struct scopes {
	Dwarf_Die dies[DEEPEST];
	size_t count;
};
void find_scopes(struct skep_dwarf *dwarf, const Dwarf_Die *unit, Dwarf_Addr address,
		 struct scopes *scopes);

/* The children of a DIE, as long as the budget lasts. */
bool first_child(struct skep_dwarf *dwarf, Dwarf_Die *parent, Dwarf_Die *child);
bool next_sibling(struct skep_dwarf *dwarf, Dwarf_Die *die);

/* A DIE's name, through what it was made from; "" when it has none. */
const char *name_of(Dwarf_Die *die);

/* The size of a function's stack frame; 0 when it has none, or the code does not tell. */
int64_t stack_bytes(struct skep_dwarf *dwarf, Dwarf_Die *function);

/* A type in C. `text` is not changed where the type is not told. */
void spell_type(Dwarf_Die *type, char *text, size_t room);

#endif
