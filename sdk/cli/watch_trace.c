/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Follows the command, its threads and children, and looks at the calls of bpf(2) that fail. */
#include "watch_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>

#define LINGER_TICKS 20 /* of 50 ms: what goes on behind the command's end may load at once */

struct watch_task {
	struct watch_call call;
	bool calling;
};

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
	(void)signal;
	ticks++;
}

static void forget(struct watch *w, pid_t tid)
{
	for (size_t i = 0; i < w->task_count; i++) {
		if (w->tasks[i].call.tid != tid)
			continue;
		w->tasks[i] = w->tasks[--w->task_count];
		return;
	}
}

/* NULL: no memory for it; it runs on, and is not looked at. */
static struct watch_task *find(struct watch *w, pid_t tid)
{
	struct watch_task *grown;
	size_t room;

	for (size_t i = 0; i < w->task_count; i++)
		if (w->tasks[i].call.tid == tid)
			return &w->tasks[i];
	if (w->task_count == w->task_room) {
		room = w->task_room ? 2 * w->task_room : 16;
		grown = realloc(w->tasks, room * sizeof(*grown));
		if (!grown)
			return NULL;
		w->tasks = grown;
		w->task_room = room;
	}
	w->tasks[w->task_count] = (struct watch_task){ .call.tid = tid };
	return &w->tasks[w->task_count++];
}

/* It may be dead meanwhile: then waitpid() says so next. */
static void go_on(enum __ptrace_request request, pid_t tid, int signal)
{
	ptrace(request, tid, 0UL, (unsigned long)signal);
}

/* The call begins. */
static void enter(struct watch *w, struct watch_task *task)
{
	pid_t tid = task->call.tid;
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_SECCOMP ||
	    (info.seccomp.ret_data & 0xffff) != WATCH_FILTER_MARK || w->quiet) {
		go_on(PTRACE_CONT, tid, 0);
		return;
	}
	task->call.cmd = (enum watch_cmd)info.seccomp.args[0];
	task->call.attr = info.seccomp.args[1];
	task->call.size = (uint32_t)info.seccomp.args[2];
	task->calling = true;
	go_on(PTRACE_SYSCALL, tid, 0);
}

/* The call ended, and its task is still stopped: all that it was about is there. */
static void leave(struct watch *w, struct watch_task *task)
{
	pid_t tid = task->call.tid;
	struct __ptrace_syscall_info info = { 0 };
	struct watch_refusal *refusal;

	task->calling = false;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) > 0 &&
	    info.op == PTRACE_SYSCALL_INFO_EXIT && !w->quiet) {
		if (!info.exit.is_error) {
			watch_refusals_succeeded(&w->refusals, &task->call);
		} else {
			refusal = watch_capture(&task->call, (int)-info.exit.rval);
			if (refusal)
				watch_refusals_add(&w->refusals, refusal);
		}
	}
	go_on(PTRACE_CONT, tid, 0);
}

/* Stopped as a whole, by a signal: stays so until SIGCONT. */
static void stay(struct watch *w, pid_t tid, int signal)
{
	go_on(PTRACE_LISTEN, tid, 0);
	/* So that the shell sees its job stopped. */
	if (tid == w->pid && w->stop_too && signal != SIGSTOP)
		kill(w->stop_too, SIGSTOP);
}

static void handle_event(struct watch *w, struct watch_task *task, int event, int signal)
{
	pid_t tid = task->call.tid;

	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		enter(w, task);
		return;
	case PTRACE_EVENT_STOP:
		if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
		    signal == SIGTTOU)
			stay(w, tid, signal);
		else
			go_on(PTRACE_CONT, tid, 0);
		return;
	case PTRACE_EVENT_EXEC:
		task->calling = false;
		if (tid == w->pid)
			w->begun = true;
		go_on(PTRACE_CONT, tid, 0);
		return;
	default:
		go_on(PTRACE_CONT, tid, 0);
	}
}

static void handle_stop(struct watch *w, pid_t tid, int status)
{
	struct watch_task *task = find(w, tid);
	int signal = WSTOPSIG(status), event = (int)((unsigned)status >> 16);

	if (!task)
		go_on(PTRACE_CONT, tid, event || signal == (SIGTRAP | 0x80) ? 0 : signal);
	else if (event)
		handle_event(w, task, event, signal);
	else if (signal == (SIGTRAP | 0x80) && task->calling)
		leave(w, task);
	else if (signal == (SIGTRAP | 0x80))
		go_on(PTRACE_CONT, tid, 0);
	else
		go_on(task->calling ? PTRACE_SYSCALL : PTRACE_CONT, tid, signal);
}

static void begin_lingering(void)
{
	const struct sigaction action = { .sa_handler = tick };
	const struct itimerval often = { { 0, 50000 }, { 0, 50000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void end_lingering(void)
{
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &never, NULL);
}

static void handle(struct watch *w, pid_t tid, int status)
{
	if (WIFSTOPPED(status)) {
		handle_stop(w, tid, status);
		return;
	}
	forget(w, tid);
	if (tid != w->pid || w->ended)
		return;
	w->ended = true;
	w->status = status;
	if (w->on_end)
		w->on_end(w);
	begin_lingering();
}

void watch_trace(struct watch *w)
{
	int status;
	pid_t tid;

	while (!w->ended || ticks < LINGER_TICKS) {
		tid = waitpid(-1, &status, __WALL);
		if (tid > 0)
			handle(w, tid, status);
		else if (errno != EINTR)
			break;
	}
	end_lingering();
	w->left_over = w->task_count > 0;
}

void watch_trace_rest(struct watch *w)
{
	int status;
	pid_t tid;

	w->quiet = true;
	for (;;) {
		tid = waitpid(-1, &status, __WALL);
		if (tid > 0)
			handle(w, tid, status);
		else if (errno != EINTR)
			break;
	}
	free(w->tasks);
}

pid_t watch_left_over(const struct watch *w)
{
	return w->task_count ? w->tasks[0].call.tid : 0;
}
