/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Instructions, numbers and values along a path: what causes are found by. */
#include "harness/test.h"

#include "verifier/story/checks.h"
#include "verifier/story/range.h"

struct flowed {
	struct skep_lines lines;
	struct skep_path path;
	struct skep_flow flow;
};

static void walk(struct flowed *f, const char *log)
{
	*f = (struct flowed){ 0 };
	assert_ok(skep_lines_split(&f->lines, log, strlen(log)));
	assert_ok(skep_path_trace(&f->path, &f->lines, f->lines.count));
	skep_flow_build(&f->flow, &f->path, f->path.at[f->path.count - 1].insn.number == 0);
	assert_false(f->flow.failed);
}

static void release(struct flowed *f)
{
	skep_flow_free(&f->flow);
	skep_path_free(&f->path);
	skep_lines_free(&f->lines);
}

static struct skep_op decode(const char *line)
{
	struct skep_insn insn;

	assert_true(skep_insn_parse(skep_span_of(line), &insn));
	return skep_insn_decode(&insn);
}

static const struct skep_value *value_of(const struct flowed *f, size_t step, int reg)
{
	return skep_flow_value(&f->flow, skep_flow_register(&f->flow, step, reg));
}

TEST(instructions_are_decoded)
{
	struct skep_op op = decode("9: (65) if r1 s> 0xf goto pc+5 ; R1=scalar(smax=15)");

	assert_int_equal(op.kind, SKEP_OP_BRANCH);
	assert_int_equal(op.code, SKEP_JUMP_SGT);
	assert_int_equal(op.dst, 1);
	assert_int_equal(op.src, -1);
	assert_int_equal(op.number, 15);
	assert_int_equal(op.target, 15);
	assert_true(op.wide);
	op = decode("4: (ad) if r3 < r1 goto pc+1");
	assert_int_equal(op.dst, 3);
	assert_int_equal(op.src, 1);
	op = decode("8: (79) r1 = *(u64 *)(r0 -16)");
	assert_int_equal(op.kind, SKEP_OP_LOAD);
	assert_int_equal(op.src, 0);
	assert_int_equal(op.number, -16);
	assert_int_equal(op.bytes, 8);
	op = decode("1: (63) *(u32 *)(r10 -4) = r7");
	assert_int_equal(op.kind, SKEP_OP_STORE);
	assert_int_equal(op.dst, 10);
	assert_int_equal(op.src, 7);
	op = decode("1: (7a) *(u64 *)(r10 -8) = -5");
	assert_int_equal(op.stored, -5);
	op = decode("3: (db) r1 = atomic64_fetch_add((u64 *)(r6 +8), r1)");
	assert_int_equal(op.kind, SKEP_OP_ATOMIC);
	assert_int_equal(op.src, 1);
	op = decode("3: (74) w7 >>= 1");
	assert_int_equal(op.code, SKEP_ALU_RSH);
	assert_false(op.wide);
	assert_int_equal(decode("3: (18) r1 = 0xffff888102b4e400").kind, SKEP_OP_ADDRESS);
	assert_int_equal(decode("3: (85) call bpf_ktime_get_ns#5").kind, SKEP_OP_CALL);
	assert_int_equal(decode("3: (05) goto pc-4").target, 0);
}

/* What is glued to a branch is a state, also where it has a `;` of its own. */
TEST(the_state_behind_a_branch_is_kept)
{
	struct skep_insn insn;

	assert_true(skep_insn_parse(
		SPAN("20: (a6) if w7 < 0x40 goto pc+1 22: R0=0 R7=scalar(umax=63,var_off=(0x0; 0x3f))"),
		&insn));
	assert_true(skep_span_is(insn.text, SPAN("if w7 < 0x40 goto pc+1")));
	assert_int_equal(insn.state.length, 0);
	assert_true(skep_span_starts(insn.next, SPAN("R0=0 R7=scalar(")));
	assert_true(skep_insn_parse(SPAN("3: (15) if r0 == 0x0 goto pc+2 6: frame1: R0=0"), &insn));
	assert_true(skep_span_is(insn.next, SPAN("frame1: R0=0")));
}

TEST(numbers_of_all_spellings_have_bounds)
{
	struct skep_range r = skep_range_of(SPAN("scalar(umax=127,var_off=(0x0; 0x7f))"));

	assert_int_equal(r.smin, 0);
	assert_int_equal(r.smax, 127);
	r = skep_range_of(
		SPAN("scalar(smin=smin32=0,smax=umax=smax32=umax32=16,var_off=(0x0; 0x1f))"));
	assert_int_equal(r.smin, 0);
	assert_int_equal(r.umax, 16);
	r = skep_range_of(SPAN("inv(id=0,umin_value=1,umax_value=8,var_off=(0x0; 0xf))"));
	assert_int_equal(r.umin, 1);
	assert_int_equal(r.smax, 8);
	r = skep_range_of(SPAN("scalar(smax=15)"));
	assert_true(skep_range_open_below(&r));
	assert_false(skep_range_open_above(&r));
	r = skep_range_of(SPAN("scalar(smin=-4095,smax=64)"));
	assert_int_equal(r.smin, -4095);
	assert_int_equal(r.smax, 64);
	r = skep_range_of(SPAN("-7"));
	assert_true(r.constant);
	assert_int_equal(r.smin, -7);
	r = skep_range_of(SPAN("map_value(map=m,ks=4,vs=80,umax=64,var_off=(0x0; 0x7c))"));
	assert_int_equal(r.umax, 64);
	r = skep_range_of(SPAN("scalar()"));
	assert_true(skep_range_open_below(&r) && skep_range_open_above(&r));
	assert_false(skep_range_of(SPAN("")).known);
}

TEST(copies_are_one_value_and_computations_are_another)
{
	struct flowed f;
	uint32_t one;

	walk(&f, "0: (79) r1 = *(u64 *)(r6 +0)\n"
		 "1: (bf) r2 = r1\n"
		 "2: (7b) *(u64 *)(r10 -8) = r2\n"
		 "3: (07) r2 += 4\n"
		 "4: (79) r3 = *(u64 *)(r10 -8)\n"
		 "5: (95) exit\n");
	one = skep_flow_register(&f.flow, 0, 1);

	assert_int_equal(skep_flow_register(&f.flow, 0, 3), one);
	assert_int_not_equal(skep_flow_register(&f.flow, 0, 2), one);
	assert_int_equal(skep_flow_root(&f.flow, skep_flow_register(&f.flow, 0, 2)), one);
	assert_int_equal(skep_flow_value(&f.flow, one)->kind, SKEP_VALUE_LOAD);
	release(&f);
}

TEST(what_a_call_wrote_to_the_stack_is_its_own)
{
	struct flowed f;
	const struct skep_value *v;

	walk(&f, "0: (bf) r1 = r10\n"
		 "1: (07) r1 += -8\n"
		 "2: (b7) r2 = 8\n"
		 "3: (85) call bpf_probe_read_kernel#113 ; R0=scalar() fp-8=mmmmmmmm\n"
		 "4: (79) r1 = *(u64 *)(r10 -8) ; R1=scalar()\n"
		 "5: (61) r0 = *(u32 *)(r1 +8)\n");
	v = value_of(&f, 0, 1);
	assert_int_equal(v->kind, SKEP_VALUE_LOAD);
	assert_int_equal(skep_flow_value(&f.flow, v->with)->kind, SKEP_VALUE_WRITTEN);
	assert_int_equal(f.path.at[skep_flow_value(&f.flow, v->with)->step].insn.number, 3);
	assert_int_equal(value_of(&f, 0, 2)->kind, SKEP_VALUE_LOST);
	release(&f);
}

TEST(values_go_into_functions_and_come_back)
{
	struct flowed f;

	walk(&f, "0: (b7) r6 = 7 ; R6=7\n"
		 "1: (79) r1 = *(u64 *)(r1 +0) ; R1=scalar()\n"
		 "2: (85) call pc+2\n"
		 "caller:\n R6=7 R10=fp0\ncallee:\n frame1: R1=scalar() R10=fp0\n"
		 "5: frame1: R1=scalar() R10=fp0\n"
		 "5: (bf) r0 = r1 ; frame1: R0=scalar()\n"
		 "6: (95) exit\n"
		 "returning from callee:\n frame1: R0=scalar()\n"
		 "to caller at 3:\n R0=scalar() R6=7 R10=fp0\n"
		 "3: R0=scalar() R6=7 R10=fp0\n"
		 "3: (0f) r6 += r0\n");

	assert_int_equal(value_of(&f, 0, 0)->kind, SKEP_VALUE_LOAD);
	assert_int_equal(f.path.at[value_of(&f, 0, 0)->step].insn.number, 1);
	assert_int_equal(value_of(&f, 0, 6)->kind, SKEP_VALUE_CONSTANT);
	assert_int_equal(value_of(&f, 0, 1)->kind, SKEP_VALUE_LOST);
	release(&f);
}

/* Long logs are kept without their middle: nothing is known across it. */
TEST(behind_a_gap_nothing_is_known)
{
	struct flowed f;

	walk(&f, "0: (b7) r6 = 7 ; R6=7\n"
		 "1: (b7) r7 = 8 ; R7=8\n"
		 "40: (b7) r8 = 9 ; R8=9\n"
		 "41: (95) exit\n");

	assert_int_equal(value_of(&f, 0, 6)->kind, SKEP_VALUE_UNKNOWN);
	assert_int_equal(value_of(&f, 0, 8)->kind, SKEP_VALUE_CONSTANT);
	release(&f);
}

TEST(checks_are_related_to_what_is_used)
{
	struct flowed f;
	struct skep_chain chain;
	struct skep_check checks[4];

	walk(&f, "0: (79) r2 = *(u64 *)(r6 +0)\n"
		 "1: (25) if r2 > 0xf goto pc+9\n"
		 "2: (07) r2 += 4\n"
		 "3: (79) r3 = *(u64 *)(r6 +0)\n"
		 "4: (bc) w4 = w3\n"
		 "5: (26) if w4 > 0xf goto pc+5\n"
		 "6: (0f) r0 += r2\n");

	skep_chain_of(&chain, &f.flow, skep_flow_register(&f.flow, 0, 2));
	assert_int_equal(skep_checks_find(&f.flow, &chain, 0, checks, 4), 2);
	assert_int_equal(checks[0].relation, SKEP_CHECK_REREAD);
	assert_int_equal(checks[1].relation, SKEP_CHECK_BEFORE);
	skep_chain_of(&chain, &f.flow, skep_flow_register(&f.flow, 0, 3));
	assert_int_equal(skep_checks_find(&f.flow, &chain, 0, checks, 1), 1);
	assert_int_equal(checks[0].relation, SKEP_CHECK_COPY);
	skep_chain_of(&chain, &f.flow, skep_flow_register(&f.flow, 0, 4));
	assert_int_equal(skep_checks_find(&f.flow, &chain, 0, checks, 1), 1);
	assert_int_equal(checks[0].relation, SKEP_CHECK_SAME);
	release(&f);
}

/* What a helper hands on to a callback is an address on the caller's stack. */
TEST(a_callback_knows_the_stack_of_its_caller)
{
	struct flowed f;
	int64_t offset;
	int frame;

	walk(&f, "0: R1=ctx() R10=fp0\n"
		 "0: (7b) *(u64 *)(r10 -16) = r1        ; R1=ctx() R10=fp0 fp-16=ctx()\n"
		 "1: (85) call bpf_loop#181 21: frame1: R1=scalar() R2=fp[0]-16 R10=fp0 cb\n"
		 "21: (61) r3 = *(u32 *)(r2 +0)\n");
	assert_true(skep_flow_stack_address(&f.flow, skep_flow_register(&f.flow, 0, 2), &frame,
					    &offset));
	assert_int_equal(frame, 0);
	assert_int_equal(offset, -16);
	assert_false(skep_flow_stack_address(&f.flow, skep_flow_register(&f.flow, 0, 1), &frame,
					     &offset));
	release(&f);
}
