/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which functions the function tracer reaches. From 6.5 on tracefs gives addresses; before that
 * names, and of several functions of one name it does not say which.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "functions.h"
#include "kernel/facts.h"

/* A call to the tracer lies at a function's first bytes: behind a landing pad, or a few nops. */
#define MOST_PAD 16

static FILE *open_list(const char *name)
{
	char tracefs[256], path[320];

	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, tracefs, sizeof(tracefs)))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", tracefs, name);
	return fopen(path, "re");
}

/* "name [module]" in place. */
static void cut(char *line, const char **name, const char **module)
{
	char *bracket;

	line[strcspn(line, "\n")] = '\0';
	bracket = strchr(line, '[');
	line[strcspn(line, " \t")] = '\0';
	*name = line;
	*module = bracket ? bracket + 1 : "";
	if (bracket)
		bracket[strcspn(bracket, "]")] = '\0';
}

/* The functions of one name and module are a run of the table. */
static size_t find_run(const struct skep_functions *functions, const char *name, const char *module,
		       size_t *end)
{
	size_t from = skep_functions_from(functions, name);

	while (from < functions->count && !strcmp(functions->list[from].name, name) &&
	       strcmp(functions->list[from].module ? functions->list[from].module : "", module))
		from++;
	*end = from;
	while (*end < functions->count && !strcmp(functions->list[*end].name, name) &&
	       !strcmp(functions->list[*end].module ? functions->list[*end].module : "", module))
		(*end)++;
	return from;
}

static void mark_address(struct skep_functions *functions, const char *line, size_t from,
			 size_t end)
{
	uint64_t address = strtoull(line, NULL, 16);

	for (size_t i = from; i < end; i++)
		if (address >= functions->list[i].address &&
		    address - functions->list[i].address <= MOST_PAD)
			functions->traceable[i] = SKEP_TRACEABLE_YES;
}

static void read_addresses(struct skep_functions *functions, FILE *file)
{
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	memset(functions->traceable, SKEP_TRACEABLE_NO, functions->count);
	while (getline(&line, &room, file) > 0) {
		char *space = strchr(line, ' ');
		const char *name, *module;
		size_t from, end;

		if (!space)
			continue;
		cut(space + 1, &name, &module);
		from = find_run(functions, name, module, &end);
		mark_address(functions, line, from, end);
	}
}

/* How many of a name there are in the tracer's list is counted in its first one. */
static void read_names(struct skep_functions *functions, FILE *file)
{
	AUTO_FREE unsigned short *seen = calloc(functions->count, sizeof(*seen));
	AUTO_FREE char *line = NULL;
	size_t room = 0;

	while (seen && getline(&line, &room, file) > 0) {
		const char *name, *module;
		size_t from, end;

		cut(line, &name, &module);
		from = find_run(functions, name, module, &end);
		if (from < end)
			seen[from]++;
	}
	for (size_t i = 0, end = 0; seen && i < functions->count; i = end) {
		const char *module = functions->list[i].module;
		enum skep_traceable what = SKEP_TRACEABLE_UNCLEAR;

		find_run(functions, functions->list[i].name, module ? module : "", &end);
		if (!seen[i])
			what = SKEP_TRACEABLE_NO;
		else if (seen[i] == end - i)
			what = SKEP_TRACEABLE_YES;
		memset(functions->traceable + i, (int)what, end - i);
	}
}

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* A function that has two names is listed by one of them. */
static void mark_aliases(struct skep_functions *functions)
{
	AUTO_FREE uint64_t *known = calloc(functions->count, sizeof(*known));
	size_t count = 0;

	if (!known || functions->hidden)
		return;
	for (size_t i = 0; i < functions->count; i++)
		if (functions->traceable[i] == SKEP_TRACEABLE_YES)
			known[count++] = functions->list[i].address;
	qsort(known, count, sizeof(*known), compare_numbers);
	for (size_t i = 0; i < functions->count; i++)
		if (bsearch(&functions->list[i].address, known, count, sizeof(*known),
			    compare_numbers))
			functions->traceable[i] = SKEP_TRACEABLE_YES;
}

static bool read_marks(struct skep_functions *functions)
{
	FILE *file = functions->hidden ? NULL : open_list("available_filter_functions_addrs");
	bool addresses = file;

	if (!file)
		file = open_list("available_filter_functions");
	if (!file)
		return false;
	if (addresses)
		read_addresses(functions, file);
	else
		read_names(functions, file);
	fclose(file);
	mark_aliases(functions);
	return true;
}

void skep_functions_mark(struct skep_functions *functions)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (!functions->traceable) {
		functions->traceable = calloc(functions->count, 1); /* unknown */
		if (functions->traceable && !read_marks(functions)) {
			free(functions->traceable); /* tracefs may be mounted later */
			functions->traceable = NULL;
		}
	}
	pthread_mutex_unlock(&lock);
}
