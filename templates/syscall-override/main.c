/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ PID|CGROUP CALL ERRNO` makes a system call fail, for one process or for those of
 * a control group, until Ctrl-C.
 */
#define _GNU_SOURCE /* strerrorname_np() */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <skep/skep.h>

#include "fault.skep.h"

static int on_fault(const struct fault_event *e, void *call)
{
	printf("%s of %s (%u), user %u\n", (const char *)call, e->comm, e->pid, e->uid);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

/* A number, or a folder of cgroup v2, which the kernel knows by its inode. */
static int choose_whom(struct fault *app, const char *whom)
{
	struct stat st;

	if (!strchr(whom, '/'))
		return skep_number(whom, 1, SKEP_PID_MOST, &fault_consts(app)->only_pid);
	if (stat(whom, &st))
		return skep_error_set(errno, "`mount -t cgroup2` tells where they are",
				      "there is no control group %s", whom);
	fault_consts(app)->only_cgroup = st.st_ino;
	return 0;
}

static int choose_error(struct fault *app, const char *name)
{
	for (int code = 1; code < 134; code++) {
		const char *known = strerrorname_np(code);

		if (known && !strcmp(known, name)) {
			fault_consts(app)->error = code;
			return 0;
		}
	}
	return skep_error_set(EINVAL, "as in `man errno`: EIO, ENOSPC", "%s is no error", name);
}

/* A hook of the security modules has its own name: security_inode_mkdir. */
static int choose_call(struct fault *app, const char *call)
{
	bool is_hook = !strncmp(call, "security_", strlen("security_"));
	char function[128];

	snprintf(function, sizeof(function), "%s%s", is_hook ? "" : SYSCALL_PREFIX, call);
	return skep_program_set_target(fault_program_fail(app), function);
}

int main(int argc, char **argv)
{
	SKEP_AUTO(fault) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (argc != 4) {
		fprintf(stderr, "Usage: @NAME@ PID|CGROUP CALL ERRNO\n");
		return 2;
	}
	if (fault_open(&app, NULL) || choose_whom(app, argv[1]) || choose_call(app, argv[2]) ||
	    choose_error(app, argv[3]) || fault_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    fault_on_events(app, loop, on_fault, argv[2]) || fault_attach(app) ||
	    skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
