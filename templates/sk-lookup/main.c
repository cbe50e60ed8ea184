/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ FIRST-PORT LAST-PORT` answers on every port from the first to the last with one
 * socket, until Ctrl-C.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <skep/skep.h>

#include "lookup.skep.h"

/* One line to each who comes: the port that he asked for. */
static int on_connection(int fd, uint32_t events, void *ctx)
{
	struct sockaddr_in here;
	socklen_t length = sizeof(here);
	char text[32];
	int connection = accept(fd, NULL, NULL);

	(void)events;
	(void)ctx;
	if (connection < 0)
		return 0;
	if (!getsockname(connection, (struct sockaddr *)&here, &length))
		send(connection, text,
		     (size_t)snprintf(text, sizeof(text), "this is port %u\n",
				      ntohs(here.sin_port)),
		     MSG_NOSIGNAL);
	close(connection);
	return 0;
}

static int listen_anywhere(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) || listen(fd, 128))
		perror("@NAME@: listen");
	return fd;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(lookup) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	const uint32_t only = 0;
	int server = listen_anywhere();

	if (argc != 3) {
		fprintf(stderr, "Usage: @NAME@ FIRST-PORT LAST-PORT\n");
		return 2;
	}
	if (lookup_open(&app, NULL) ||
	    skep_number(argv[1], 1, UINT16_MAX, &lookup_consts(app)->first_port) ||
	    skep_number(argv[2], 1, UINT16_MAX, &lookup_consts(app)->last_port))
		return skep_perror("@NAME@");
	if (lookup_load(app) || skep_map_set_socket(lookup_map_server(app), &only, server) ||
	    skep_attach_sk_lookup(&link, lookup_program_choose(app), NULL, NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_fd(loop, server, EPOLLIN, on_connection, NULL) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	printf("%llu connections\n", (unsigned long long)lookup_bss(app)->taken);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
