/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the consumers build: starts one program, and ends well when the kernel told of it. */
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skep/skep.h>

#include "watch.skep.h"

struct child {
	pid_t pid;
	bool seen;
};

static int on_exec(const struct exec_event *e, void *ctx)
{
	struct child *child = (struct child *)ctx;

	if ((pid_t)e->pid == child->pid) {
		child->seen = true;
		printf("pid %d ran %s\n", (int)e->pid, e->comm);
	}
	return 0;
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(127);
	}
	return pid;
}

int main(void)
{
	SKEP_AUTO(watch) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct child child = { .pid = 0 };

	printf("skep %s\n", skep_version_string());
	if (watch_open(&app, NULL) || watch_load(app) || watch_attach(app))
		return skep_perror("watch");
	if (skep_loop_new(&loop, NULL) || watch_on_events(app, loop, on_exec, &child))
		return skep_perror("loop");
	child.pid = start_child();
	for (int tries = 0; tries < 100 && !child.seen; tries++)
		if (skep_loop_step(loop, 50))
			return skep_perror("loop");
	waitpid(child.pid, NULL, 0);
	return child.seen ? 0 : 1;
}
