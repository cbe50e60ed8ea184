/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: load, attach, read the ring
 *
 * The kernel's side is done: 29-consumer.bpf.c reports each system call that has the mark `marked` as
 * its second argument. consumer.skep.h is made of it by `skep gen`: consumer_open(), consumer_consts(),
 * consumer_load(), consumer_attach(), consumer_object() and the type consumer_events_ring are in it.
 *
 * To do: print the sum of `value` of all records, up to the one whose `last` is set, which does not
 * count. Now nothing is attached, and the ring is not read. The line "ready" has to come when the
 * program is attached: then the check makes system calls, some hundreds of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include <skep/skep.h>

#include "consumer.skep.h"

int main(int argc, char **argv)
{
	SKEP_AUTO(consumer) *app = NULL;
	unsigned long long sum = 0;

	if (consumer_open(&app, NULL))
		return skep_perror("open");
	consumer_consts(app)->marked = argc > 1 ? strtoul(argv[1], NULL, 0) : 0;
	if (consumer_load(app))
		return skep_perror("load");
	/* TODO: attach */
	puts("ready");
	fflush(stdout);
	/* TODO: read the ring `events` */
	printf("%llu\n", sum);
	return 0;
}
