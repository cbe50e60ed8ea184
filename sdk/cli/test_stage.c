/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Tests as the scripts of sdk/vm take them: a folder for each with a shell script `run`, a list
 * with their seconds, and the files that guests need at the same paths. Tests are numbered there:
 * their names may be anything.
 */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* As one word of a shell. */
static void quote(FILE *to, const char *text)
{
	fputc('\'', to);
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", to);
		else
			fputc(*text, to);
	fputc('\'', to);
}

static bool is_name(const char *text, size_t n)
{
	if (!n || (*text >= '0' && *text <= '9'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] != '_' && !(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'A' && text[i] <= 'Z') && !(text[i] >= 'a' && text[i] <= 'z'))
			return false;
	return true;
}

/* ENVIRONMENT: NAME=VALUE. */
static void write_variable(FILE *to, const char *text)
{
	const char *value = text ? strchr(text, '=') : NULL;

	if (!value || !is_name(text, (size_t)(value - text)))
		return;
	fprintf(to, "export %.*s=", (int)(value - text), text);
	quote(to, value + 1);
	fputc('\n', to);
}

/* ENVIRONMENT_MODIFICATION: NAME=OPERATION:VALUE, those that shells can do as well. */
static void write_change(FILE *to, const char *text)
{
	const char *op = text ? strchr(text, '=') : NULL, *value = op ? strchr(op, ':') : NULL;
	int n = op ? (int)(op - text) : 0;
	bool path, before;

	if (!value || !is_name(text, (size_t)n))
		return;
	if (!strncmp(op, "=unset:", 7)) {
		fprintf(to, "unset %.*s\n", n, text);
		return;
	}
	path = !strncmp(op, "=path_list_", 11);
	before = !strncmp(op, "=path_list_prepend:", 19) || !strncmp(op, "=string_prepend:", 16);
	if (!before && strncmp(op, "=path_list_append:", 18) &&
	    strncmp(op, "=string_append:", 15) && strncmp(op, "=set:", 5))
		return;
	fprintf(to, "export %.*s=", n, text);
	if (!before && op[1] != 's')
		fprintf(to, "\"${%.*s:+$%.*s%s}\"", n, text, n, text, path ? ":" : "");
	else if (!strncmp(op, "=string_append:", 15))
		fprintf(to, "\"${%.*s-}\"", n, text);
	quote(to, value + 1);
	if (before)
		fprintf(to, "\"${%.*s:+%s$%.*s}\"", n, text, path ? ":" : "", n, text);
	fputc('\n', to);
}

static int write_script(const struct test_item *item, bool guests, const char *path)
{
	const char *dir = json_string_value(json_object_get(item->properties, "WORKING_DIRECTORY"));
	FILE *file = fopen(path, "we");
	json_t *word;
	size_t i;

	if (!file)
		return -errno;
	fputs("export CMOCKA_MESSAGE_OUTPUT=TAP\n", file);
	json_array_foreach(json_object_get(item->properties, "ENVIRONMENT"), i, word)
		write_variable(file, json_string_value(word));
	json_array_foreach(json_object_get(item->properties, "ENVIRONMENT_MODIFICATION"), i, word)
		write_change(file, json_string_value(word));
	if (dir) {
		fputs(guests ? "mkdir -p -- " : "", file);
		if (guests)
			quote(file, dir);
		fputs(guests ? " && cd -- " : "cd -- ", file);
		quote(file, dir);
		fputs(" || exit 126\n", file);
	}
	fputs("exec", file);
	json_array_foreach(item->command, i, word) {
		fputc(' ', file);
		quote(file, json_string_value(word) ? json_string_value(word) : "");
	}
	fputc('\n', file);
	i = ferror(file) ? EIO : 0;
	return fclose(file) ? -errno : -(int)i;
}

/* Files that a test names: its program, arguments, and what it says it requires. */
static void write_paths(FILE *to, const struct test_item *item)
{
	json_t *lists[] = { item->command, json_object_get(item->properties, "REQUIRED_FILES") };
	struct stat st;

	for (size_t n = 0; n < 2; n++) {
		json_t *word;
		size_t i;

		json_array_foreach(lists[n], i, word) {
			const char *path = json_string_value(word);

			if (!path || *path != '/' || strchr(path, '\n') || stat(path, &st) ||
			    !S_ISREG(st.st_mode))
				continue;
			if (!test_is_guests_shell(path))
				fprintf(to, "%s\n", path);
		}
	}
}

static int stage_one(const struct test_plan *plan, size_t number, bool guests, const char *folder,
		     FILE *list, FILE *paths)
{
	const struct test_item *item = &plan->items[number];
	unsigned int seconds = test_seconds(plan, item);
	char path[PATH_MAX + 64];
	int err;

	snprintf(path, sizeof(path), "%s/tests/%zu", folder, number);
	if (mkdir(path, 0755))
		return -errno;
	snprintf(path, sizeof(path), "%s/tests/%zu/run", folder, number);
	err = write_script(item, guests, path);
	fprintf(list, "%zu\t%u\n", number, guests ? seconds * TEST_SCALE : seconds);
	write_paths(paths, item);
	return err;
}

static FILE *open_in(const char *folder, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return fopen(path, "we");
}

static int write_env(const char *folder, bool guests)
{
	FILE *env = open_in(folder, "env");

	if (!env)
		return -errno;
	if (guests)
		fprintf(env, "export SKEP_TEST_TIME_SCALE=%d\n", TEST_SCALE);
	return fclose(env) ? -errno : 0;
}

int test_stage(const struct test_plan *plan, enum test_arch arch, bool guests, const char *folder)
{
	const struct test_kernel kernel = { .arch = arch };
	char path[PATH_MAX + 64];
	FILE *list, *paths;
	int err = 0;

	snprintf(path, sizeof(path), "%s/tests", folder);
	if (mkdir(folder, 0755) || mkdir(path, 0755))
		return cli_fail(plan->what, NULL, "cannot make %s: %s", path, strerror(errno));
	list = open_in(folder, "list");
	paths = open_in(folder, "paths");
	for (size_t i = 0; list && paths && i < plan->item_count && !err; i++) {
		const struct test_item *item = &plan->items[i];

		if (test_runs_on(item, &kernel) && !item->missing && !item->skipped &&
		    !(guests && item->not_in_guests))
			err = stage_one(plan, i, guests, folder, list, paths);
	}
	for (size_t i = 0; paths && i < plan->file_count; i++)
		fprintf(paths, "%s\n", plan->files[i]);
	if (!list || !paths)
		err = -errno;
	if (list && fclose(list) && !err)
		err = -errno;
	if (paths && fclose(paths) && !err)
		err = -errno;
	if (!err)
		err = write_env(folder, guests);
	return err ? cli_fail(plan->what, NULL, "cannot write into %s: %s", folder, strerror(-err))
		   : EXIT_OK;
}
