// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* From a section and an instruction to the scopes around it. */
#include "handle.h"

#include <dwarf.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

struct answer {
	struct answer *next;
	_Alignas(16) char data[];
};

void *answer_alloc(struct skep_dwarf *dwarf, size_t bytes)
{
	struct answer *answer = calloc(1, sizeof(*answer) + bytes);

	if (!answer)
		return NULL;
	answer->next = dwarf->answers;
	dwarf->answers = answer;
	return answer->data;
}

void answers_free(struct skep_dwarf *dwarf)
{
	while (dwarf->answers) {
		struct answer *answer = dwarf->answers;

		dwarf->answers = answer->next;
		free(answer);
	}
}

static bool find_section(const struct skep_dwarf *dwarf, const char *name, GElf_Shdr *header,
			 size_t *index)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(dwarf->elf, section))) {
		const char *has;

		if (!gelf_getshdr(section, header) || !(header->sh_flags & SHF_EXECINSTR))
			continue;
		has = elf_strptr(dwarf->elf, dwarf->names, header->sh_name);
		if (!has || strcmp(has, name))
			continue;
		*index = elf_ndxscn(section);
		return true;
	}
	return false;
}

int find_address(struct skep_dwarf *dwarf, const char *section, uint32_t insn, Dwarf_Addr *address)
{
	GElf_Shdr header;
	size_t index;

	answers_free(dwarf);
	/* No object has more DIEs than bytes: who looks at more runs in a circle. */
	dwarf->budget = dwarf->bytes;
	if (!find_section(dwarf, section, &header, &index))
		return skep_error_set(ENOENT, NULL, "the object has no section '%s' with code",
				      section);
	if (insn >= header.sh_size / 8)
		return skep_error_set(ERANGE, NULL,
				      "section '%s' has %llu instructions: there is none at %u",
				      section, (unsigned long long)header.sh_size / 8, insn);
	*address = section_base(index) + (uint64_t)insn * 8;
	return 0;
}

bool first_child(struct skep_dwarf *dwarf, Dwarf_Die *parent, Dwarf_Die *child)
{
	if (!dwarf->budget || dwarf_child(parent, child))
		return false;
	dwarf->budget--;
	return true;
}

bool next_sibling(struct skep_dwarf *dwarf, Dwarf_Die *die)
{
	Dwarf_Die next;

	if (!dwarf->budget || dwarf_siblingof(die, &next))
		return false;
	dwarf->budget--;
	*die = next;
	return true;
}

/* Units that name another file are passed over: libdw would open it. */
static bool is_split(Dwarf_Die *unit)
{
	return dwarf_hasattr(unit, DW_AT_dwo_name) || dwarf_hasattr(unit, DW_AT_GNU_dwo_name);
}

bool find_unit(struct skep_dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *unit)
{
	Dwarf_Off at = 0, next;
	size_t header;

	while (!dwarf_nextcu(dwarf->dwarf, at, &next, &header, NULL, NULL, NULL)) {
		if (next <= at)
			return false;
		if (dwarf_offdie(dwarf->dwarf, at + header, unit) && !is_split(unit) &&
		    dwarf_tag(unit) == DW_TAG_compile_unit && dwarf_haspc(unit, address) > 0)
			return true;
		at = next;
	}
	return false;
}

static bool is_scope(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
		return true;
	default:
		return false;
	}
}

void find_scopes(struct skep_dwarf *dwarf, const Dwarf_Die *unit, Dwarf_Addr address,
		 struct scopes *scopes)
{
	Dwarf_Die die;
	bool more;

	scopes->dies[0] = *unit;
	scopes->count = 1;
	more = first_child(dwarf, &scopes->dies[0], &die);
	while (more && scopes->count < DEEPEST) {
		if (is_scope(&die) && dwarf_haspc(&die, address) > 0) {
			scopes->dies[scopes->count] = die;
			more = first_child(dwarf, &scopes->dies[scopes->count++], &die);
		} else {
			more = next_sibling(dwarf, &die);
		}
	}
}

const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	const char *name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));

	return name ? name : "";
}
