/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [SIGNAL]` prints each signal, or those of that number, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "signals.skep.h"

static int on_signal(const struct signal_event *e, void *ctx)
{
	(void)ctx;
	printf("%s (%u) -> %s (%u): %s%s\n", e->from_comm, e->from, e->to_comm, e->to,
	       strsignal(e->number), e->code > 0 ? ", by the kernel" : "");
	return ferror(stdout) ? skep_error_set(EIO, NULL, "cannot print") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(signals) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [SIGNAL]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (signals_open(&app, NULL) ||
	    (argc > 1 && skep_number(argv[1], 1, 64, &signals_consts(app)->only)))
		return skep_perror("@NAME@");
	return signals_load(app) ||
			       skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
			       signals_on_events(app, loop, on_signal, NULL) ||
			       signals_attach(app) || skep_loop_run(loop)
		       ? skep_perror("@NAME@")
		       : 0;
}
