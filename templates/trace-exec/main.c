/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [MIN-UID]` prints every program that starts, until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "exec.skep.h"

static int on_exec(const struct exec_event *e, void *ctx)
{
	(void)ctx;
	printf("%-8u %-8u %-6u %s\n", e->pid, e->ppid, e->uid, e->comm);
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot print") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(exec) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	struct skep_ring_stats stats;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [UID]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (exec_open(&app, NULL) ||
	    (argc > 1 && skep_number(argv[1], 0, UINT32_MAX, &exec_consts(app)->min_uid)))
		return skep_perror("@NAME@");

	if (exec_load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    exec_on_events(app, loop, on_exec, NULL) || exec_attach(app))
		return skep_perror("@NAME@");

	printf("%-8s %-8s %-6s %s\n", "PID", "PPID", "UID", "COMM");
	if (skep_loop_run(loop))
		return skep_perror("@NAME@");

	skep_ring_stats(skep_loop_ring(loop, "events"), &stats);
	fprintf(stderr, "@NAME@: %llu events, %llu dropped\n", (unsigned long long)stats.consumed,
		(unsigned long long)stats.dropped);
	return 0;
}
