/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ CGROUP FROM:PORT TO:PORT` sends connections of a control group to another
 * address, until Ctrl-C.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <skep/skep.h>

#include "redirect.skep.h"

/* "127.0.0.1:80" */
static int parse(struct place *place, const char *text)
{
	const char *colon = strchr(text, ':');
	char address[16] = "";

	if (!colon || colon - text >= (long)sizeof(address))
		return -1;
	memcpy(address, text, (size_t)(colon - text));
	if (skep_number(colon + 1, 1, UINT16_MAX, &place->port))
		return -1;
	place->port = htons(place->port);
	return inet_pton(AF_INET, address, &place->address) == 1 ? 0 : -1;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(redirect) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	struct place from = { 0 };
	struct redirection to = { 0 };

	if (argc != 4 || parse(&from, argv[2]) || parse(&to.to, argv[3])) {
		fprintf(stderr, "Usage: @NAME@ CGROUP FROM:PORT TO:PORT\n");
		return 2;
	}
	if (redirect_open(&app, NULL) || redirect_load(app) ||
	    skep_map_put(redirect_map_redirections(app), &from, &to) ||
	    skep_attach_cgroup(&link, redirect_program_on_connect(app), argv[1], NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_run(loop) || skep_map_get(redirect_map_redirections(app), &from, &to))
		return skep_perror("@NAME@");
	printf("%llu connections to %s went to %s\n", (unsigned long long)to.connections, argv[2],
	       argv[3]);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
