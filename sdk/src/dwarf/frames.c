// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The place of an instruction in the source, and the calls inlined there. */
#include "handle.h"

#include <dwarf.h>
#include <errno.h>

static int number(Dwarf_Die *die, unsigned int attribute_name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word = 0;

	if (dwarf_formudata(dwarf_attr(die, attribute_name, &attribute), &word) || word > INT32_MAX)
		return 0;
	return (int)word;
}

/* The place of a call that was inlined is told by the scope of what was called. */
static void set_call(Dwarf_Die *unit, Dwarf_Die *inlined, struct skep_dwarf_frame *frame)
{
	int file = number(inlined, DW_AT_call_file);
	Dwarf_Files *files;
	size_t count;

	frame->line = number(inlined, DW_AT_call_line);
	frame->column = number(inlined, DW_AT_call_column);
	if (file >= 0 && !dwarf_getsrcfiles(unit, &files, &count) && (size_t)file < count) {
		const char *name = dwarf_filesrc(files, (size_t)file, NULL, NULL);

		if (name)
			frame->file = name;
	}
}

static void set_place(Dwarf_Die *unit, Dwarf_Addr address, struct skep_dwarf_frame *frame)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);
	const char *file = dwarf_linesrc(line, NULL, NULL);

	frame->file = file ? file : "";
	if (dwarf_lineno(line, &frame->line) || frame->line < 0)
		frame->line = 0;
	/* Line 0: an instruction that the compiler made on its own. */
	if (!frame->line || dwarf_linecol(line, &frame->column) || frame->column < 0)
		frame->column = 0;
}

static int fill(struct skep_dwarf *dwarf, struct scopes *scopes, Dwarf_Addr address,
		const struct skep_dwarf_frame **frames)
{
	struct skep_dwarf_frame *first = answer_alloc(dwarf, sizeof(*first)), *frame = first;

	if (!first)
		return skep_error_set(ENOMEM, NULL, "no memory");
	first->function = "";
	set_place(&scopes->dies[0], address, first);
	for (size_t i = scopes->count; i-- > 1;) {
		Dwarf_Die *scope = &scopes->dies[i];
		struct skep_dwarf_frame *caller;

		if (dwarf_tag(scope) == DW_TAG_lexical_block)
			continue;
		frame->function = name_of(scope);
		if (dwarf_tag(scope) != DW_TAG_inlined_subroutine)
			break;
		caller = answer_alloc(dwarf, sizeof(*caller));
		if (!caller)
			return skep_error_set(ENOMEM, NULL, "no memory");
		caller->function = caller->file = "";
		set_call(&scopes->dies[0], scope, caller);
		frame->caller = caller;
		frame = caller;
	}
	*frames = first;
	return 0;
}

int skep_dwarf_frames(struct skep_dwarf *dwarf, const char *section, uint32_t insn,
		      const struct skep_dwarf_frame **frames)
{
	struct scopes scopes;
	Dwarf_Addr address;
	Dwarf_Die unit;
	int err = find_address(dwarf, section, insn, &address);

	if (err)
		return err;
	if (!find_unit(dwarf, address, &unit))
		return skep_error_set(ENOENT, "compile it with clang -g",
				      "nothing is known about instruction %u of section '%s'", insn,
				      section);
	find_scopes(dwarf, &unit, address, &scopes);
	return fill(dwarf, &scopes, address, frames);
}
