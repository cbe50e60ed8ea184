/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ PORT` refuses what comes to a port until Ctrl-C. */
#include <stdio.h>

#include <skep/skep.h>

#include "nf.skep.h"

/* Before the rules of iptables and nftables, whose chains are mostly at 0. */
#define PRIORITY (-10)

int main(int argc, char **argv)
{
	SKEP_AUTO(nf) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	if (argc != 2) {
		fprintf(stderr, "Usage: @NAME@ PORT\n");
		return 2;
	}
	if (nf_open(&app, NULL) || skep_number(argv[1], 1, UINT16_MAX, &nf_consts(app)->port) ||
	    nf_load(app) ||
	    skep_attach_netfilter(&link, nf_program_filter(app), SKEP_NETFILTER_LOCAL_IN,
				  SKEP_OPTS(skep_netfilter_opts, .priority = PRIORITY)) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	printf("%llu packets to port %s were refused\n", (unsigned long long)nf_bss(app)->refused,
	       argv[1]);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
