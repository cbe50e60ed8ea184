/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ CGROUP` prints each connection of the group that ends, until Ctrl-C. */
#include <arpa/inet.h>
#include <stdio.h>

#include <skep/skep.h>

#include "tcp.skep.h"

static int on_end(const struct tcp_event *e, void *ctx)
{
	char local[INET_ADDRSTRLEN], remote[INET_ADDRSTRLEN];

	(void)ctx;
	inet_ntop(AF_INET, &e->local_address, local, sizeof(local));
	inet_ntop(AF_INET, &e->remote_address, remote, sizeof(remote));
	printf("%s:%u %s %s:%u  sent %llu, received %llu, %u again, %u us there and back, %.1f ms\n",
	       local, e->local_port, e->client ? "->" : "<-", remote, e->remote_port,
	       (unsigned long long)e->sent, (unsigned long long)e->received, e->segments_again,
	       e->round_trip_us, (double)e->took_ns / 1e6);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(tcp) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;

	if (argc != 2) {
		fprintf(stderr, "Usage: @NAME@ CGROUP\n");
		return 2;
	}
	if (tcp_open(&app, NULL) || tcp_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    tcp_on_events(app, loop, on_end, NULL) ||
	    skep_attach_cgroup(&link, tcp_program_on_step(app), argv[1], NULL) ||
	    skep_loop_run(loop))
		return skep_perror("@NAME@");
	return 0;
}
