/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@` prints each file that is removed, and by whom, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "unlink.skep.h"

static int on_unlink(const struct unlink_event *e, void *count)
{
	++*(unsigned long *)count;
	printf("%-16s %-8u %s%s%s\n", e->comm, e->pid, e->name, e->result ? ": " : "",
	       e->result ? strerror(-e->result) : "");
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(void)
{
	SKEP_AUTO(unlink) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	unsigned long count = 0;
	int err = unlink_open(&app, NULL);

	if (!err)
		err = unlink_load(app);
	if (!err)
		err = unlink_attach(app);
	if (!err)
		err = skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true));
	if (!err)
		err = unlink_on_events(app, loop, on_unlink, &count);
	if (!err)
		err = skep_loop_run(loop);
	if (err)
		return skep_perror("@NAME@");
	fprintf(stderr, "@NAME@: %lu files\n", count);
	return 0;
}
