/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Starts the command with a filter that stops it at a few calls of bpf(2) alone: all its other
 * system calls, those on maps too, run as ever.
 */
#include "watch_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCH        AUDIT_ARCH_X86_64
#define ARCH_COMPAT AUDIT_ARCH_I386
#define BPF_COMPAT  357
#elif defined(__aarch64__)
#define ARCH        AUDIT_ARCH_AARCH64
#define ARCH_COMPAT AUDIT_ARCH_ARM
#define BPF_COMPAT  386
#else
#define ARCH        0 /* any */
#define ARCH_COMPAT 0
#define BPF_COMPAT  SYS_bpf
#endif

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define IS(value, then, otherwise)                                                                 \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), then, otherwise)
#define LOW_WORD (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

/* 0, or a negative errno. */
static int add_filter(bool *no_new_privileges)
{
	struct sock_filter code[] = {
		FIELD(arch),
		IS(ARCH_COMPAT, 0, 3),
		FIELD(nr),
		IS(BPF_COMPAT, 4, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		FIELD(nr),
		IS(SYS_bpf, 1, 0), /* x32 has it under a number of its own, and nobody uses it */
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + LOW_WORD),
		IS(WATCH_MAP_CREATE, 6, 0),
		IS(WATCH_PROG_LOAD, 5, 0),
		IS(WATCH_PROG_ATTACH, 4, 0),
		IS(WATCH_RAW_TRACEPOINT_OPEN, 3, 0),
		IS(WATCH_BTF_LOAD, 2, 0),
		IS(WATCH_LINK_CREATE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | WATCH_FILTER_MARK),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	if (!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 0;
	if (errno != EACCES)
		return -errno;
	/* Without privileges of our own, nobody may get more than we have. */
	*no_new_privileges = true;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

static void tell(int to, const struct watch_report *report)
{
	if (write(to, report, sizeof(*report)) != sizeof(*report))
		_exit(125);
}

/* In the child: waits until it is watched, and becomes the command. */
static _Noreturn void become(char **command, int go, int to)
{
	struct watch_report report = { .of_filter = true };
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(125);
	report.error = -add_filter(&report.no_new_privileges);
	tell(to, &report);
	if (!report.error) {
		watch_signals_restore();
		execvp(command[0], command);
		report.error = errno;
		report.of_filter = false;
		tell(to, &report);
	}
	_exit(127);
}

static int seize(pid_t pid)
{
	const unsigned long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
				      PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
				      PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD |
				      PTRACE_O_EXITKILL;

	if (!ptrace(PTRACE_SEIZE, pid, 0UL, options))
		return 0;
	if (errno == EPERM && watch_tracer_of(pid) > 0)
		return -EBUSY;
	return -errno;
}

int watch_start(struct watch_start *start, char **command)
{
	int go[2], reports[2], err;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(reports, O_CLOEXEC)) {
		err = -errno;
		close(go[0]);
		close(go[1]);
		return err;
	}
	start->pid = fork();
	if (!start->pid) {
		close(go[1]);
		become(command, go[0], reports[1]);
	}
	err = start->pid < 0 ? -errno : seize(start->pid);
	close(go[0]);
	close(reports[1]);
	start->reports = reports[0];
	/* Without a byte, the child gives up. */
	if (!err && write(go[1], "", 1) != 1)
		err = -errno;
	close(go[1]);
	return err;
}
