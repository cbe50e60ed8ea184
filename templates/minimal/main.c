/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@` prints each second how many programs have started, until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "count.skep.h"

static int on_second(uint64_t expirations, void *app)
{
	(void)expirations;
	printf("%llu\n", (unsigned long long)count_bss(app)->started);
	return fflush(stdout) ? -EIO : 0;
}

int main(void)
{
	SKEP_AUTO(count) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (count_open(&app, NULL) || count_load(app) || count_attach(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, SKEP_SECOND, on_second, app) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
