// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* A type as one would write it in C. */
#include "handle.h"

#include <dwarf.h>
#include <stdio.h>
#include <string.h>

struct spelling {
	char *text;
	size_t room;
	char suffix[64]; /* stars and dimensions, which follow the base type */
};

static bool target_of(Dwarf_Die *die, Dwarf_Die *target)
{
	Dwarf_Attribute attribute;

	return dwarf_formref_die(dwarf_attr(die, DW_AT_type, &attribute), target);
}

/* Puts `piece` before what follows the base type already; what has no room is cut at the end. */
static void prepend(struct spelling *s, const char *piece)
{
	size_t room = sizeof(s->suffix) - 1, length = strlen(piece), kept = strlen(s->suffix);

	if (length > room)
		length = room;
	if (kept > room - length)
		kept = room - length;
	memmove(s->suffix + length, s->suffix, kept);
	memcpy(s->suffix, piece, length);
	s->suffix[length + kept] = '\0';
}

static void append(struct spelling *s, const char *piece)
{
	size_t used = strlen(s->suffix);

	snprintf(s->suffix + used, sizeof(s->suffix) - used, "%s", piece);
}

static void add_dimensions(struct spelling *s, Dwarf_Die *array)
{
	Dwarf_Die range;
	int ranges = 0;

	/* Of a pointer to an array: `int (*)[4]`. */
	if (s->suffix[0] == '*') {
		prepend(s, "(");
		append(s, ")");
	}
	if (dwarf_child(array, &range))
		return;
	do {
		Dwarf_Attribute attribute;
		Dwarf_Word count = 0;
		char piece[24];

		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		if (!dwarf_formudata(dwarf_attr(&range, DW_AT_count, &attribute), &count))
			snprintf(piece, sizeof(piece), "[%llu]", (unsigned long long)count);
		else
			snprintf(piece, sizeof(piece), "[]");
		append(s, piece);
	} while (++ranges < 8 && !dwarf_siblingof(&range, &range));
}

static void finish(struct spelling *s, const char *before, const char *name)
{
	snprintf(s->text, s->room, "%s%s%s%s", before, name,
		 s->suffix[0] == '*' || s->suffix[0] == '(' ? " " : "", s->suffix);
}

/* One layer of the type; true when `die` became what is behind it. */
static bool unwrap(struct spelling *s, Dwarf_Die *die)
{
	bool has_target;
	Dwarf_Die target;

	switch (dwarf_tag(die)) {
	case DW_TAG_pointer_type:
		prepend(s, "*");
		break;
	case DW_TAG_array_type:
		add_dimensions(s, die);
		break;
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		break; /* of no use to who reads an explanation */
	default:
		return false;
	}
	has_target = target_of(die, &target);
	if (has_target)
		*die = target;
	else
		finish(s, "", "void");
	return has_target;
}

void spell_type(Dwarf_Die *type, char *text, size_t room)
{
	struct spelling s = { .text = text, .room = room };
	Dwarf_Die die = *type;
	int depth = 0;

	while (depth++ < DEEPEST && unwrap(&s, &die))
		;
	switch (dwarf_tag(&die)) {
	case DW_TAG_structure_type:
		finish(&s, "struct ", name_of(&die));
		break;
	case DW_TAG_union_type:
		finish(&s, "union ", name_of(&die));
		break;
	case DW_TAG_enumeration_type:
		finish(&s, "enum ", name_of(&die));
		break;
	case DW_TAG_subroutine_type:
		finish(&s, "", "function");
		break;
	case DW_TAG_base_type:
	case DW_TAG_typedef:
		finish(&s, "", name_of(&die));
		break;
	default:
		break; /* void, which unwrap() wrote, or unknown */
	}
}
