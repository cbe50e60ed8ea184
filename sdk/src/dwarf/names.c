// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The names of C variables, for the explainer of verifier logs. */
#include <skep/verifier.h>

#include "handle.h"

/* The innermost variable that `is_it` says yes to; NULL. */
static const char *find(struct skep_dwarf *dwarf, const char *section, uint32_t insn,
			bool (*is_it)(const struct skep_dwarf_variable *v, int64_t where),
			int64_t where)
{
	const struct skep_dwarf_variable *v = NULL;

	if (skep_dwarf_variables(dwarf, section, insn, &v))
		return NULL;
	while (v && !is_it(v, where))
		v = v->next;
	return v ? v->name : NULL;
}

static bool is_in_register(const struct skep_dwarf_variable *v, int64_t reg)
{
	return v->place == SKEP_DWARF_REGISTER && v->reg == reg;
}

static bool is_on_stack(const struct skep_dwarf_variable *v, int64_t offset)
{
	return v->place == SKEP_DWARF_STACK && v->offset == offset;
}

static const char *in_register(void *ctx, const char *section, uint32_t insn, int reg)
{
	return find(ctx, section, insn, is_in_register, reg);
}

static const char *on_stack(void *ctx, const char *section, uint32_t insn, int offset)
{
	return find(ctx, section, insn, is_on_stack, offset);
}

void skep_dwarf_names(struct skep_dwarf *dwarf, struct skep_explain_names *names)
{
	*names = (struct skep_explain_names){
		.ctx = dwarf,
		.in_register = in_register,
		.on_stack = on_stack,
	};
}
