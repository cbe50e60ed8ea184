/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* /proc/kallsyms as a table. One is kept for the process: it is the same for every probe. */
#include "functions.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "kernel/rules.h"

#define MOST_BYTES (256u << 20) /* ten times what large kernels have */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct skep_functions *kept;

static void free_table(struct skep_functions *functions)
{
	if (!functions)
		return;
	free(functions->list);
	free(functions->traceable);
	free(functions->text);
	free(functions);
}

/* All of a line but how many use the module, and which: that changes all the time. */
static uint64_t hash_modules(void)
{
	FILE *file = fopen("/proc/modules", "re");
	uint64_t hash = 14695981039346656037u;
	int c, field = 0;

	while (file && (c = getc(file)) != EOF) {
		if (field != 2 && field != 3)
			hash = (hash ^ (uint64_t)c) * 1099511628211u;
		field = c == '\n' ? 0 : field + (c == ' ');
	}
	if (file)
		fclose(file);
	return hash;
}

/* "[nf_nat]" without its brackets; false for what is code, but no function of the kernel's. */
static bool strip_module(char **module)
{
	char *end;

	if (!*module || **module != '[')
		return *module == NULL;
	(*module)++;
	end = strchr(*module, ']');
	if (end)
		*end = '\0';
	return strcmp(*module, "bpf") && strncmp(*module, "__builtin", 9);
}

/* "ffffffff81000000 t name\t[module]": cut into its parts, in place. False: no function. */
static bool parse(char *line, struct skep_function *function)
{
	char *end, *module = NULL, *name;

	function->address = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) || end[2] != ' ')
		return false;
	name = end + 3;
	end = strpbrk(name, " \t");
	if (end) {
		*end++ = '\0';
		module = end + strspn(end, " \t");
		if (!*module)
			module = NULL;
	}
	if (!*name || !strip_module(&module))
		return false;
	function->name = name;
	function->module = module;
	return true;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare(const void *a, const void *b)
{
	const struct skep_function *x = a, *y = b;
	int by_name = strcmp(x->name, y->name);

	if (!by_name)
		by_name = compare_text(x->module, y->module);
	return by_name ? by_name : (x->address > y->address) - (x->address < y->address);
}

static bool grow(struct skep_functions *functions, size_t *room)
{
	size_t more = *room ? *room * 2 : 32768;
	struct skep_function *list = realloc(functions->list, more * sizeof(*list));

	if (!list)
		return false;
	functions->list = list;
	*room = more;
	return true;
}

/* The lines stay where they were read: names point into them. */
static int fill(struct skep_functions *functions)
{
	size_t room = 0;
	char *rest = functions->text, *line;

	functions->hidden = true;
	while ((line = strsep(&rest, "\n"))) {
		struct skep_function function;

		if (!parse(line, &function))
			continue;
		if (functions->count == room && !grow(functions, &room))
			return -ENOMEM;
		functions->hidden = functions->hidden && !function.address;
		functions->list[functions->count++] = function;
	}
	qsort(functions->list, functions->count, sizeof(*functions->list), compare);
	return functions->count ? 0 : -ENODATA;
}

/* Files of the kernel's have no size: read until the end. NULL: cannot be read, or no memory. */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	size_t used = 0, room = 4u << 20, got = 1;
	AUTO_FREE char *text = file ? malloc(room) : NULL;

	while (text && got) {
		char *more = used + 1 < room ? text : realloc(text, room *= 2);

		if (!more)
			break;
		text = more; /* first: what was before may be freed */
		if (room > MOST_BYTES)
			break;
		got = fread(text + used, 1, room - used - 1, file);
		used += got;
	}
	if (text)
		text[used] = '\0';
	if (file && (got || ferror(file)))
		used = 0;
	if (file)
		fclose(file);
	return used ? SKEP_TAKE(text) : NULL;
}

static int read_table(struct skep_functions **out)
{
	struct skep_functions *functions = calloc(1, sizeof(*functions));
	int err = -ENOMEM, saved = 0;

	if (functions) {
		functions->modules = hash_modules();
		functions->users = 1;
		errno = 0;
		functions->text = read_all("/proc/kallsyms");
		saved = functions->text ? 0 : errno;
		err = functions->text ? fill(functions) : -ENODATA;
	}
	if (err) {
		free_table(functions);
		if (saved == EMFILE || saved == ENFILE)
			return skep_fail_hint(skep_fail(saved, "cannot read /proc/kallsyms: no "
							       "file descriptor is free"),
					      "close some, or raise the limit: `ulimit -n`");
		if (err == -ENOMEM)
			return skep_fail(err, "no memory for the names of the kernel's functions");
		return skep_fail_hint(skep_fail(EOPNOTSUPP,
						"/proc/kallsyms, which tells the kernel's "
						"functions, cannot be read"),
				      "mount /proc, let the container see it, or use a kernel with "
				      "CONFIG_KALLSYMS");
	}
	*out = functions;
	return 0;
}

static void put(struct skep_functions *functions)
{
	if (functions && --functions->users == 0)
		free_table(functions);
}

int skep_functions_get(struct skep_functions **out)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (kept && kept->modules != hash_modules()) {
		put(kept);
		kept = NULL;
	}
	if (!kept)
		err = read_table(&kept);
	if (!err) {
		kept->users++;
		*out = kept;
	}
	pthread_mutex_unlock(&lock);
	return err;
}

void skep_functions_put(struct skep_functions *functions)
{
	pthread_mutex_lock(&lock);
	put(functions);
	pthread_mutex_unlock(&lock);
}

size_t skep_functions_from(const struct skep_functions *functions, const char *name)
{
	size_t low = 0, high = functions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(functions->list[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *skep_functions_split(const char *name, char *module, size_t room)
{
	const char *colon = strchr(name, ':');

	snprintf(module, room, "%.*s", colon ? (int)(colon - name) : 0, name);
	return colon ? colon + 1 : name;
}

/* "" is any module, and "vmlinux" the kernel itself. */
static bool is_of(const struct skep_function *function, const char *module)
{
	return !module[0] || !strcmp(function->module ? function->module : "vmlinux", module);
}

size_t skep_functions_find(const struct skep_functions *functions, const char *name,
			   const struct skep_function **first)
{
	char module[64];
	const char *plain = skep_functions_split(name, module, sizeof(module));
	size_t count = 0;

	for (size_t i = skep_functions_from(functions, plain); i < functions->count; i++) {
		const struct skep_function *at = &functions->list[i];

		if (strcmp(at->name, plain))
			break;
		if (!is_of(at, module))
			continue;
		if (!count++)
			*first = at;
	}
	return count;
}

uint64_t skep_functions_size(const struct skep_functions *functions,
			     const struct skep_function *function)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < functions->count; i++)
		if (functions->list[i].address > function->address &&
		    functions->list[i].address < next)
			next = functions->list[i].address;
	return !function->address || next == UINT64_MAX ? 0 : next - function->address;
}

const char *skep_functions_nearest(const struct skep_functions *functions, const char *name,
				   char *buf, size_t size)
{
	struct skep_nearest nearest;
	char module[64];
	const char *plain = skep_functions_split(name, module, sizeof(module));
	const char *before = "";

	skep_kernel_nearest_start(&nearest, plain);
	for (size_t i = 0; i < functions->count; i++) {
		const struct skep_function *at = &functions->list[i];

		if (!strcmp(at->name, before) || !is_of(at, module))
			continue;
		skep_kernel_nearest_offer(&nearest, at->name);
		before = at->name;
	}
	return skep_kernel_nearest_text(&nearest, buf, size);
}
