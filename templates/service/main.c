/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: prints a line of JSON for each socket that begins to listen, until SIGTERM. As a service,
 * standard output is the journal: `journalctl -u @NAME@ -o cat`.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include <skep/skep.h>

#include "listen.skep.h"

/* A name may have anything in it but a NUL. */
static void print_name(const char *name)
{
	for (; *name; name++)
		if (*name == '"' || *name == '\\')
			printf("\\%c", *name);
		else if ((unsigned char)*name < 0x20 || (unsigned char)*name > 0x7e)
			printf("\\u%04x", (unsigned char)*name);
		else
			putchar(*name);
}

static int on_listen(const struct listen_event *e, void *ctx)
{
	char address[INET6_ADDRSTRLEN] = "";

	(void)ctx;
	inet_ntop(e->family, e->address, address, sizeof(address));
	printf("{\"event\":\"listen\",\"address\":\"%s\",\"port\":%u,\"pid\":%u,\"uid\":%u,\"comm\":\"",
	       address, e->port, e->pid, e->uid);
	print_name(e->comm);
	puts("\"}");
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

/* What was lost is a line, too: who reads the journal has to know. */
static int on_minute(uint64_t expirations, void *loop)
{
	static uint64_t told;
	struct skep_ring_stats stats;

	(void)expirations;
	skep_ring_stats(skep_loop_ring(loop, "events"), &stats);
	if (stats.dropped != told)
		printf("{\"event\":\"dropped\",\"count\":%llu}\n",
		       (unsigned long long)(stats.dropped - told));
	told = stats.dropped;
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(void)
{
	SKEP_AUTO(listen) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;

	if (listen_open(&app, NULL) || listen_load(app) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    listen_on_events(app, loop, on_listen, NULL) ||
	    skep_loop_add_timer(loop, 60 * SKEP_SECOND, on_minute, loop) || listen_attach(app))
		return skep_perror("@NAME@");
	puts("{\"event\":\"started\"}");
	fflush(stdout);
	return skep_loop_run(loop) ? skep_perror("@NAME@") : 0;
}
