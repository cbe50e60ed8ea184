/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kernels that tests can run on: the table of sdk/vm, this machine, images of the user's. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A row of the table. Fields are separated by tabs. */
struct row {
	char line[1024];
	const char *name, *suites, *arch;
};

static const char *const names[] = { [ARCH_ANY] = "any",
				     [ARCH_AMD64] = "amd64",
				     [ARCH_ARM64] = "arm64",
				     [ARCH_OTHER] = "another processor" };

const char *test_arch_name(enum test_arch arch)
{
	return names[arch];
}

enum test_arch test_arch_here(void)
{
#if defined(__x86_64__)
	return ARCH_AMD64;
#elif defined(__aarch64__)
	return ARCH_ARM64;
#else
	return ARCH_OTHER;
#endif
}

static enum test_arch arch_named(const char *name)
{
	for (int i = ARCH_AMD64; i <= ARCH_ARM64; i++)
		if (!strcmp(names[i], name))
			return (enum test_arch)i;
	return ARCH_OTHER;
}

static FILE *open_table(const struct test_plan *plan)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/kernels", plan->vm);
	return fopen(path, "re");
}

static bool next_row(FILE *table, struct row *row)
{
	while (table && fgets(row->line, sizeof(row->line), table)) {
		const char *fields[6];
		char *rest = row->line;
		size_t n = 0;

		rest[strcspn(rest, "\n")] = '\0';
		if (*rest == '#')
			continue;
		while (rest && n < 6)
			fields[n++] = strsep(&rest, "\t");
		if (n < 6)
			continue;
		row->name = fields[0];
		row->suites = fields[1];
		row->arch = fields[5];
		return true;
	}
	return false;
}

/* The release of a kernel in the cache, "" if it is not there. */
static void cached_version(const struct test_plan *plan, const char *name, char version[128])
{
	char path[PATH_MAX + 256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/kernels/%s/version", plan->cache, name);
	version[0] = '\0';
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(version, 128, file))
		version[strcspn(version, "\n")] = '\0';
	fclose(file);
}

static int list_json(struct test_plan *plan, FILE *table)
{
	json_t *all = json_array();
	char version[128];
	struct row row;

	while (next_row(table, &row)) {
		cached_version(plan, row.name, version);
		json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:b, s:s*}", "name", row.name,
						     "arch", row.arch, "suites", row.suites,
						     "cached", version[0] != '\0', "version",
						     version[0] ? version : NULL));
	}
	all = json_pack("{s:i, s:o}", "schema", 1, "kernels", all);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
	return cli_finish(stdout, "standard output");
}

int test_kernels_list(struct test_plan *plan)
{
	FILE *table = open_table(plan);
	char version[128];
	struct row row;
	int err;

	if (!table)
		return cli_fail(plan->what, NULL, "cannot read %s/kernels: %s", plan->vm,
				strerror(errno));
	if (plan->format == FORMAT_JSON) {
		err = list_json(plan, table);
		fclose(table);
		return err;
	}
	printf("%-10s  %-6s  %-28s  %s\n", "kernel", "arch", "in the cache", "else from Debian's");
	printf("%-10s  %-6s  %-28s  %s\n", "host", test_arch_name(test_arch_here()), "this machine",
	       "-");
	while (next_row(table, &row)) {
		cached_version(plan, row.name, version);
		printf("%-10s  %-6s  %-28s  %s\n", row.name, row.arch, *version ? version : "no",
		       row.suites);
	}
	fclose(table);
	printf("\nThe cache is %s. VMLINUZ[:MODULES] is a kernel of your own.\n", plan->cache);
	return cli_finish(stdout, "standard output");
}

/* Of a kernel's image, by the marks that boot loaders look at. */
static enum test_arch arch_of_image(const char *path)
{
	unsigned char head[520] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : -1;

	if (fd >= 0)
		close(fd);
	if (n == sizeof(head) && !memcmp(head + 514, "HdrS", 4))
		return ARCH_AMD64;
	return n == sizeof(head) && !memcmp(head + 56, "ARM\x64", 4) ? ARCH_ARM64 : ARCH_OTHER;
}

static char *absolute(const char *path)
{
	char here[PATH_MAX], *text = NULL;

	if (*path == '/' || !getcwd(here, sizeof(here)))
		return strdup(path);
	return asprintf(&text, "%s/%s", here, path) < 0 ? NULL : text;
}

/* IMAGE[:MODULES], or a folder with vmlinuz, version, lib/modules: both paths made absolute. */
static int take_path(struct test_plan *plan, struct test_kernel *kernel, const char *name)
{
	char *path = strdup(name), *modules = NULL, *image = NULL, *full, *more = NULL;
	struct stat st;
	const char *slash;

	kernel->is_path = true;
	if (path && stat(path, &st) && (modules = strchr(path, ':')))
		*modules++ = '\0';
	full = path ? absolute(path) : NULL;
	more = modules ? absolute(modules) : NULL;
	if (full && stat(full, &st)) {
		cli_fail(plan->what, "a kernel's name has no '/', and a path leads to its vmlinuz",
			 "there is no %s", path);
	} else if (full &&
		   asprintf(&image, "%s%s", full, S_ISDIR(st.st_mode) ? "/vmlinuz" : "") > 0) {
		kernel->arch = arch_of_image(image);
		if (access(image, R_OK))
			cli_fail(plan->what,
				 errno == EACCES ? "copy it to where you can read it" : NULL,
				 "cannot read %s: %s", image, strerror(errno));
		else if (kernel->arch == ARCH_OTHER)
			cli_fail(plan->what, "a bzImage of x86-64, or an Image of arm64, is wanted",
				 "%s is no kernel image that can be booted here", image);
		else if (asprintf(&kernel->name, "%s%s%s", full, more ? ":" : "",
				  more ? more : "") < 0)
			kernel->name = NULL;
		slash = strrchr(full, '/');
		kernel->label = strdup(slash && slash[1] ? slash + 1 : full);
	}
	free(path);
	free(full);
	free(more);
	free(image);
	return kernel->name && kernel->label ? EXIT_OK : EXIT_FAILED;
}

static int unknown_kernel(struct test_plan *plan, const char *name)
{
	char hint[512] = "there are host";
	FILE *table = open_table(plan);
	size_t used = strlen(hint);
	struct row row;

	while (used < sizeof(hint) && next_row(table, &row))
		used += (size_t)snprintf(hint + used, sizeof(hint) - used, ", %s", row.name);
	if (table)
		fclose(table);
	if (used < sizeof(hint))
		snprintf(hint + used, sizeof(hint) - used, ", and paths to a vmlinuz");
	cli_fail(plan->what, hint, "no kernel is called '%s'", name);
	return EXIT_USAGE;
}

static int take_name(struct test_plan *plan, struct test_kernel *kernel, const char *name)
{
	FILE *table = open_table(plan);
	struct row row;

	kernel->is_host = !strcmp(name, "host");
	kernel->arch = kernel->is_host ? test_arch_here() : ARCH_ANY;
	while (!kernel->is_host && kernel->arch == ARCH_ANY && next_row(table, &row))
		if (!strcmp(row.name, name))
			kernel->arch = arch_named(row.arch);
	if (table)
		fclose(table);
	if (kernel->arch == ARCH_ANY)
		return unknown_kernel(plan, name);
	kernel->name = strdup(name);
	kernel->label = strdup(name);
	return kernel->name && kernel->label ? EXIT_OK : EXIT_FAILED;
}

/* Labels are columns of the table: no spaces in them, and each is there once. */
static void settle_label(const struct test_plan *plan, struct test_kernel *kernel)
{
	size_t same = 0;
	char *text;

	for (char *at = kernel->label; *at; at++)
		if ((unsigned char)*at <= ' ' || *at == '\\')
			*at = '_';
	for (const struct test_kernel *k = plan->kernels; k < kernel; k++)
		same += !strncmp(k->label, kernel->label, strlen(kernel->label));
	if (same && asprintf(&text, "%s-%zu", kernel->label, same + 1) > 0) {
		free(kernel->label);
		kernel->label = text;
	}
}

int test_kernels_parse(struct test_plan *plan, const char *list)
{
	char *copy = strdup(list), *rest = copy, *name;
	int err = copy ? EXIT_OK : EXIT_FAILED;

	while (!err && (name = strsep(&rest, ","))) {
		struct test_kernel *grown, *kernel;
		bool twice = false;

		for (size_t i = 0; i < plan->kernel_count; i++)
			twice = twice || !strcmp(plan->kernels[i].name, name);
		if (twice)
			continue;
		grown = realloc(plan->kernels, (plan->kernel_count + 1) * sizeof(*grown));
		if (!grown) {
			err = EXIT_FAILED;
			break;
		}
		plan->kernels = grown;
		kernel = &grown[plan->kernel_count++];
		*kernel = (struct test_kernel){ 0 };
		err = strchr(name, '/') ? take_path(plan, kernel, name)
					: take_name(plan, kernel, name);
		if (!err && kernel->is_path)
			settle_label(plan, kernel);
	}
	free(copy);
	return err;
}
