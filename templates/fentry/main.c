/* SPDX-License-Identifier: 0BSD */
/* The user side: `@NAME@ [SECONDS]` tells who sent how much by TCP, in so long a time. */
#include <stdio.h>
#include <unistd.h>

#include <skep/skep.h>

#include "senders.skep.h"

int main(int argc, char **argv)
{
	SKEP_AUTO(senders) *app = NULL;
	unsigned int duration = 10;
	struct sender who;
	struct sent sent;
	int err;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [SECONDS]\n");
		return 2;
	}
	if ((argc > 1 && skep_number(argv[1], 0, 1000000000, &duration)) ||
	    senders_open(&app, NULL) || senders_load(app) || senders_attach(app))
		return skep_perror("@NAME@");
	sleep(duration);
	skep_map_foreach(senders_map_by_sender(app), &who, &sent, &err)
		printf("%-15s %-8u %8llu calls %12llu bytes %6llu failures\n", who.comm, who.pid,
		       (unsigned long long)sent.calls, (unsigned long long)sent.bytes,
		       (unsigned long long)sent.failures);
	if (err)
		return skep_perror("by_sender");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
