// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Registers the cases of a test binary and runs those that were asked for. */
#include <regex.h>
#include <unistd.h>

#include "harness/test.h"

/* What scripts/test takes for "skipped"; ctest too. */
#define EXIT_SKIPPED 77

static struct test_case *first_case;
static struct test_case **last_case = &first_case;

void test_register(struct test_case *tc)
{
	*last_case = tc;
	last_case = &tc->next;
}

/* Setup runs in here and not as cmocka's, whose setups cannot skip. */
static void run_case(void **state)
{
	struct test_case *tc = *state;

	if (tc->setup)
		tc->setup(&tc->state);
	tc->run(&tc->state);
}

/* Says which case runs: after a death it is the one to blame. */
static int before_case(void **state)
{
	struct test_case *tc = *state;

	printf("# start: %s\n", tc->name);
	return 0;
}

static int after_case(void **state)
{
	struct test_case *tc = *state;

	if (tc->teardown)
		tc->teardown(&tc->state);
	test_tmpdir_remove();
	return 0;
}

static bool matches_filter(const struct test_case *tc, const regex_t *filter)
{
	const char *prefix = getenv("SKEP_TEST_ID");
	char id[512];

	snprintf(id, sizeof(id), "%s/%s", prefix ? prefix : "", tc->name);
	return regexec(filter, id, 0, NULL, 0) == 0;
}

/* No names: all cases. */
static bool is_named(const struct test_case *tc, int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], tc->name) == 0)
			return true;
	return count == 0;
}

/* Moves the cases that were not asked for out of the list; -1 for a broken filter. */
static int select_cases(int count, char **names)
{
	const char *pattern = getenv("SKEP_TEST_FILTER");
	struct test_case **at = &first_case;
	regex_t filter;

	if (pattern && regcomp(&filter, pattern, REG_EXTENDED | REG_NOSUB)) {
		fprintf(stderr, "SKEP_TEST_FILTER is no regular expression: %s\n", pattern);
		return -1;
	}
	while (*at) {
		if (is_named(*at, count, names) && (!pattern || matches_filter(*at, &filter)))
			at = &(*at)->next;
		else
			*at = (*at)->next;
	}
	if (pattern)
		regfree(&filter);
	return 0;
}

static size_t count_cases(void)
{
	size_t count = 0;

	for (const struct test_case *tc = first_case; tc; tc = tc->next)
		count++;
	return count;
}

static void list_cases(void)
{
	for (const struct test_case *tc = first_case; tc; tc = tc->next)
		puts(tc->name);
}

/* One line a case, so that a case skipped here and run on another kernel is seen as one. */
static int skip_all(const char *reason)
{
	size_t number = 0;

	printf("1..%zu\n", count_cases());
	for (const struct test_case *tc = first_case; tc; tc = tc->next)
		printf("ok %zu - %s # SKIP %s\n", ++number, tc->name, reason);
	return EXIT_SKIPPED;
}

static int run_cases(const char *group)
{
	size_t count = count_cases(), i = 0;
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	int failed;

	if (!tests) {
		perror("calloc");
		return EXIT_FAILURE;
	}
	for (struct test_case *tc = first_case; tc; tc = tc->next)
		tests[i++] = (struct CMUnitTest){ tc->name, run_case, before_case, after_case, tc };
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	free(tests);
	/* cmocka returns how many failed, and 77 of them would read as "skipped". */
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	const char *reason;

	/* A line is whole when the next case, or this process, dies. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (select_cases(list ? 0 : argc - 1, argv + 1))
		return EXIT_FAILURE;
	if (list) {
		list_cases();
		return EXIT_SUCCESS;
	}
	if (!first_case) {
		puts("1..0 # no case was asked for");
		return argc > 1 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	reason = test_binary_needs ? test_binary_needs() : NULL;
	if (reason)
		return skip_all(reason);
	return run_cases(getenv("SKEP_TEST_ID") ? getenv("SKEP_TEST_ID") : "tests");
}
