/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a value came from: through moves, the stack, calls and other paths. */
#include "harness/test.h"

#include "verifier/facts/names.h"
#include "verifier/story/story.h"

struct traced {
	struct skep_lines lines;
	struct skep_path path;
};

static struct traced trace(const char *log)
{
	struct traced t = { 0 };

	assert_ok(skep_lines_split(&t.lines, log, strlen(log)));
	assert_ok(skep_path_trace(&t.path, &t.lines, t.lines.count));
	return t;
}

static void release(struct traced *t)
{
	skep_path_free(&t->path);
	skep_lines_free(&t->lines);
}

static int insn_of(const struct traced *t, size_t step)
{
	return step == SKEP_NO_STEP ? -1 : t->path.at[step].insn.number;
}

TEST(a_value_is_followed_through_moves_and_the_stack)
{
	struct traced t = trace("1: (85) call bpf_map_lookup_elem#1 ; R0=map_value_or_null(id=1)\n"
				"2: (bf) r6 = r0 ; R6=map_value_or_null(id=1)\n"
				"3: (7b) *(u64 *)(r10 -8) = r6 ; fp-8=map_value_or_null(id=1)\n"
				"4: (b7) r6 = 0 ; R6=0\n"
				"5: (79) r2 = *(u64 *)(r10 -8) ; R2=map_value_or_null(id=1)\n"
				"6: (07) r2 += 8\n"
				"7: (79) r1 = *(u64 *)(r2 +0)\n");
	struct skep_origin origin = skep_story_origin(&t.path, 0, 2);

	assert_int_equal(origin.kind, SKEP_ORIGIN_CALL);
	assert_int_equal(insn_of(&t, origin.step), 1);
	assert_int_equal(insn_of(&t, origin.arithmetic), 6);
	release(&t);
}

TEST(a_path_goes_on_at_the_branch_that_led_to_it)
{
	struct traced t = trace("0: (b7) r3 = 1 ; R3=1\n"
				"1: (15) if r1 == 0x0 goto pc+2 ; R1=scalar()\n"
				"2: (b7) r3 = 2 ; R3=2\n"
				"3: (95) exit\n"
				"from 1 to 4: R1=0 R3=1 R10=fp0\n"
				"4: (79) r1 = *(u64 *)(r3 +0)\n");
	struct skep_origin origin = skep_story_origin(&t.path, 0, 3);

	assert_int_equal(t.path.count, 3);
	assert_int_equal(origin.kind, SKEP_ORIGIN_CONSTANT);
	assert_int_equal(insn_of(&t, origin.step), 0);
	release(&t);
}

TEST(a_value_is_followed_out_of_a_function_of_the_program)
{
	struct traced t =
		trace("0: (85) call pc+2\n"
		      "caller:\n R10=fp0\ncallee:\n frame1: R1=ctx() R10=fp0\n"
		      "3: frame1: R1=ctx() R10=fp0\n"
		      "3: (85) call bpf_map_lookup_elem#1 ; frame1: R0=map_value_or_null(id=1)\n"
		      "4: (95) exit\n"
		      "returning from callee:\n frame1: R0=map_value_or_null(id=1)\n"
		      "to caller at 1:\n R0=map_value_or_null(id=1) R10=fp0\n"
		      "1: R0=map_value_or_null(id=1) R10=fp0\n"
		      "1: (79) r1 = *(u64 *)(r0 +0)\n");
	struct skep_origin origin = skep_story_origin(&t.path, 0, 0);

	assert_int_equal(origin.kind, SKEP_ORIGIN_CALL);
	assert_int_equal(insn_of(&t, origin.step), 3);
	release(&t);
}

TEST(registers_do_not_survive_a_call)
{
	struct traced t = trace("0: (b7) r2 = 1 ; R2=1\n"
				"1: (85) call bpf_ktime_get_ns#5 ; R0=scalar()\n"
				"2: (bf) r0 = r2\n");
	struct skep_origin origin = skep_story_origin(&t.path, 0, 2);

	assert_int_equal(origin.kind, SKEP_ORIGIN_LOST);
	assert_int_equal(insn_of(&t, origin.step), 1);
	release(&t);
}

TEST(states_of_old_and_new_kernels_are_read)
{
	struct skep_span old = SPAN("R0_w=map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0) R6_rw=inv0 "
				    "fp-8_w=mmmmmmmm");
	struct skep_span new = SPAN("frame1: R0=scalar(smin=smin32=-5,umax=7,var_off=(0x0; 0xff)) "
				    "R1=pkt(off=4,r=14)");
	int64_t number;

	assert_true(skep_span_is(skep_value_type(skep_state_register(old, 0)),
				 SPAN("map_value_or_null")));
	assert_true(skep_span_is(skep_value_type(skep_state_register(old, 6)), SPAN("scalar")));
	assert_true(skep_span_is(skep_state_slot(old, -8), SPAN("mmmmmmmm")));
	assert_int_equal(skep_state_frame(new), 1);
	assert_true(skep_value_number(skep_state_register(new, 0), "smin", &number));
	assert_int_equal(number, -5);
	assert_true(skep_value_number(skep_state_register(new, 1), "r", &number));
	assert_int_equal(number, 14);
	assert_int_equal(skep_state_register(new, 2).length, 0);
}

TEST(names_are_read_off_lines_of_c)
{
	assert_true(skep_span_is(skep_name_assigned(SPAN("struct count *c = lookup(&m, &k);")),
				 SPAN("c")));
	assert_int_equal(skep_name_assigned(SPAN("a->b = lookup();")).length, 0);
	assert_int_equal(skep_name_assigned(SPAN("if (a == b)")).length, 0);
	assert_true(skep_span_is(skep_name_dereferenced(SPAN("c->hits++;")), SPAN("c")));
	assert_true(skep_span_is(skep_name_index(SPAN("c->slots[slot]++;")), SPAN("slot")));
	assert_int_equal(skep_name_index(SPAN("c->slots[i + 1]++;")).length, 0);
	assert_true(skep_span_is(
		skep_name_argument(SPAN("x = f(a, &b, g(1, 2), d);"), SPAN("f"), 2), SPAN("b")));
	assert_int_equal(skep_name_argument(SPAN("x = f(a, g(1, 2));"), SPAN("f"), 2).length, 0);
	assert_true(skep_span_is(skep_name_function(SPAN("int BPF_PROG(on_exec, int x)")),
				 SPAN("on_exec")));
	assert_true(
		skep_span_is(skep_name_function(SPAN("int on_exec(void *ctx)")), SPAN("on_exec")));
}
