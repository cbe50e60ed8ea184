/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What verification cost: the numbers that end a log, and the lines of source that it walks. */
#include "harness/test.h"

#include <stdlib.h>
#include <unistd.h>

#include <skep/verifier.h>

#define PROCESSED(n)                                                                               \
	"processed " n " insns (limit 1000000) max_states_per_insn 4 total_states 30 peak_states " \
	"20 mark_read 7\n"

static struct skep_explanation *explain(const char *log)
{
	struct skep_explanation *explanation = NULL;

	assert_ok(skep_explain(&explanation, log, strlen(log), NULL));
	return explanation;
}

/* The same, through a file: those are read in pieces. */
static struct skep_explanation *explain_file(const char *log, size_t bytes)
{
	struct skep_explanation *explanation = NULL;
	char path[] = "/tmp/skep-test-cost-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, log, bytes), bytes);
	close(fd);
	assert_ok(skep_explain_file(&explanation, path, NULL));
	unlink(path);
	return explanation;
}

TEST(numbers_at_the_end_of_a_log_are_read)
{
	struct skep_explanation *e =
		explain("verification time 137 usec\nstack depth 24\n" PROCESSED("1234"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_ACCEPTED);
	assert_int_equal(skep_explanation_cost_count(e), 1);
	assert_null(skep_explanation_cost(e, 1));
	assert_int_equal(cost->insns, 1234);
	assert_int_equal(cost->insn_limit, 1000000);
	assert_int_equal(cost->states, 30);
	assert_int_equal(cost->states_peak, 20);
	assert_int_equal(cost->states_most, 4);
	assert_int_equal(cost->time_us, 137);
	assert_int_equal(cost->stack, 24);
	assert_int_equal(cost->stack_count, 1);
	assert_int_equal(cost->line_count, 0);
	assert_false(cost->refused);
	skep_explanation_free(e);
}

TEST(instructions_are_counted_by_their_lines)
{
	struct skep_explanation *e =
		explain("func#0 @0\n0: R1=ctx() R10=fp0\n"
			"; int f(void *ctx) @ x.bpf.c:3\n"
			"0: (b7) r1 = 0 ; R1=0\n"
			"; for (i = 0; i < 3; i++) @ x.bpf.c:5\n"
			"1: (07) r1 += 1 ; R1=1\n2: (55) if r1 != 0x3 goto pc-2\n"
			"1: (07) r1 += 1 ; R1=2\n2: (55) if r1 != 0x3 goto pc-2\n"
			"\nfrom 2 to 1: safe\n"
			";  @ x.bpf.c:0\n"
			"2: safe\n"
			"; return 0; @ x.bpf.c:7\n"
			"3: (95) exit\n" PROCESSED("8"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(cost->insns_shown, 8);
	assert_int_equal(cost->line_count, 3);
	assert_int_equal(cost->lines[0].insns, 6);
	assert_int_equal(cost->lines[0].place.line, 5);
	assert_string_equal(cost->lines[0].place.file, "x.bpf.c");
	assert_string_equal(cost->lines[0].place.text, "for (i = 0; i < 3; i++)");
	assert_int_equal(cost->lines[0].place.insn, 1);
	assert_string_equal(cost->lines[0].place.asm_text, "r1 += 1");
	assert_int_equal(cost->lines[1].insns, 1);
	skep_explanation_free(e);
}

/* Linux 6.1 quotes lines without their place; other logs have none at all. */
TEST(lines_without_a_place_and_logs_without_lines_are_counted_too)
{
	struct skep_explanation *e =
		explain("; return 0;\n0: (b7) r0 = 0\n1: (95) exit\n" PROCESSED("2"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(cost->line_count, 1);
	assert_string_equal(cost->lines[0].place.text, "return 0;");
	assert_int_equal(cost->lines[0].place.line, 0);
	skep_explanation_free(e);

	e = explain("0: (b7) r0 = 0\n1: (95) exit\n1: (95) exit\n" PROCESSED("3"));
	cost = skep_explanation_cost(e, 0);
	assert_int_equal(cost->line_count, 2);
	assert_int_equal(cost->lines[0].place.insn, 1);
	assert_string_equal(cost->lines[0].place.asm_text, "exit");
	assert_int_equal(cost->lines[0].insns, 2);
	skep_explanation_free(e);
}

TEST(what_a_loader_puts_around_lines_changes_nothing)
{
	struct skep_explanation *e =
		explain("libbpf: prog 'f': -- BEGIN PROG LOAD LOG --\n"
			"[   12.345678] ; return 0; @ x.c:9\n[   12.345678] 0: (b7) r0 = 0\n"
			"[   12.345679] 1: (95) exit\r\n[   12.345680] " PROCESSED("2"));

	assert_int_equal(skep_explanation_cost(e, 0)->insns_shown, 2);
	assert_int_equal(skep_explanation_cost(e, 0)->lines[0].place.line, 9);
	skep_explanation_free(e);
}

/* At level 1 the log is that of the last path: not what the whole cost. */
TEST(a_log_of_level_1_has_no_lines)
{
	struct skep_explanation *e =
		explain("; return 0; @ x.c:9\n0: (b7) r0 = 0\n1: (95) exit\n" PROCESSED("500"));

	assert_int_equal(skep_explanation_cost(e, 0)->insns_shown, 2);
	assert_int_equal(skep_explanation_cost(e, 0)->line_count, 0);
	skep_explanation_free(e);
}

/* Linux 7.3 tells the deepest chain itself, and lists the program before it walks it. */
TEST(stack_and_listings_of_linux_7_3_are_read)
{
	struct skep_explanation *e = explain(
		"func#0 @0\ntopo_order[0] = f\nsubprog#0: analyzing (depth 0)...\n"
		"subprog#0 f:\n  0: (b7) r0 = 0\n  1: (95) exit\n"
		"stack use/def subprog#0 f (d0,cs0):\n  0: (b7) r0 = 0\n  1: (95) exit\n"
		"Live regs before insn:\n      0: .......... (b7) r0 = 0\n"
		"      1: 0......... (95) exit\n0: R1=ctx() R10=fp0\n"
		"; return 0; @ x.c:3\n0: (b7) r0 = 0 ; R0=0\n1: (95) exit\n"
		"verification time 12952 usec\nstack depth max 112\n"
		"subprog 0 (f) main insns_self 28 insns_total 49 stack 64\n"
		"subprog 1 (deep) static insns_self 21 insns_total 21 stack 40\n" PROCESSED("2"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_ACCEPTED);
	assert_int_equal(cost->insns_shown, 2);
	assert_int_equal(cost->lines[0].insns, 2);
	assert_int_equal(cost->stack, 112);
	assert_int_equal(cost->stack_count, 2);
	assert_int_equal(cost->stacks[0], 64);
	assert_int_equal(cost->stacks[1], 40);
	skep_explanation_free(e);
}

TEST(stack_is_that_of_the_deepest_chain_of_calls)
{
	/* 0 calls 10 and 20, 10 calls 20; functions need 8, 16 and 32. */
	struct skep_explanation *e =
		explain("func#0 @0\nfunc#1 @10\nfunc#2 @20\n"
			"1: (85) call pc+8\n10: (85) call pc+9\n20: (95) exit\n2: (85) call pc+17\n"
			"3: (95) exit\nstack depth 8+16+32\n" PROCESSED("5"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(cost->stack, 56);
	assert_int_equal(cost->stack_count, 3);
	assert_int_equal(cost->stacks[1], 16);
	skep_explanation_free(e);

	/* Nobody is seen to call the third: it is not known what it stands upon. */
	e = explain("func#0 @0\nfunc#1 @10\nfunc#2 @20\n1: (85) call pc+8\n10: (95) exit\n"
		    "3: (95) exit\nstack depth 8+16+32\n" PROCESSED("3"));
	assert_int_equal(skep_explanation_cost(e, 0)->stack, 0);
	skep_explanation_free(e);
	e = explain("stack depth 8+16\n" PROCESSED("3"));
	assert_int_equal(skep_explanation_cost(e, 0)->stack, 0);
	skep_explanation_free(e);
}

TEST(what_was_refused_for_its_cost_has_one_and_other_refusals_do_not)
{
	struct skep_explanation *e =
		explain("; s += j; @ x.c:8\n0: (0f) r0 += r1\n1: (05) goto pc-2\n"
			"BPF program is too large. Processed 1000001 insn\n" PROCESSED("1000001"));
	const struct skep_cost *cost = skep_explanation_cost(e, 0);

	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_REJECTED);
	assert_int_equal(skep_explanation_cost_count(e), 1);
	assert_true(cost->refused);
	assert_int_equal(cost->lines[0].place.line, 8);
	assert_int_equal(cost->insns_shown, 2);
	skep_explanation_free(e);

	e = explain(
		"0: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'scalar'\n" PROCESSED("1"));
	assert_int_equal(skep_explanation_cost_count(e), 0);
	skep_explanation_free(e);
}

TEST(several_logs_become_one_explanation)
{
	struct skep_explanation *e = explain("");
	const char *accepted = "verification time 1 usec\n" PROCESSED("2");
	const char *refused = "0: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'scalar'\n";

	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_UNKNOWN);
	assert_ok(skep_explanation_add(e, accepted, strlen(accepted),
				       SKEP_OPTS(skep_explain_opts, .program = "first")));
	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_ACCEPTED);
	assert_ok(skep_explanation_add(e, refused, strlen(refused),
				       SKEP_OPTS(skep_explain_opts, .program = "second")));
	assert_ok(skep_explanation_add(e, accepted, strlen(accepted),
				       SKEP_OPTS(skep_explain_opts, .program = "third")));
	assert_int_equal(skep_explanation_verdict(e), SKEP_VERDICT_REJECTED);
	assert_int_equal(skep_explanation_count(e), 1);
	assert_string_equal(skep_explanation_diagnostic(e, 0)->program, "second");
	assert_int_equal(skep_explanation_cost_count(e), 2);
	assert_string_equal(skep_explanation_cost(e, 0)->program, "first");
	assert_string_equal(skep_explanation_cost(e, 1)->program, "third");
	skep_explanation_free(e);
}

/* Lines that lie across the pieces in which a file is read are counted once. */
TEST(a_large_log_is_counted_wholly)
{
	static const char line[] = "1: (07) r1 += 1 ; R1=scalar(umax=255,var_off=(0x0; 0xff))\n";
	size_t rounds = 300000, room = rounds * (sizeof(line) - 1) + 1000, at;
	char *log = malloc(room);
	struct skep_explanation *e;

	assert_non_null(log);
	at = (size_t)sprintf(log, "func#0 @0\n; i++; @ x.c:5\n");
	for (size_t i = 0; i < rounds; i++) {
		memcpy(log + at, line, sizeof(line) - 1);
		at += sizeof(line) - 1;
	}
	at += (size_t)sprintf(log + at, "; return i; @ x.c:6\n2: (95) exit\n" PROCESSED("300001"));
	e = explain_file(log, at);
	assert_int_equal(skep_explanation_cost(e, 0)->insns_shown, rounds + 1);
	assert_int_equal(skep_explanation_cost(e, 0)->lines[0].insns, rounds);
	assert_int_equal(skep_explanation_cost(e, 0)->lines[0].place.line, 5);
	skep_explanation_free(e);
	free(log);
}

/* Numbers of instructions and functions that no kernel has, names of all lengths, no end. */
TEST(forged_logs_do_no_harm)
{
	static const char *const logs[] = {
		"99999999999999999999: (b7) r0 = 0\n1: (95) exit\n",
		"1048575: (b7) r0 = 0\n1048576: (95) exit\n4294967295: (95) exit\n",
		"func#0 @0\nfunc#1 @-5\nfunc#255 @9\nfunc#256 @9\n0: (85) call pc-1\n",
		"func#0 @0\nfunc#1 @1\n0: (85) call pc+0\n1: (85) call pc+0\n1: (85) call pc-1\n",
		"; @ :\n;\n; \n0: (b7\n0: (\n0: \n0:\n0\nfrom 1 to \nfrom 1 to 2\n1: s\n",
		"stack depth 99999999999+-1+x\nverification time -5 usec\n0: (95) exit\n",
	};

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		char log[512];
		struct skep_explanation *e;

		snprintf(log, sizeof(log), "%s0: (95) exit\n" PROCESSED("9"), logs[i]);
		e = explain(log);
		for (size_t c = 0; c < skep_explanation_cost_count(e); c++)
			assert_true(skep_explanation_cost(e, c)->insns_shown < 10);
		skep_explanation_free(e);
	}
}
