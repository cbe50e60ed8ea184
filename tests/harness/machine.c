// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <limits.h>
#include <mntent.h>
#include <spawn.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

#define POLL_MS 10

extern char **environ;

bool kernel_at_least(int major, int minor)
{
	struct utsname name;
	int have_major = 0, have_minor = 0;

	if (uname(&name) || sscanf(name.release, "%d.%d", &have_major, &have_minor) != 2)
		fail_msg("cannot read the kernel's version");
	return have_major > major || (have_major == major && have_minor >= minor);
}

void require_root(void)
{
	if (geteuid() != 0)
		test_skip("needs root");
}

void require_vm(void)
{
	if (!getenv("SKEP_TEST_VM"))
		test_skip("enforces on the whole machine: runs in virtual machines only");
}

void run_true(int count)
{
	char *argv[] = { (char *)"/bin/true", NULL };

	for (int i = 0; i < count; i++) {
		int status;
		pid_t pid;

		if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ))
			fail_msg("cannot run %s", argv[0]);
		while (waitpid(pid, &status, 0) < 0)
			if (errno != EINTR)
				fail_msg("cannot wait for %s: %s", argv[0], strerror(errno));
		if (status)
			fail_msg("%s ended with status %#x", argv[0], (unsigned int)status);
	}
}

bool processor_has_trampolines(void)
{
#ifdef __aarch64__
	return kernel_at_least(6, 4);
#else
	return true;
#endif
}

const char *cgroup2_root(void)
{
	static char root[PATH_MAX];
	struct mntent *entry;
	FILE *mounts;

	*root = '\0';
	mounts = setmntent("/proc/self/mounts", "re");
	while (mounts && !*root && (entry = getmntent(mounts)))
		if (strcmp(entry->mnt_type, "cgroup2") == 0)
			snprintf(root, sizeof(root), "%s", entry->mnt_dir);
	if (mounts)
		endmntent(mounts);
	if (!*root)
		test_skip("cgroup v2 is mounted nowhere");
	return root;
}

bool wait_until(bool (*check)(void *ctx), void *ctx, int ms)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

	for (int waited = 0; waited <= test_scaled_ms(ms); waited += POLL_MS) {
		if (check(ctx))
			return true;
		nanosleep(&pause, NULL);
	}
	return check(ctx);
}
