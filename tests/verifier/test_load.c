/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep load` on each kernel: which programs are refused, and what the others cost. */
#include "harness/machine.h"
#include "harness/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define OUT_BYTES (1 << 18)

/* What the command prints, with its status. */
static char *run(const char *arguments, const char *object, int *status)
{
	char command[1024], *out = calloc(1, OUT_BYTES);
	size_t used = 0, n;
	FILE *pipe;

	assert_non_null(out);
	snprintf(command, sizeof(command), "'%s' load %s '%s' 2>&1", test_file("skep"), arguments,
		 test_file(object));
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((n = fread(out + used, 1, OUT_BYTES - 1 - used, pipe)))
		used += n;
	*status = WEXITSTATUS(pclose(pipe));
	return out;
}

static void assert_says(const char *out, const char *text)
{
	if (!strstr(out, text)) {
		print_error("no '%s' in:\n%s\n", text, out);
		fail();
	}
}

TEST(each_program_of_an_object_is_tried_by_itself)
{
	int status;
	char *out = run("", "many.bpf.o", &status);

	assert_int_equal(status, 1);
	assert_says(out, "ok good_first (raw_tp/sched_process_exec): ");
	assert_says(out, "refused bad_null (raw_tp/sched_process_exit)\n");
	assert_says(out, "`count` may be NULL here");
	assert_says(out, "ok good_middle (xdp): ");
	assert_says(out, "refused bad_packet (xdp)\n");
	assert_says(out, "error[SKEP-V101]");
	assert_says(out, "refused bad_hook (tp_btf/skepload_no_such)");
	assert_says(out, "this kernel has no tracepoint skepload_no_such");
	assert_says(out, "ok good_last (socket): ");
	free(out);
}

/* Linux 6.1 has no file and line in its log: they come from the object. */
TEST(refused_lines_are_named)
{
	int status;
	char *out = run("", "many.bpf.o", &status);

	assert_says(out, "many.bpf.c:20");
	assert_says(out, "many.bpf.c:35");
	free(out);
}

TEST(what_is_accepted_is_status_0)
{
	int status;
	char *out = run("-p good_middle", "many.bpf.o", &status);

	assert_int_equal(status, 0);
	assert_int_equal(strncmp(out, "ok good_middle (xdp): ", 22), 0);
	free(out);
}

TEST(costs_have_numbers_and_lines)
{
	int status;
	char *out = run("--stats -p good_last", "many.bpf.o", &status);

	assert_int_equal(status, 0);
	assert_says(out, "OF LIMIT");
	assert_says(out, "STACK");
	assert_says(out, "TIME");
	assert_says(out, "The costliest lines of good_last:");
	assert_says(out, "many.bpf.c:49  for (int i = 0; i < 500; i++)");
	free(out);
}

static long number_of(const char *out, const char *member)
{
	const char *at = strstr(out, member);

	assert_non_null(at);
	return strtol(at + strlen(member), NULL, 10);
}

/* Whatever a kernel prints: the log has each instruction that it says it verified. */
TEST(counts_of_lines_add_up_to_what_the_kernel_counted)
{
	int status;
	char *out = run("--stats -f json -p good_last", "many.bpf.o", &status);
	long insns = number_of(out, "\"insns\": ");

	assert_int_equal(status, 0);
	assert_true(insns > 1000);
	assert_int_equal(number_of(out, "\"insns_shown\": "), insns);
	assert_int_equal(number_of(out, "\"insn_limit\": "), 1000000);
	assert_true(number_of(out, "\"time_us\": ") > 0);
	free(out);
}

TEST(stack_of_a_chain_of_calls_is_told)
{
	int status;
	char *out = run("--stats -f json -p target", "jumps.bpf.o", &status);
	long stack = number_of(out, "\"stack\": ");

	assert_int_equal(status, 0);
	/* Linux 7.3 tells it itself, with each function's rounded up. */
	assert_true(stack == 104 || stack == 112);
	free(out);
}

TEST(programs_in_a_table_of_tail_calls_are_tried_too)
{
	int status;
	char *out = run("", "jumps.bpf.o", &status);

	assert_int_equal(status, 1);
	assert_says(out, "refused refused (socket)\n");
	assert_says(out, "ok target (socket)");
	free(out);
}
