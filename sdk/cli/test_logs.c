/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* --logs: what tests and machines printed, under the names of tests. */
#include "test.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int test_logs_prepare(const struct test_plan *plan)
{
	if (mkdir(plan->logs, 0777) && errno != EEXIST)
		return cli_fail(plan->what, NULL, "cannot make %s: %s", plan->logs,
				strerror(errno));
	if (access(plan->logs, W_OK | X_OK))
		return cli_fail(plan->what, NULL, "cannot write into %s: %s", plan->logs,
				strerror(errno));
	return EXIT_OK;
}

static void copy(const struct test_plan *plan, const struct test_kernel *kernel, const char *what,
		 const char *name)
{
	char from[PATH_MAX + 64], to[PATH_MAX + 320], bytes[4096], flat[256];
	FILE *in, *out;
	size_t n;

	snprintf(flat, sizeof(flat), "%s", name);
	for (char *at = flat; *at; at++)
		if (*at == '/')
			*at = '_';
	test_path(plan, kernel, what, from);
	in = fopen(from, "re");
	if (!in)
		return;
	snprintf(to, sizeof(to), "%s/%s-%s.log", plan->logs, kernel->label, flat);
	out = fopen(to, "we");
	while (out && (n = fread(bytes, 1, sizeof(bytes), in)))
		fwrite(bytes, 1, n, out);
	if (!out || fclose(out))
		cli_fail(plan->what, NULL, "cannot write %s: %s", to, strerror(errno));
	fclose(in);
}

void test_logs_keep(const struct test_plan *plan)
{
	char what[64];

	for (size_t k = 0; k < plan->kernel_count; k++) {
		copy(plan, &plan->kernels[k], "console.log", "console");
		copy(plan, &plan->kernels[k], "qemu.log", "qemu");
		for (size_t i = 0; i < plan->item_count; i++) {
			snprintf(what, sizeof(what), "logs/%zu.log", i);
			copy(plan, &plan->kernels[k], what, plan->items[i].name);
		}
	}
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

void test_work_remove(const struct test_plan *plan)
{
	nftw(plan->work, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
