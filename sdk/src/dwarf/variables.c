// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which variables are in scope, and where clang says that they are. */
#include "handle.h"

#include <dwarf.h>
#include <errno.h>
#include <string.h>

#define FRAME_REGISTER 10
#define TYPE_ROOM      256

/* What is asked about. */
struct where {
	Dwarf_Addr address;
	int64_t stack; /* bytes of the function's stack frame */
};

static bool is_register(const Dwarf_Op *op, int *reg)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg10)
		*reg = op->atom - DW_OP_reg0;
	else if (op->atom == DW_OP_regx && op->number <= FRAME_REGISTER)
		*reg = (int)op->number;
	else
		return false;
	return true;
}

static bool is_register_plus(const Dwarf_Op *op, int *reg, int64_t *offset)
{
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg10) {
		*reg = op->atom - DW_OP_breg0;
		*offset = (int64_t)op->number;
	} else {
		return false;
	}
	return true;
}

/* What clang counts from the lower end of a frame of `stack` bytes, counted from r10. */
static bool is_frame_offset(const Dwarf_Op *op, int64_t stack, int64_t *offset)
{
	*offset = (int64_t)op->number;
	if (op->atom != DW_OP_fbreg)
		return false;
	/* A clang that counted from r10 would tell negative offsets. */
	if (*offset < 0)
		return true;
	if (*offset >= stack)
		return false;
	*offset -= stack;
	return true;
}

static bool is_constant(const Dwarf_Op *op, int64_t *value)
{
	switch (op->atom) {
	case DW_OP_lit0 ... DW_OP_lit31:
		*value = op->atom - DW_OP_lit0;
		return true;
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		*value = (int64_t)op->number;
		return true;
	default:
		return false;
	}
}

/*
 * `reg2`: in r2. `breg2+0, stack_value`: the value of r2. `fbreg+8`: in the stack frame.
 * `lit0, stack_value`: zero. Anything longer is computed, which one register does not tell.
 */
static void set_place(struct skep_dwarf_variable *v, const Dwarf_Op *ops, size_t count,
		      int64_t stack)
{
	bool is_value = count == 2 && ops[1].atom == DW_OP_stack_value;
	int64_t offset = 0;
	int reg = -1;

	v->place = count ? SKEP_DWARF_ELSEWHERE : SKEP_DWARF_NOWHERE;
	if (count == 1 && is_register(ops, &reg)) {
		v->place = SKEP_DWARF_REGISTER;
		v->reg = reg;
	} else if (count == 1 &&
		   (is_frame_offset(ops, stack, &offset) ||
		    (is_register_plus(ops, &reg, &offset) && reg == FRAME_REGISTER))) {
		v->place = SKEP_DWARF_STACK;
		v->offset = offset;
	} else if (is_value && is_register_plus(ops, &reg, &offset) && !offset) {
		v->place = SKEP_DWARF_REGISTER;
		v->reg = reg;
	} else if (is_value && is_constant(ops, &offset)) {
		v->place = SKEP_DWARF_CONSTANT;
		v->offset = offset;
	}
}

static void find_place(Dwarf_Die *die, const struct where *where, struct skep_dwarf_variable *v)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *ops = NULL;
	Dwarf_Sword value;
	size_t count = 0;

	v->reg = -1;
	if (dwarf_attr_integrate(die, DW_AT_const_value, &attribute) &&
	    !dwarf_formsdata(&attribute, &value)) {
		v->place = SKEP_DWARF_CONSTANT;
		v->offset = value;
	} else if (dwarf_attr(die, DW_AT_location, &attribute) &&
		   dwarf_getlocation_addr(&attribute, where->address, &ops, &count, 1) == 1) {
		set_place(v, ops, count, where->stack);
	}
}

static int add(struct skep_dwarf *dwarf, Dwarf_Die *die, const struct where *where,
	       const char *function, struct skep_dwarf_variable ***end)
{
	struct skep_dwarf_variable *v = answer_alloc(dwarf, sizeof(*v));
	Dwarf_Attribute attribute;
	char text[TYPE_ROOM] = "", *type;
	Dwarf_Die type_die;

	if (dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), &type_die))
		spell_type(&type_die, text, sizeof(text));
	type = answer_alloc(dwarf, strlen(text) + 1);
	if (!v || !type)
		return skep_error_set(ENOMEM, NULL, "no memory");
	v->type = strcpy(type, text);
	v->name = name_of(die);
	v->function = function;
	v->is_parameter = dwarf_tag(die) == DW_TAG_formal_parameter;
	find_place(die, where, v);
	if (!*v->name)
		return 0;
	**end = v;
	*end = (struct skep_dwarf_variable **)&v->next;
	return 0;
}

/* The innermost function that the scope `i` is in. */
static const char *function_of(struct scopes *scopes, size_t i)
{
	while (i && dwarf_tag(&scopes->dies[i]) == DW_TAG_lexical_block)
		i--;
	return i ? name_of(&scopes->dies[i]) : "";
}

static int fill(struct skep_dwarf *dwarf, struct scopes *scopes, const struct where *where,
		struct skep_dwarf_variable **end)
{
	int err = 0;

	for (size_t i = scopes->count; i-- > 1 && !err;) {
		const char *function = function_of(scopes, i);
		Dwarf_Die die;
		bool more = first_child(dwarf, &scopes->dies[i], &die);

		for (; more && !err; more = next_sibling(dwarf, &die)) {
			int tag = dwarf_tag(&die);

			if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter)
				err = add(dwarf, &die, where, function, &end);
		}
	}
	return err;
}

int skep_dwarf_variables(struct skep_dwarf *dwarf, const char *section, uint32_t insn,
			 const struct skep_dwarf_variable **variables)
{
	struct skep_dwarf_variable *first = NULL;
	struct where where = { 0 };
	struct scopes scopes;
	Dwarf_Die unit;
	int err = find_address(dwarf, section, insn, &where.address);

	if (err)
		return err;
	if (!find_unit(dwarf, where.address, &unit))
		return skep_error_set(ENOENT, "compile it with clang -g",
				      "nothing is known about instruction %u of section '%s'", insn,
				      section);
	find_scopes(dwarf, &unit, where.address, &scopes);
	if (scopes.count > 1)
		where.stack = stack_bytes(dwarf, &scopes.dies[1]);
	err = fill(dwarf, &scopes, &where, &first);
	if (!err)
		*variables = first;
	return err;
}
