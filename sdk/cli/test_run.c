/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Runs what was staged: here, one after the other, and in machines, several at a time. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BOOT_SECONDS 120  /* and a second try where the first boot failed */
#define MOST_SECONDS 7200 /* that a machine may take for all tests */

void test_path(const struct test_plan *plan, const struct test_kernel *kernel, const char *what,
	       char path[PATH_MAX + 64])
{
	snprintf(path, PATH_MAX + 64, "%s/out/%zu%s%s", plan->work,
		 (size_t)(kernel - plan->kernels), *what ? "/" : "", what);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static bool wants(const struct test_plan *plan, bool guests, enum test_arch arch)
{
	for (size_t i = 0; i < plan->kernel_count; i++)
		if (plan->kernels[i].is_host != guests && plan->kernels[i].arch == arch)
			return true;
	return false;
}

static int run_here(const struct test_plan *plan, const struct test_kernel *kernel, size_t number)
{
	char script[PATH_MAX + 64], log[PATH_MAX + 64], rc_path[PATH_MAX + 64], name[64],
		seconds[16];
	const char *argv[] = { "timeout", "-k", "5", seconds, "sh", script, NULL };
	const struct test_process process = { argv, NULL, log, NULL };
	long long start = now_ms();
	FILE *file;
	int rc;

	snprintf(script, sizeof(script), "%s/stage-host/tests/%zu/run", plan->work, number);
	snprintf(seconds, sizeof(seconds), "%u", test_seconds(plan, &plan->items[number]));
	snprintf(name, sizeof(name), "logs/%zu.log", number);
	test_path(plan, kernel, name, log);
	snprintf(name, sizeof(name), "logs/%zu.rc", number);
	test_path(plan, kernel, name, rc_path);
	rc = test_process_run(&process);
	if (rc < 0)
		return rc == -EINTR
			       ? EXIT_FAILED
			       : cli_fail(plan->what, NULL, "cannot run a test: %s", strerror(-rc));
	file = fopen(rc_path, "we");
	if (!file)
		return cli_fail(plan->what, NULL, "cannot write %s: %s", rc_path, strerror(errno));
	fprintf(file, "%d %lld\n", rc, now_ms() - start);
	fclose(file);
	return EXIT_OK;
}

static int run_host(struct test_plan *plan, struct test_kernel *kernel)
{
	char path[PATH_MAX + 64];
	int err = EXIT_OK;

	test_path(plan, kernel, "", path);
	if (mkdir(path, 0755))
		return cli_fail(plan->what, NULL, "cannot make %s: %s", path, strerror(errno));
	test_path(plan, kernel, "logs", path);
	if (mkdir(path, 0755))
		return cli_fail(plan->what, NULL, "cannot make %s: %s", path, strerror(errno));
	for (size_t i = 0; i < plan->item_count && !err; i++)
		if (test_runs_on(&plan->items[i], kernel) && !plan->items[i].missing &&
		    !plan->items[i].skipped)
			err = run_here(plan, kernel, i);
	kernel->ran = true;
	return err;
}

/* Userland and tests, once for all kernels of a processor. */
static int pack(const struct test_plan *plan, enum test_arch arch)
{
	char script[PATH_MAX + 64], stage[PATH_MAX + 64], out[PATH_MAX + 64], log[PATH_MAX + 64],
		why[1024];
	const char *argv[] = { script, "tests", stage, out, test_arch_name(arch), NULL };
	const struct test_process process = { argv, NULL, log, NULL };
	int rc;

	snprintf(script, sizeof(script), "%s/build-initramfs", plan->vm);
	snprintf(stage, sizeof(stage), "%s/stage-%s", plan->work, test_arch_name(arch));
	snprintf(out, sizeof(out), "%s/%s.cpio", plan->work, test_arch_name(arch));
	snprintf(log, sizeof(log), "%s/pack.log", plan->work);
	rc = test_stage(plan, arch, true, stage);
	if (rc)
		return rc;
	rc = test_process_run(&process);
	if (!rc)
		return EXIT_OK;
	if (rc == -EINTR)
		return EXIT_FAILED;
	test_last_line(log, why);
	return cli_fail(plan->what, NULL, "%s", why);
}

/* Each test may take all of its time. */
static unsigned int machine_seconds(const struct test_plan *plan, const struct test_kernel *kernel)
{
	unsigned long long all = BOOT_SECONDS;

	for (size_t i = 0; i < plan->item_count; i++)
		if (test_runs_on(&plan->items[i], kernel))
			all += test_seconds(plan, &plan->items[i]) * (TEST_SCALE + 0ULL);
	return all < MOST_SECONDS ? (unsigned int)all : MOST_SECONDS;
}

/* What run-vm itself says, which makes its own folder anew. */
static void guest_log(const struct test_plan *plan, const struct test_kernel *kernel,
		      char path[PATH_MAX + 64])
{
	snprintf(path, PATH_MAX + 64, "%s/run-%zu.log", plan->work,
		 (size_t)(kernel - plan->kernels));
}

static int start_guest(struct test_plan *plan, struct test_kernel *kernel)
{
	char script[PATH_MAX + 64], cpio[PATH_MAX + 64], out[PATH_MAX + 64], log[PATH_MAX + 64],
		seconds[16];
	const char *argv[] = { script, "--limit", seconds, kernel->name, cpio, out, NULL };
	const struct test_process process = { argv, NULL, log, NULL };

	snprintf(script, sizeof(script), "%s/run-vm", plan->vm);
	snprintf(seconds, sizeof(seconds), "%u", machine_seconds(plan, kernel));
	snprintf(cpio, sizeof(cpio), "%s/%s.cpio", plan->work, test_arch_name(kernel->arch));
	test_path(plan, kernel, "", out);
	guest_log(plan, kernel, log);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "%s: %s starts\n", plan->what, kernel->label);
	kernel->pid = test_process_start(&process);
	return kernel->pid < 0 ? cli_fail(plan->what, NULL, "cannot start a machine: %s",
					  strerror((int)-kernel->pid))
			       : EXIT_OK;
}

/* run-vm knows tests by their numbers: "... (while running 3)". */
static char *with_name(const struct test_plan *plan, const char *line)
{
	static const char mark[] = " (while running ";
	const char *at = strstr(line, mark);
	size_t number = at ? strtoul(at + strlen(mark), NULL, 10) : plan->item_count;
	char *text = NULL;

	if (number >= plan->item_count)
		return strdup(line);
	if (asprintf(&text, "%.*s%s%s)", (int)(at - line), line, mark, plan->items[number].name) <
	    0)
		return NULL;
	return text;
}

/* What run-vm says of the machine: "ok", or why it did not come to its end. */
static void end_guest(const struct test_plan *plan, struct test_kernel *kernel)
{
	char path[PATH_MAX + 64], line[1024] = "";
	FILE *file;

	test_process_end(kernel->pid, false);
	kernel->pid = 0;
	kernel->ran = true;
	test_path(plan, kernel, "status", path);
	file = fopen(path, "re");
	if (file) {
		if (fgets(line, sizeof(line), file))
			line[strcspn(line, "\n")] = '\0';
		fclose(file);
	}
	if (!strcmp(line, "ok"))
		return;
	if (!*line) {
		guest_log(plan, kernel, path);
		test_last_line(path, line);
	}
	kernel->why = with_name(plan, line);
}

static int run_guests(struct test_plan *plan)
{
	size_t next = 0, running = 0;
	int err = EXIT_OK, status;

	for (;;) {
		pid_t pid;

		for (; next < plan->kernel_count && running < plan->jobs && !err; next++)
			if (!plan->kernels[next].is_host) {
				err = start_guest(plan, &plan->kernels[next]);
				running += !err;
			}
		if (!running || err)
			return err;
		pid = test_process_wait(&status);
		if (pid < 0)
			return EXIT_FAILED;
		for (size_t i = 0; i < plan->kernel_count; i++)
			if (plan->kernels[i].pid == pid) {
				end_guest(plan, &plan->kernels[i]);
				running--;
			}
	}
}

int test_run(struct test_plan *plan)
{
	char path[PATH_MAX + 64];
	int err = EXIT_OK;

	snprintf(path, sizeof(path), "%s/out", plan->work);
	if (mkdir(path, 0755))
		return cli_fail(plan->what, NULL, "cannot make %s: %s", path, strerror(errno));
	for (enum test_arch arch = ARCH_AMD64; arch <= ARCH_ARM64 && !err; arch++)
		if (wants(plan, true, arch))
			err = pack(plan, arch);
	snprintf(path, sizeof(path), "%s/stage-host", plan->work);
	for (size_t i = 0; i < plan->kernel_count && !err; i++)
		if (plan->kernels[i].is_host) {
			err = test_stage(plan, plan->kernels[i].arch, false, path);
			if (!err)
				err = run_host(plan, &plan->kernels[i]);
		}
	if (!err)
		err = run_guests(plan);
	for (size_t i = 0; i < plan->kernel_count; i++)
		if (plan->kernels[i].pid > 0)
			test_process_end(plan->kernels[i].pid, true);
	return err;
}
