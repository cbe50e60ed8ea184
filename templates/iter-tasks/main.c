/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [NAME]` prints every thread, or those of that name, and ends. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "tasks.skep.h"

static void print(const struct task_record *task)
{
	printf("%-8u %-8u %-8u %-6u %10.1f %s%s%s\n", task->pid, task->tid, task->ppid, task->uid,
	       (double)task->started_ns / 1e9, task->kernel ? "[" : "", task->comm,
	       task->kernel ? "]" : "");
}

int main(int argc, char **argv)
{
	SKEP_AUTO(tasks) *app = NULL;
	SKEP_AUTO(skep_iter) *iter = NULL;
	const struct task_record *task;
	int err;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [NAME]\n");
		return 2;
	}
	if (tasks_open(&app, NULL) || tasks_load(app) ||
	    skep_iter_open(&iter, tasks_program_each_task(app), NULL))
		return skep_perror("@NAME@");
	printf("%-8s %-8s %-8s %-6s %10s %s\n", "PID", "TID", "PPID", "UID", "STARTED", "COMM");
	skep_iter_foreach(iter, task, &err) if (argc < 2 || !strcmp(task->comm, argv[1]))
		print(task);
	if (err)
		return skep_perror("@NAME@");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
