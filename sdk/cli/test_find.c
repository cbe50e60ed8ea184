/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which tests there are: those that ctest knows of a build folder, or programs. */
#include "test.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void test_item_free(struct test_item *item)
{
	free(item->name);
	free(item->missing);
	free(item->skipped);
	free(item->not_in_guests);
	json_decref(item->command);
	json_decref(item->properties);
}

unsigned int test_seconds(const struct test_plan *plan, const struct test_item *item)
{
	double own = json_number_value(json_object_get(item->properties, "TIMEOUT"));

	if (plan->timeout)
		return plan->timeout;
	return own >= 1 && own < 1e6 ? (unsigned int)own : TEST_TIMEOUT;
}

bool test_runs_on(const struct test_item *item, const struct test_kernel *kernel)
{
	return item->arch == ARCH_ANY || item->arch == kernel->arch;
}

static enum test_arch arch_of(const unsigned char *head)
{
	unsigned int machine =
		head[EI_DATA] == ELFDATA2LSB ? head[18] | head[19] << 8 : head[18] << 8 | head[19];

	return machine == EM_X86_64 ? ARCH_AMD64 : machine == EM_AARCH64 ? ARCH_ARM64 : ARCH_OTHER;
}

/* What guests have under these names is their own. */
bool test_is_guests_shell(const char *path)
{
	static const char *const shells[] = { "/bin/sh", "/usr/bin/sh", "/bin/dash",
					      "/usr/bin/dash" };

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (!strcmp(path, shells[i]))
			return true;
	return false;
}

/* `head` begins with #!: guests have a plain shell and nothing else. */
static void look_at_script(struct test_item *item, char *head)
{
	char *program = head + 2 + strspn(head + 2, " \t"), *name;

	program[strcspn(program, "\n")] = '\0';
	name = program + strcspn(program, " \t");
	if (!strncmp(program, "/usr/bin/env", 12) && name == program + 12)
		program = name + strspn(name, " \t");
	program[strcspn(program, " \t")] = '\0';
	name = strrchr(program, '/');
	name = name ? name + 1 : program;
	if (strcmp(name, "sh") && strcmp(name, "dash") &&
	    asprintf(&item->not_in_guests, "its %s is not in virtual machines", name) < 0)
		item->not_in_guests = NULL;
}

/* What argv[0] is: a program of a processor, a script, or nothing that could be run. */
static void look_at_program(struct test_item *item, const char *path)
{
	unsigned char head[256] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head) - 1) : -1;

	if (test_is_guests_shell(path))
		item->arch = ARCH_ANY;
	else if (fd < 0 && asprintf(&item->missing, "cannot read %s: %s", path,
				    errno == ENOENT ? "it is not there; build it first"
						    : strerror(errno)) < 0)
		item->missing = NULL;
	else if (n >= 20 && !memcmp(head, ELFMAG, SELFMAG))
		item->arch = arch_of(head);
	else if (n >= 2 && !memcmp(head, "#!", 2))
		look_at_script(item, (char *)head);
	else if (fd >= 0)
		item->missing = strdup("it is neither a program nor a script");
	if (fd >= 0)
		close(fd);
}

/* 1: taken, 0: not asked for, negative: no memory. `command` may be NULL; takes both. */
static int add_item(struct test_plan *plan, const regex_t *filter, const char *name,
		    json_t *command, json_t *properties)
{
	struct test_item *grown, item = { .command = command, .properties = properties };

	if (filter && regexec(filter, name, 0, NULL, 0)) {
		test_item_free(&item);
		return 0;
	}
	item.name = strdup(name);
	grown = realloc(plan->items, (plan->item_count + 1) * sizeof(item));
	if (grown)
		plan->items = grown;
	if (!grown || !item.name || !command || !properties) {
		test_item_free(&item);
		return -ENOMEM;
	}
	if (json_is_true(json_object_get(properties, "DISABLED")))
		item.skipped = strdup("it is disabled (its property DISABLED)");
	else if (json_array_size(command))
		look_at_program(&item, json_string_value(json_array_get(command, 0)));
	else
		item.missing = strdup("ctest knows no program for it: build it first");
	grown[plan->item_count++] = item;
	return 1;
}

/* ctest's list of {"name", "value"} by name. */
static json_t *properties_of(json_t *test)
{
	json_t *all = json_object(), *property;
	size_t i;

	json_array_foreach(json_object_get(test, "properties"), i, property) {
		const char *name = json_string_value(json_object_get(property, "name"));

		if (name)
			json_object_set(all, name, json_object_get(property, "value"));
	}
	return all;
}

static int add_tests(struct test_plan *plan, const regex_t *filter, json_t *root)
{
	json_t *test;
	size_t i;

	json_array_foreach(json_object_get(root, "tests"), i, test) {
		const char *name = json_string_value(json_object_get(test, "name"));
		json_t *command = json_object_get(test, "command");

		command = command ? json_incref(command) : json_array();
		if (!name || add_item(plan, filter, name, command, properties_of(test)) < 0)
			return cli_fail(plan->what, NULL, "cannot read what ctest says");
	}
	return EXIT_OK;
}

static int ask_ctest(struct test_plan *plan, const regex_t *filter, const char *folder)
{
	const char *const argv[] = { "ctest", "--show-only=json-v1", NULL };
	char output[PATH_MAX + 16], errors[PATH_MAX + 16];
	struct test_process process = { argv, folder, output, errors };
	json_error_t error;
	json_t *root;
	int rc;

	snprintf(output, sizeof(output), "%s/ctest.json", plan->work);
	snprintf(errors, sizeof(errors), "%s/ctest.log", plan->work);
	rc = test_process_run(&process);
	if (rc == 127)
		return cli_fail(plan->what, "apt install cmake, or name the programs themselves",
				"ctest is missing, which knows the tests of %s", folder);
	if (rc)
		return cli_fail(plan->what, "`ctest --show-only` there tells more",
				"ctest cannot list the tests of %s", folder);
	root = json_load_file(output, 0, &error);
	if (!root)
		return cli_fail(plan->what, "it needs CMake 3.14 or later",
				"cannot read what ctest says of %s: %s", folder, error.text);
	rc = add_tests(plan, filter, root);
	json_decref(root);
	return rc;
}

static int add_program(struct test_plan *plan, const regex_t *filter, const char *path)
{
	const char *name = strrchr(path, '/');
	char real[PATH_MAX], here[PATH_MAX];
	json_t *properties = json_object();

	if (access(path, X_OK) || !realpath(path, real) || !getcwd(here, sizeof(here))) {
		json_decref(properties);
		return cli_fail(plan->what, NULL, "cannot run %s: %s", path, strerror(errno));
	}
	json_object_set_new(properties, "WORKING_DIRECTORY", json_string(here));
	if (add_item(plan, filter, name ? name + 1 : path, json_pack("[s]", real), properties) < 0)
		return cli_fail(plan->what, NULL, "cannot take the program %s: is its path UTF-8?",
				path);
	return EXIT_OK;
}

int test_find(struct test_plan *plan, const char *path)
{
	char list[PATH_MAX];
	size_t before = plan->item_count;
	regex_t filter;
	struct stat st;
	int err;

	if (stat(path, &st))
		return cli_fail(plan->what, "a build folder or programs of tests are wanted",
				"there is no %s", path);
	if (plan->filter && regcomp(&filter, plan->filter, REG_EXTENDED | REG_NOSUB))
		return cli_fail(plan->what, NULL, "'%s' is no regular expression", plan->filter);
	snprintf(list, sizeof(list), "%s/CTestTestfile.cmake", path);
	if (!S_ISDIR(st.st_mode))
		err = add_program(plan, plan->filter ? &filter : NULL, path);
	else if (!access(list, F_OK))
		err = ask_ctest(plan, plan->filter ? &filter : NULL, path);
	else
		err = cli_fail(
			plan->what,
			"name the folder that `cmake -B` made of a project with enable_testing(), "
			"or programs of tests",
			"%s is no build folder with tests (no CTestTestfile.cmake)", path);
	for (size_t i = before; i < plan->item_count; i++)
		plan->items[i].from = path;
	if (plan->filter)
		regfree(&filter);
	return err;
}
