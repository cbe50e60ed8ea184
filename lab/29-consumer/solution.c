/* SPDX-License-Identifier: 0BSD */
/* One way to do it. */
#include <stdio.h>
#include <stdlib.h>

#include <skep/skep.h>

#include "consumer.skep.h"

int main(int argc, char **argv)
{
	SKEP_AUTO(consumer) *app = NULL;
	unsigned long long sum = 0;
	consumer_events_ring events = { NULL };
	int err = 0;

	if (consumer_open(&app, NULL))
		return skep_perror("open");
	consumer_consts(app)->marked = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	if (consumer_load(app) || consumer_attach(app) ||
	    skep_ring_open(&events, consumer_object(app), "events", NULL))
		return skep_perror("consumer");
	puts("ready");
	fflush(stdout);
	skep_ring_foreach(events, e, 10000, &err) {
		if (e->last)
			break;
		sum += e->value;
	}
	skep_ring_free(events.ring);
	if (err)
		return skep_perror("events");
	printf("%llu\n", sum);
	return 0;
}
