/* SPDX-License-Identifier: 0BSD */
#define _GNU_SOURCE
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdwfl.h>

struct function {
	uint64_t begins;
	size_t line; /* where in the text its name is */
};

/* What /proc/kallsyms says, whole; and which functions that are, by address. */
static char *text;
static struct function *functions;
static size_t functions_count;

static pid_t current; /* the process that `modules` is about */
static Dwfl *modules;

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct function *)a)->begins, y = ((const struct function *)b)->begins;

	return x < y ? -1 : x > y;
}

/* "ffffffff81001000 T name\t[module]": the line becomes the name. */
static void take_line(size_t at)
{
	char *type, *end;
	uint64_t begins = strtoull(text + at, &type, 16);

	if (!begins || *type != ' ' || !strchr("tTwW", type[1]))
		return; /* for who may not know addresses, all are 0 */
	end = type + 3 + strcspn(type + 3, "\t\n");
	*end = '\0';
	functions[functions_count++] = (struct function){ begins, (size_t)(type + 3 - text) };
}

static void read_functions(void)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	size_t room = 0, lines = 0;
	ssize_t length = file ? getdelim(&text, &room, '\0', file) : -1;

	if (file)
		fclose(file);
	for (ssize_t i = 0; i < length; i++)
		lines += text[i] == '\n';
	functions = calloc(lines + 1, sizeof(*functions));
	for (ssize_t at = 0, next; functions && at < length; at = next) {
		const char *end = strchr(text + at, '\n');

		next = end ? end - text + 1 : length;
		take_line((size_t)at);
	}
	if (functions)
		qsort(functions, functions_count, sizeof(*functions), compare);
}

/* The last function that begins at the address or before it. */
static const char *in_kernel(uint64_t address)
{
	size_t from = 0, to;

	if (!functions)
		read_functions();
	to = functions_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (functions[middle].begins > address)
			to = middle;
		else
			from = middle + 1;
	}
	return from ? text + functions[from - 1].line : "[kernel]";
}

static void turn_to(pid_t pid)
{
	static const Dwfl_Callbacks how = { .find_elf = dwfl_linux_proc_find_elf,
					    .find_debuginfo = dwfl_standard_find_debuginfo };

	if (modules)
		dwfl_end(modules);
	current = pid;
	modules = dwfl_begin(&how);
	if (modules && dwfl_linux_proc_report(modules, pid) == 0 &&
	    dwfl_report_end(modules, NULL, NULL) == 0)
		return;
	dwfl_end(modules);
	modules = NULL; /* the process has ended */
}

const char *name_of(uint64_t address, pid_t pid)
{
	Dwfl_Module *module;
	const char *name;

	if (address >> 63) /* the upper half is the kernel's */
		return in_kernel(address);
	if (pid != current)
		turn_to(pid);
	module = modules ? dwfl_addrmodule(modules, address) : NULL;
	name = module ? dwfl_module_addrname(module, address) : NULL;
	return name ? name : "[unknown]";
}

void names_free(void)
{
	if (modules)
		dwfl_end(modules);
	free(functions);
	free(text);
	modules = NULL;
	functions = NULL;
	text = NULL;
	functions_count = 0;
	current = 0;
}
