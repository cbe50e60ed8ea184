/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int own(void);

static void is_42(void **state)
{
	(void)state;
	assert_int_equal(own(), 42);
}

static void is_43(void **state)
{
	(void)state;
	assert_int_equal(own(), 43);
}

static void is_skipped(void **state)
{
	(void)state;
	skip();
}

static int run_cases(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_42),
		cmocka_unit_test(is_43),
		cmocka_unit_test(is_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

static int can_read(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		perror(path);
	return file ? fclose(file) : 1;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "cases", *what = argc > 2 ? argv[2] : "";
	const char *value = getenv(what);

	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "hang")) {
		puts("hanging");
		fflush(stdout);
		pause();
	}
	if (!strcmp(how, "exit"))
		printf("because of %s\n", what);
	if (!strcmp(how, "say"))
		puts(what);
	if (!strcmp(how, "read"))
		return can_read(what);
	if (!strcmp(how, "env"))
		return !value || strcmp(value, argc > 3 ? argv[3] : "");
	return strcmp(how, "cases") ? atoi(what) : run_cases();
}
