/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What has to be there before a machine can be started: tools of this machine, and kernels. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tool {
	const char *program, *package; /* Debian's */
};

static bool is_there(const char *program)
{
	const char *path = getenv("PATH");
	char all[PATH_MAX], *rest = all, *folder, file[PATH_MAX * 2];

	if (snprintf(all, sizeof(all), "%s:/sbin:/usr/sbin", path ? path : "/bin:/usr/bin") >=
	    (int)sizeof(all))
		return true; /* let the script say it */
	while ((folder = strsep(&rest, ":"))) {
		snprintf(file, sizeof(file), "%s/%s", *folder ? folder : ".", program);
		if (!access(file, X_OK))
			return true;
	}
	return false;
}

static bool wants_arch(const struct test_plan *plan, enum test_arch arch)
{
	for (size_t i = 0; i < plan->kernel_count; i++)
		if (!plan->kernels[i].is_host && plan->kernels[i].arch == arch)
			return true;
	return false;
}

static bool is_foreign(const struct test_plan *plan)
{
	return wants_arch(plan, test_arch_here() == ARCH_AMD64 ? ARCH_ARM64 : ARCH_AMD64);
}

static bool has_guests(const struct test_plan *plan)
{
	return wants_arch(plan, ARCH_AMD64) || wants_arch(plan, ARCH_ARM64);
}

static bool is_cached(const struct test_plan *plan, const struct test_kernel *kernel)
{
	char path[PATH_MAX + 256];

	if (kernel->is_path || kernel->is_host)
		return true;
	snprintf(path, sizeof(path), "%s/kernels/%s/version", plan->cache, kernel->name);
	return !access(path, R_OK);
}

struct list {
	char programs[512], packages[512];
};

static void add_missing(struct list *list, const struct tool *tool)
{
	size_t n = strlen(list->programs), m = strlen(list->packages);

	if (is_there(tool->program))
		return;
	snprintf(list->programs + n, sizeof(list->programs) - n, "%s%s", n ? ", " : "",
		 tool->program);
	if (!strstr(list->packages, tool->package))
		snprintf(list->packages + m, sizeof(list->packages) - m, " %s", tool->package);
}

/* All at once: nobody likes to be told one after the other. */
static int check_tools(const struct test_plan *plan)
{
	static const struct tool always[] = { { "awk", "mawk" }, { "timeout", "coreutils" } };
	static const struct tool guests[] = {
		{ "bash", "bash" },          { "cpio", "cpio" },        { "modprobe", "kmod" },
		{ "setpriv", "util-linux" }, { "flock", "util-linux" }, { "readelf", "binutils" }
	};
	static const struct tool amd64 = { "qemu-system-x86_64", "qemu-system-x86" };
	static const struct tool arm64 = { "qemu-system-aarch64", "qemu-system-arm" };
	static const struct tool busybox = { "busybox", "busybox-static" };
	struct list list = { 0 };
	char hint[1024];

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add_missing(&list, &always[i]);
	for (size_t i = 0; has_guests(plan) && i < sizeof(guests) / sizeof(guests[0]); i++)
		add_missing(&list, &guests[i]);
	if (wants_arch(plan, ARCH_AMD64))
		add_missing(&list, &amd64);
	if (wants_arch(plan, ARCH_ARM64))
		add_missing(&list, &arm64);
	if (wants_arch(plan, test_arch_here()))
		add_missing(&list, &busybox);
	if (!*list.programs)
		return EXIT_OK;
	snprintf(hint, sizeof(hint), "apt install%s", list.packages);
	return cli_fail(plan->what, hint, "this machine lacks what virtual machines need: %s",
			list.programs);
}

static int check_apt(const struct test_plan *plan)
{
	static const struct tool apt[] = { { "apt-get", "apt" },
					   { "dpkg-deb", "dpkg" },
					   { "depmod", "kmod" } };
	const struct test_kernel *wanted = NULL;

	for (size_t i = 0; i < plan->kernel_count && !wanted; i++)
		if (!is_cached(plan, &plan->kernels[i]))
			wanted = &plan->kernels[i];
	for (size_t i = 0; wanted && i < sizeof(apt) / sizeof(apt[0]); i++)
		if (!is_there(apt[i].program))
			return cli_fail(plan->what,
					"name a kernel of yours by the path to its vmlinuz",
					"kernel %s is Debian's and has to be fetched, and this "
					"machine has no %s",
					wanted->name, apt[i].program);
	return EXIT_OK;
}

void test_last_line(const char *path, char line[1024])
{
	char text[1024], *from;
	FILE *file = fopen(path, "re");

	snprintf(line, 1024, "it did not say why");
	while (file && fgets(text, sizeof(text), file))
		if (text[strspn(text, " \t\n")]) {
			text[strcspn(text, "\n")] = '\0';
			from = strstr(text, ": ");
			snprintf(line, 1024, "%s", from ? from + 2 : text);
		}
	if (file)
		fclose(file);
}

static int run_script(const struct test_plan *plan, const char *script, const char *argument)
{
	char path[PATH_MAX + 32], log[PATH_MAX + 32], why[1024];
	const char *argv[] = { path, argument, NULL };
	const struct test_process process = { argv, NULL, log, NULL };
	int rc;

	snprintf(path, sizeof(path), "%s/%s", plan->vm, script);
	snprintf(log, sizeof(log), "%s/fetch.log", plan->work);
	rc = test_process_run(&process);
	if (!rc || rc == -EINTR)
		return rc ? EXIT_FAILED : EXIT_OK;
	test_last_line(log, why);
	return cli_fail(plan->what, NULL, "%s", why);
}

int test_kernels_prepare(struct test_plan *plan)
{
	int err = check_tools(plan);

	if (!err)
		err = check_apt(plan);
	if (!err && plan->sysroot && access(plan->sysroot, R_OK | X_OK))
		err = cli_fail(plan->what, "`fetch-sysroot arm64`, in share/skep/vm, makes one",
			       "there is no sysroot %s", plan->sysroot);
	for (size_t i = 0; i < plan->kernel_count && !err; i++) {
		if (is_cached(plan, &plan->kernels[i]))
			continue;
		fprintf(stderr, "%s: fetching kernel %s\n", plan->what, plan->kernels[i].name);
		err = run_script(plan, "fetch-kernel", plan->kernels[i].name);
	}
	if (!err && is_foreign(plan) && !plan->sysroot) {
		enum test_arch arch = test_arch_here() == ARCH_AMD64 ? ARCH_ARM64 : ARCH_AMD64;

		err = run_script(plan, "fetch-sysroot", test_arch_name(arch));
	}
	return err;
}
