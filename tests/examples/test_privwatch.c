/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* privwatch: each way by which a process changes what it may, from what to what. */
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "execs.h"
#include "harness/machine.h"
#include "harness/test.h"
#include "traces.h"

static struct tool tool;
static const char *program;
static char program_as_root[300];

static void become_user(void)
{
	(void)!setresgid(-1, 12345, -1);
	(void)!setresuid(12345, 12345, 12345);
	(void)!setuid(0);
	(void)!syscall(SYS_setuid, 12345); /* changes nothing */
}

static void drop_capability(void)
{
	struct __user_cap_header_struct of = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2];

	(void)!syscall(SYS_capget, &of, sets);
	sets[0].effective &= ~(1U << CAP_CHOWN);
	sets[0].permitted &= ~(1U << CAP_CHOWN);
	(void)!syscall(SYS_capset, &of, sets);
}

static void keep_capabilities(void)
{
	prctl(PR_SET_KEEPCAPS, 1);
	prctl(PR_GET_KEEPCAPS);
}

static void leave_namespace(void)
{
	(void)!unshare(CLONE_NEWUSER);
}

static void clone_into_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(0);
	waitpid((pid_t)pid, NULL, 0);
}

static void trace_parent(void)
{
	(void)!ptrace(PTRACE_SEIZE, getppid(), 0, 0);
	(void)!ptrace(PTRACE_DETACH, getppid(), 0, 0);
}

static void run_as_root(void)
{
	(void)!setresuid(12345, 12345, 12345);
	execl(program_as_root, program_as_root, NULL);
	_exit(1);
}

/* In a process of its own, whose id is returned. */
static pid_t act(void (*what)(void))
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

/* "call error change; " of each line of the process. */
static const char *told(pid_t pid)
{
	static char all[4096];
	json_t *line;
	size_t i;

	*all = 0;
	json_array_foreach(tool.lines, i, line) {
		const char *error = json_string_value(json_object_get(line, "error"));
		const char *change = json_string_value(json_object_get(line, "change"));

		if ((pid_t)number_of(line, "pid") == pid)
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s %s %s; ",
				 json_string_value(json_object_get(line, "call")),
				 error ? error : "-", change ? change : "-");
	}
	return all;
}

static void assert_tells(pid_t pid, const char *words)
{
	if (!strstr(told(pid), words))
		fail_msg("no '%s' in '%s'", words, told(pid));
}

TEST_WITH(changes_of_privilege_are_told_from_what_to_what, NULL, tool_teardown)
{
	pid_t user, cap, keep, leave, clones, traces, runs;
	char words[64];

	require_root();
	program = exec_copy("");
	snprintf(program_as_root, sizeof(program_as_root), "%s", program);
	assert_int_equal(chmod(program_as_root, 04755), 0);
	TRACE_START(&tool, "task_newtask", "privwatch", "-j");
	user = act(become_user);
	cap = act(drop_capability);
	keep = act(keep_capabilities);
	leave = act(leave_namespace);
	clones = act(clone_into_namespace);
	traces = act(trace_parent);
	runs = act(run_as_root);
	tool_stop(&tool, SIGINT, 0);
	assert_tells(user, "setresgid - egid 0->12345 fsgid 0->12345; ");
	assert_tells(user, "setresuid - uid 0->12345 euid 0->12345 suid 0->12345 fsuid 0->12345 ");
	assert_tells(user, " effective -");
	assert_tells(user, "setuid EPERM -; ");
	assert_ptr_equal(strstr(strstr(told(user), "setuid EPERM -; "), "; ") + 2,
			 told(user) + strlen(told(user)));
	assert_string_equal(told(cap), "capset - permitted -chown effective -chown; ");
	assert_string_equal(told(keep), "prctl - securebits 0->0x10; ");
	if (!strstr(told(leave), "EPERM"))
		assert_tells(leave, " userns ");
	assert_tells(leave, "unshare ");
	assert_tells(clones, "clone ");
	snprintf(words, sizeof(words), "ptrace - of process %d; ", (int)getpid());
	assert_string_equal(told(traces), words);
	assert_tells(runs, "execve - euid 12345->0 suid 12345->0 fsuid 12345->0 ");
	tool_free(&tool);
}
