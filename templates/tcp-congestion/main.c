/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@` offers a congestion control until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "cc.skep.h"

int main(void)
{
	SKEP_AUTO(cc) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (cc_open(&app, NULL) || cc_load(app) || cc_attach(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)))
		return skep_perror("@NAME@");
	fprintf(stderr, "@NAME@: connections may choose '%s'; Ctrl-C ends\n", CC_NAME);
	if (skep_loop_run(loop))
		return skep_perror("@NAME@");
	printf("%llu connections, %llu segments acknowledged, %llu losses\n",
	       (unsigned long long)cc_bss(app)->connections,
	       (unsigned long long)cc_bss(app)->acknowledged,
	       (unsigned long long)cc_bss(app)->losses);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
