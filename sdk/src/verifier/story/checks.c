/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "checks.h"

#define BRANCHES_MOST 4096

void skep_chain_of(struct skep_chain *chain, const struct skep_flow *flow, uint32_t id)
{
	chain->count = 0;
	while (id && chain->count < SKEP_CHAIN_MOST) {
		const struct skep_value *v = skep_flow_value(flow, id);

		chain->at[chain->count++] = id;
		if (v->kind == SKEP_VALUE_LOAD)
			id = v->with;
		else if (v->kind == SKEP_VALUE_COMPUTED && !v->with)
			id = v->from;
		else
			break;
	}
}

static bool reads_same(const struct skep_flow *flow, uint32_t a, uint32_t b, int depth)
{
	const struct skep_value *one = skep_flow_value(flow, a), *other = skep_flow_value(flow, b);
	int frames[2];
	int64_t offsets[2];

	if (one->kind != SKEP_VALUE_LOAD || other->kind != SKEP_VALUE_LOAD || a == b || !depth ||
	    one->number != other->number || !one->from || !other->from)
		return false;
	if (one->from == other->from || reads_same(flow, one->from, other->from, depth - 1))
		return true;
	return skep_flow_stack_address(flow, one->from, &frames[0], &offsets[0]) &&
	       skep_flow_stack_address(flow, other->from, &frames[1], &offsets[1]) &&
	       frames[0] == frames[1] && offsets[0] == offsets[1];
}

bool skep_reads_same(const struct skep_flow *flow, uint32_t a, uint32_t b)
{
	return reads_same(flow, a, b, 8);
}

bool skep_op_is_ordered(const struct skep_op *op)
{
	return op->kind == SKEP_OP_BRANCH && op->code != SKEP_JUMP_EQ && op->code != SKEP_JUMP_NE &&
	       op->code != SKEP_JUMP_SET;
}

/* Steps are counted backwards: what has a smaller number came later. */
static bool relate(const struct skep_flow *flow, const struct skep_chain *chain, uint32_t compared,
		   struct skep_check *check)
{
	struct skep_chain other;
	uint32_t root, other_root;

	skep_chain_of(&other, flow, compared);
	for (size_t i = 0; i < chain->count; i++)
		for (size_t j = 0; j < other.count; j++) {
			if (chain->at[i] != other.at[j])
				continue;
			check->change = i ? chain->at[i - 1] : 0;
			check->relation = SKEP_CHECK_COPY;
			if (!i && !j)
				check->relation = SKEP_CHECK_SAME;
			else if (!j && skep_flow_value(flow, check->change)->step < check->step)
				check->relation = SKEP_CHECK_BEFORE;
			return true;
		}
	if (!chain->count || !other.count)
		return false;
	root = chain->at[chain->count - 1];
	other_root = other.at[other.count - 1];
	check->relation = SKEP_CHECK_REREAD;
	return skep_reads_same(flow, root, other_root);
}

size_t skep_checks_find(const struct skep_flow *flow, const struct skep_chain *chain, size_t use,
			struct skep_check *checks, size_t most)
{
	size_t count = 0, branches = 0;

	for (size_t i = use + 1; i < flow->path->count && count < most; i++) {
		struct skep_check check = { .step = i };

		if (!skep_insn_is_branch(&flow->path->at[i].insn))
			continue;
		if (++branches > BRANCHES_MOST)
			break;
		check.op = skep_insn_decode(&flow->path->at[i].insn);
		for (int side = 0; side < 2; side++) {
			check.reg = side ? check.op.src : check.op.dst;
			check.value = skep_flow_register(flow, i, check.reg);
			if (check.value && relate(flow, chain, check.value, &check)) {
				checks[count++] = check;
				break;
			}
		}
	}
	return count;
}
