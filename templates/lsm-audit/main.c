/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [PREFIX]` prints each open for writing, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "audit.skep.h"

static int on_open(const struct open_event *e, void *ctx)
{
	const char *prefix = ctx;

	if (!strncmp(e->path, prefix, strlen(prefix)))
		printf("%-8u %-6u %-15s %s\n", e->pid, e->uid, e->comm, e->path);
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot print") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(audit) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	char *prefix = argc > 1 ? argv[1] : "";

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [FOLDER]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (audit_open(&app, NULL) || audit_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    audit_on_events(app, loop, on_open, prefix) || audit_attach(app))
		return skep_perror("@NAME@");

	printf("%-8s %-6s %-15s %s\n", "PID", "UID", "COMM", "PATH");
	return skep_loop_run(loop) ? skep_perror("@NAME@") : 0;
}
