/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What is sent to `skep` is meant for the command. What a terminal sends goes to the command by
 * itself, since both are in its foreground.
 */
#include "watch_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const int forwarded[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGALRM, SIGCONT };
static const int from_terminal[] = { SIGTSTP, SIGTTIN, SIGTTOU };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static sigset_t mask_before;
static struct sigaction before[COUNT(forwarded)], child_before;
static volatile sig_atomic_t command_pid, waiting;

static void forward(int signal, siginfo_t *info, void *context)
{
	int error = errno;

	(void)context;
	if (info->si_code == SI_KERNEL || info->si_pid == command_pid)
		return;
	if (command_pid > 0)
		kill(command_pid, signal);
	else if (!command_pid)
		waiting = signal;
	errno = error;
}

void watch_signals_take(void)
{
	struct sigaction action = { .sa_sigaction = forward, .sa_flags = SA_SIGINFO };
	const struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < COUNT(forwarded); i++) {
		sigaddset(&blocked, forwarded[i]);
		sigaction(forwarded[i], NULL, &before[i]);
	}
	sigprocmask(SIG_BLOCK, &blocked, &mask_before);
	/* What was ignored stays so, here and in the command: nohup. */
	for (size_t i = 0; i < COUNT(forwarded); i++)
		if (before[i].sa_handler != SIG_IGN)
			sigaction(forwarded[i], &action, NULL);
	sigaction(SIGCHLD, &plain, &child_before);
}

void watch_signals_restore(void)
{
	for (size_t i = 0; i < COUNT(forwarded); i++)
		sigaction(forwarded[i], &before[i], NULL);
	sigaction(SIGCHLD, &child_before, NULL);
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

static void ignore(const int *signals, size_t count)
{
	for (size_t i = 0; i < count; i++)
		signal(signals[i], SIG_IGN);
}

/* Whoever started us with signals blocked must not make us deaf. */
static void unblock_all(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void watch_signals_ignore(void)
{
	ignore(forwarded, COUNT(forwarded));
	ignore(from_terminal, COUNT(from_terminal));
	signal(SIGPIPE, SIG_IGN);
	unblock_all();
}

void watch_signals_forward(pid_t pid)
{
	if (!pid) {
		/* The command has ended: these are for us again. */
		command_pid = -1;
		for (size_t i = 0; i < COUNT(forwarded); i++)
			sigaction(forwarded[i], &before[i], NULL);
		return;
	}
	ignore(from_terminal, COUNT(from_terminal));
	command_pid = pid;
	if (waiting)
		kill(pid, waiting);
	waiting = 0;
	unblock_all();
}

void watch_signals_die(int number)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), number);
	_exit(128 + number);
}
