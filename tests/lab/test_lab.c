/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every exercise of `skep lab` on this kernel: what it begins with, its solution, and cheats. */
#include "harness/test.h"

#include <dirent.h>
#include <unistd.h>

#include "lab_check.h"

static const char *verdicts[] = { "passed", "refused", "wrong", "cannot" };

static bool exists(const char *folder, const char *name, const char *end, char path[512])
{
	snprintf(path, 512, "%s/%s.%s", folder, name, end);
	return !access(path, R_OK);
}

/* `kind` of an exercise as the build made it; false where the compiler had refused it. */
static bool examine(const struct lab_exercise *exercise, const char *kind,
		    struct lab_result *result)
{
	const char *folder = test_file("objects");
	char object[512], program[512], wrongs[512], end[64];
	struct lab_made made = { NULL, NULL, wrongs };

	snprintf(end, sizeof(end), "%s.bpf.o", exercise->user_side ? "given" : kind);
	if (exists(folder, exercise->name, end, object))
		made.object = object;
	if (exercise->user_side && exists(getenv("SKEP_TEST_FILES"), exercise->name, kind, program))
		made.program = program;
	exists(folder, exercise->name, "wrong-", wrongs);
	if (!made.object || (exercise->user_side && !made.program))
		return false;
	lab_examine(exercise, &made, result);
	return true;
}

static void print_result(const struct lab_exercise *exercise, const struct lab_result *result)
{
	printf("# %s: %s: %s\n", exercise->name, verdicts[result->verdict], result->text);
}

TEST(every_solution_passes)
{
	int failed = 0;

	for (size_t i = 0; i < lab_count; i++) {
		struct lab_result result = { 0 };

		if (examine(&lab_exercises[i], "solution", &result) && result.verdict == LAB_PASSED)
			continue;
		print_result(&lab_exercises[i], &result);
		if (result.error && result.error->log)
			printf("%.2000s\n", result.error->log);
		lab_result_clear(&result);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* By the verifier or the loader, on every kernel; what is not here is accepted and wrong. */
static const char refused[] = "02 04 05 06 07 08 10 12 14 15 18 21 22 23 25 26";

static bool fails_as_it_should(const struct lab_exercise *exercise, const struct lab_result *result)
{
	char number[3];

	snprintf(number, sizeof(number), "%.2s", exercise->name);
	if (strstr(refused, number))
		return result->verdict == LAB_REFUSED && result->error && result->error->message[0];
	return result->verdict == LAB_WRONG && result->text[0];
}

TEST(every_start_fails_for_a_reason_that_it_shows)
{
	int failed = 0;

	for (size_t i = 0; i < lab_count; i++) {
		struct lab_result result = { 0 };
		bool right;

		/* What the compiler refuses is 09-stack-limit alone. */
		if (!examine(&lab_exercises[i], "start", &result)) {
			assert_string_equal(lab_exercises[i].name, "09-stack-limit");
			continue;
		}
		right = fails_as_it_should(&lab_exercises[i], &result);
		if (!right || test_is_full())
			print_result(&lab_exercises[i], &result);
		lab_result_clear(&result);
		failed += !right;
	}
	assert_int_equal(failed, 0);
}

static const struct lab_exercise *exercise_of(const char *file)
{
	for (size_t i = 0; i < lab_count; i++)
		if (!strncmp(file, lab_exercises[i].name, strlen(lab_exercises[i].name)) &&
		    file[strlen(lab_exercises[i].name)] == '.')
			return &lab_exercises[i];
	fail_msg("%s is a cheat of no exercise", file);
	return NULL;
}

struct tried {
	const char *kind; /* ".cheat", ".other" */
	enum lab_verdict expected;
	int seen, failed;
};

/* "NAME.WHAT.KIND", with ".bpf.o" where it is a program. */
static void try_file(const char *file, struct tried *tried)
{
	const char *end = strstr(file, tried->kind);
	const struct lab_exercise *exercise;
	struct lab_result result = { 0 };
	char kind[64];
	bool right;

	if (!end || (end[strlen(tried->kind)] && end[strlen(tried->kind)] != '.'))
		return;
	/* Emulated machines are slow: of three one, in the quick run. */
	if (tried->seen++ % 3 && test_scaled_ms(1) > 1 && !test_is_full())
		return;
	exercise = exercise_of(file);
	file += strlen(exercise->name) + 1;
	snprintf(kind, sizeof(kind), "%.*s%s", (int)(end - file), file, tried->kind);
	right = examine(exercise, kind, &result) && result.verdict == tried->expected;
	if (!right)
		printf("# %s:\n", kind);
	if (!right || test_is_full())
		print_result(exercise, &result);
	if (!right && result.error && result.error->log)
		printf("%.2000s\n", result.error->log);
	lab_result_clear(&result);
	tried->failed += !right;
}

static void try_all(struct tried *tried)
{
	const char *const folders[] = { test_file("objects"), getenv("SKEP_TEST_FILES") };

	for (int i = 0; i < 2; i++) {
		DIR *dir = opendir(folders[i]);
		struct dirent *entry;

		assert_non_null(dir);
		while ((entry = readdir(dir)))
			try_file(entry->d_name, tried);
		closedir(dir);
	}
}

/* They are accepted by the kernel, look as if they did it, and do not. */
TEST(every_cheat_is_told_what_it_does_wrong)
{
	struct tried tried = { .kind = ".cheat", .expected = LAB_WRONG };

	try_all(&tried);
	assert_true(tried.seen >= 90);
	assert_int_equal(tried.failed, 0);
}

TEST(other_ways_to_do_it_pass_too)
{
	struct tried tried = { .kind = ".other", .expected = LAB_PASSED };

	try_all(&tried);
	assert_true(tried.seen >= 25);
	assert_int_equal(tried.failed, 0);
}
