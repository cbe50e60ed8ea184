/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Processes that end: a pidfd each, which cannot mean another process later on. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "loop.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* on every architecture but alpha */
#endif
#define WAIT_FOR_PIDFD 3 /* P_PIDFD, which older headers do not have */

/* As waitpid() has it. */
static int status_of(const siginfo_t *info)
{
	switch (info->si_code) {
	case CLD_EXITED:
		return (info->si_status & 0xff) << 8;
	case CLD_DUMPED:
		return info->si_status | 0x80;
	default:
		return info->si_status;
	}
}

/* Takes the child's status; -1 where it is no child of ours, or was waited for elsewhere. */
static int reap(const struct skep_source *source, int *status)
{
	siginfo_t info = { 0 };
	int err;

	*status = -1;
	err = waitid((idtype_t)WAIT_FOR_PIDFD, (id_t)source->fd, &info, WEXITED | WNOHANG);
	if (err && errno == EINVAL) /* P_PIDFD came a version after pidfds, with 5.4 */
		err = waitid(P_PID, (id_t)source->pid, &info, WEXITED | WNOHANG);
	if (!err && !info.si_pid)
		return -EAGAIN;
	if (!err)
		*status = status_of(&info);
	return 0;
}

static int dispatch_child(struct skep_source *source, uint32_t events)
{
	uint64_t errors = skep_error_count();
	int status;

	(void)events;
	if (reap(source, &status))
		return 0; /* a thread of it ended, and not all */
	skep_source_remove(source);
	return skep_handler_outcome(source->name,
				    source->fn.child(source->pid, status, source->ctx), errors);
}

static int refuse(pid_t pid)
{
	int err = errno;

	switch (err) {
	case ENOSYS:
		return skep_fail_hint(
			skep_fail(EOPNOTSUPP, "this kernel has no pidfds"),
			"they came with Linux 5.3: wait for SIGCHLD, or with a thread "
			"in waitpid()");
	case ESRCH:
		return skep_fail_hint(skep_fail(err, "there is no process %d", (int)pid),
				      "a child that ended is there until it was waited for: leave "
				      "that to the loop");
	case EINVAL:
		return skep_fail_hint(skep_fail(err, "%d is not a process", (int)pid),
				      "give what fork() returned; threads cannot be waited for");
	default:
		return skep_fail(err, "cannot watch process %d: %s", (int)pid, strerror(err));
	}
}

int skep_loop_add_child(struct skep_loop *loop, pid_t pid, skep_child_fn fn, void *ctx)
{
	int err = skep_loop_check(loop, fn);
	struct skep_source *source;
	AUTO_CLOSE int fd = -1;

	if (err)
		return err;
	fd = (int)syscall(SYS_pidfd_open, pid, 0); /* with O_CLOEXEC */
	if (fd < 0)
		return refuse(pid);
	source = skep_source_new(ctx);
	if (!source)
		return -ENOMEM;
	source->dispatch = dispatch_child;
	source->fn.child = fn;
	source->pid = pid;
	source->fd = skep_take_fd(&fd);
	source->owns_fd = true;
	snprintf(source->name, sizeof(source->name), "process %d", (int)pid);
	return skep_loop_add(loop, source, EPOLLIN);
}
