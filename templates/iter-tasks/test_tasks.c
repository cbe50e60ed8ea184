/* SPDX-License-Identifier: 0BSD */
/* Starts a thread, and compares what the kernel tells of it with what /proc does. */
#define _GNU_SOURCE /* pthread_setname_np() */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "tasks.skep.h"

#define EXIT_SKIPPED 77

static pthread_barrier_t named, seen;
static pid_t tid;

static void *be_there(void *unused)
{
	tid = (pid_t)syscall(SYS_gettid);
	pthread_setname_np(pthread_self(), "a thread");
	pthread_barrier_wait(&named);
	pthread_barrier_wait(&seen);
	return unused;
}

static void compare(const struct task_record *task)
{
	unsigned long long started;
	char path[64], comm[32];
	unsigned int ppid;
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", getpid(), tid);
	stat = fopen(path, "r");
	assert_non_null(stat);
	assert_int_equal(fscanf(stat,
				"%*d (%31[^)]) %*c %u %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
				"%*d %*d %*d %*d %*d %*d %llu",
				comm, &ppid, &started),
			 3);
	fclose(stat);
	assert_string_equal(task->comm, comm);
	assert_int_equal(task->ppid, ppid);
	assert_int_equal(task->pid, getpid());
	assert_int_equal(task->uid, getuid());
	assert_false(task->kernel);
	/* In ticks of the clock there. */
	assert_int_equal(task->started_ns / (1000000000 / (uint64_t)sysconf(_SC_CLK_TCK)), started);
}

static void a_thread_is_there_once_as_proc_tells_it(void **state)
{
	SKEP_AUTO(tasks) *app = NULL;
	SKEP_AUTO(skep_iter) *iter = NULL;
	const struct task_record *task;
	pthread_t thread;
	int err, found = 0;

	(void)state;
	pthread_barrier_init(&named, NULL, 2);
	pthread_barrier_init(&seen, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, be_there, NULL), 0);
	pthread_barrier_wait(&named);
	if (tasks_open(&app, NULL) || tasks_load(app) ||
	    skep_iter_open(&iter, tasks_program_each_task(app), NULL))
		fail_msg("%s", skep_error_last()->message);
	skep_iter_foreach(iter, task, &err)
	{
		if (task->tid != (uint32_t)tid)
			continue;
		compare(task);
		found++;
	}
	pthread_barrier_wait(&seen);
	pthread_join(thread, NULL);
	assert_int_equal(err, 0);
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_there_once_as_proc_tells_it),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
