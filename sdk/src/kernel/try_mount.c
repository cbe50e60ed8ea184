/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The kernel's file systems. */
#include "attempt.h"
#include "facts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void try_mount(struct skep_attempt *attempt, enum skep_mount what, const char *loss)
{
	char path[256];

	if (!skep_kernel_mount(what, NULL, path, sizeof(path))) {
		skep_kernel_attempt_no(attempt, "not mounted%s", loss);
		skep_kernel_attempt_remedy(attempt, "%s", skep_kernel_mount_command(what));
		return;
	}
	/* Who may not even look into it cannot use it. */
	if (access(path, R_OK | X_OK)) {
		attempt->code = errno;
		skep_kernel_attempt_no(attempt, "mounted at %s, which cannot be read: %s", path,
				       strerror(attempt->code));
		if (attempt->code == EACCES)
			skep_kernel_attempt_remedy(attempt, "run it with sudo");
		return;
	}
	skep_kernel_attempt_yes(attempt, "%s", path);
}

void skep_kernel_try_tracefs(struct skep_attempt *attempt)
{
	try_mount(attempt, SKEP_MOUNT_TRACEFS, ": tp programs cannot be attached");
}

void skep_kernel_try_bpffs(struct skep_attempt *attempt)
{
	char path[sizeof(attempt->detail)];

	try_mount(attempt, SKEP_MOUNT_BPFFS, ": nothing can be pinned");
	snprintf(path, sizeof(path), "%s", attempt->detail);
	if (attempt->answer != SKEP_YES || !access(path, W_OK) || errno != EROFS)
		return;
	attempt->code = EROFS;
	skep_kernel_attempt_no(attempt, "mounted read-only at %s: nothing can be pinned", path);
	skep_kernel_attempt_remedy(attempt, "mount -o remount,rw %s", path);
}

void skep_kernel_try_cgroup2(struct skep_attempt *attempt)
{
	try_mount(attempt, SKEP_MOUNT_CGROUP2, ": cgroup programs cannot be attached");
}

void skep_kernel_try_securityfs(struct skep_attempt *attempt)
{
	try_mount(attempt, SKEP_MOUNT_SECURITYFS, ": lockdown and security modules are not known");
}
