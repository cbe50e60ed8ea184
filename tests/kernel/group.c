// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "group.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/machine.h"
#include "harness/test.h"

void group_make(char path[GROUP_PATH], const char *parent, const char *name)
{
	require_root();
	if (parent)
		snprintf(path, GROUP_PATH, "%s/%s", parent, name);
	else
		snprintf(path, GROUP_PATH, "%s/skep-%s-%d", cgroup2_root(), name, (int)getpid());
	if (mkdir(path, 0755))
		fail_msg("cannot make %s: %s", path, strerror(errno));
}

static bool removed(void *ctx)
{
	return rmdir(ctx) == 0 || errno == ENOENT;
}

/* The kernel counts a process that ended as there for a moment. */
void group_remove(const char *path)
{
	if (!wait_until(removed, (void *)(uintptr_t)path, 5000))
		fail_msg("cannot remove %s: %s", path, strerror(errno));
}

static int set_loopback_up(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up);

	close(fd);
	return err;
}

static int run_inside(const char *path, int (*what)(void))
{
	char procs[GROUP_PATH + 16];
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return 100;
	close(fd);
	if (unshare(CLONE_NEWNET) || set_loopback_up())
		return 101;
	return what();
}

void group_run(const char *path, int (*what)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (!pid)
		_exit(run_inside(path, what));
	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	if (status)
		fail_msg("what ran in the group ended with status %#x", (unsigned int)status);
}
