// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * What the verification of skep's own examples and templates costs: not more than costs.tsv has for
 * this kernel. Where that is meant, or a kernel is new, record-costs takes over what is printed here.
 */
#include "harness/machine.h"
#include "harness/test.h"

#include <sys/wait.h>

/* What the command prints about objects, named without their ending; the caller frees it. */
static char *run(int *status, const char *objects, const char *options, const char *file)
{
	char command[8192], copy[256], *rest = NULL, *out = calloc(1, 1 << 17);
	size_t used, n = 0;
	FILE *pipe;

	assert_non_null(out);
	snprintf(copy, sizeof(copy), "%s", objects);
	used = (size_t)snprintf(command, sizeof(command), "'%s' load", test_file("skep"));
	for (char *at = strtok_r(copy, " ", &rest); at; at = strtok_r(NULL, " ", &rest)) {
		char object[80];

		snprintf(object, sizeof(object), "%s.bpf.o", at);
		used += (size_t)snprintf(command + used, sizeof(command) - used, " '%s'",
					 test_file(object));
	}
	snprintf(command + used, sizeof(command) - used, " %s '%s' 2>&1", options, file);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	used = 0;
	while ((n = fread(out + used, 1, (1 << 17) - 1 - used, pipe)))
		used += n;
	*status = WEXITSTATUS(pclose(pipe));
	return out;
}

/* For record-costs. */
static void print_costs(const char *objects)
{
	char path[4096], line[512];
	int status;
	FILE *file;

	snprintf(path, sizeof(path), "%s/costs.tsv", test_tmpdir());
	free(run(&status, objects, "--record", path));
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (*line != '#')
			print_message("# cost\t%s", line);
	if (file)
		fclose(file);
}

static void hold_against_costs(const char *objects)
{
	const char *why = NULL;
	int status;
	char *out;

	require_root();
	out = run(&status, objects, "--growth 20 --gate", test_file("costs.tsv"));
	if (strstr(out, "this kernel refuses lsm programs"))
		why = "this kernel loads no programs on security hooks";
	else if (status)
		print_costs(objects);
	if (strstr(out, "is of this kernel and compiler"))
		why = "no costs are recorded for this kernel and clang: tests/testing/record-costs";
	if (why) {
		free(out);
		test_skip("%s", why);
	}
	if (status)
		fail_msg("%s", out);
	assert_non_null(strstr(out, "none grew by more than 20 %"));
	free(out);
}

TEST(examples_and_templates_cost_the_verifier_no_more_than_recorded)
{
	hold_against_costs("execsnoop xdpcount exec counter");
}

TEST(those_on_security_hooks_cost_no_more_than_recorded)
{
	hold_against_costs("fileaudit audit");
}
