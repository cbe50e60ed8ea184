/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [SECONDS [PID]]` samples what processors do, 99 times a second, and prints each
 * stack with how often it was seen, as flamegraph.pl and speedscope read it.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "profile.skep.h"
#include "symbols.h"

static int stop(uint64_t expirations, void *loop)
{
	(void)expirations;
	skep_loop_stop(loop);
	return 0;
}

static void print_stack(struct profile *app, int32_t id, uint32_t pid)
{
	uint64_t stack[127];
	uint32_t depth = 127;

	if (id >= 0 && !skep_stacks_get(profile_map_stacks(app), id, stack, &depth))
		symbols_print(stdout, stack, depth, (pid_t)pid);
}

static int print(struct profile *app)
{
	struct place place;
	uint64_t count;
	int err;

	skep_map_foreach(profile_map_samples(app), &place, &count, &err) {
		fputs(place.comm, stdout);
		print_stack(app, place.user, place.pid);
		print_stack(app, place.kernel, place.pid);
		printf(" %llu\n", (unsigned long long)count);
	}
	symbols_free();
	return err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(profile) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	uint64_t seconds = 10;

	if (argc > 3) {
		fprintf(stderr, "Usage: @NAME@ [SECONDS [PID]]\n");
		return 2;
	}
	if (profile_open(&app, NULL) || skep_number(argv[1], 1, 1000000000, &seconds) ||
	    (argc > 2 && skep_number(argv[2], 1, SKEP_PID_MOST, &profile_consts(app)->only_pid)))
		return skep_perror("@NAME@");
	if (profile_load(app) ||
	    skep_attach_perf_event(&link, profile_program_on_sample(app),
				   SKEP_OPTS(skep_perf_event_opts, .frequency = 99)) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, seconds * SKEP_SECOND, stop, loop) || skep_loop_run(loop) ||
	    print(app))
		return skep_perror("@NAME@");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
