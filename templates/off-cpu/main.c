/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [SECONDS [PID]]` looks where threads wait, so long or until Ctrl-C, and prints each
 * stack with the microseconds that were spent there, as flamegraph.pl and speedscope read it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/skep.h>

#include "names.h"
#include "offcpu.skep.h"

static struct row {
	struct place place;
	struct waited waited;
} rows[16384];

/* One process after the other, where most time went first. */
static int by_process(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->place.pid != y->place.pid)
		return x->place.pid < y->place.pid ? -1 : 1;
	return x->waited.ns > y->waited.ns ? -1 : x->waited.ns < y->waited.ns;
}

static void print_frames(struct offcpu *app, int32_t id, pid_t pid)
{
	uint64_t frames[STACK_DEPTH];
	uint32_t depth = STACK_DEPTH;

	if (id == -EEXIST)
		printf(";[lost]"); /* its place in the map was taken: give it more */
	if (id < 0 || skep_stacks_get(offcpu_map_stacks(app), id, frames, &depth))
		return;
	while (depth--) { /* the outermost is the last */
		const char *name = name_of(frames[depth], pid);

		printf(";%s", name);
		if (!strcmp(name, "__schedule"))
			break; /* what it called is how we came to know */
	}
}

static int print(struct offcpu *app)
{
	size_t count = 0;
	int err;

	skep_map_foreach(offcpu_map_waits(app), &rows[count].place, &rows[count].waited, &err)
		if (++count == sizeof(rows) / sizeof(*rows))
			break;
	qsort(rows, count, sizeof(*rows), by_process);
	for (const struct row *row = rows; row < rows + count; row++) {
		printf("%s", row->place.comm);
		print_frames(app, row->place.user, (pid_t)row->place.pid);
		print_frames(app, row->place.kernel, (pid_t)row->place.pid);
		printf("%s %llu\n", row->place.preempted ? ";[preempted]" : "",
		       (unsigned long long)row->waited.ns / 1000);
	}
	names_free();
	if (offcpu_bss(app)->full)
		fprintf(stderr, "@NAME@: %llu waits are missing: make `waits` and `left` larger\n",
			(unsigned long long)offcpu_bss(app)->full);
	if (offcpu_bss(app)->untold)
		fprintf(stderr, "@NAME@: %llu waits are missing: the kernel did not tell their end\n",
			(unsigned long long)offcpu_bss(app)->untold);
	return err;
}

static int stop(uint64_t expirations, void *loop)
{
	(void)expirations;
	skep_loop_stop(loop);
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(offcpu) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	uint64_t seconds = 0;

	if (argc > 3) {
		fprintf(stderr, "Usage: @NAME@ [SECONDS [PID]]\n");
		return 2;
	}
	if (offcpu_open(&app, NULL) || skep_number(argv[1], 0, 1000000000, &seconds) ||
	    (argc > 2 && skep_number(argv[2], 1, SKEP_PID_MOST, &offcpu_consts(app)->only_pid)))
		return skep_perror("@NAME@");
	if (offcpu_load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    (seconds && skep_loop_add_delay(loop, seconds * SKEP_SECOND, stop, loop)) ||
	    offcpu_attach(app) || skep_loop_run(loop))
		return skep_perror("@NAME@");
	offcpu_detach(app);
	if (print(app))
		return skep_perror("@NAME@");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
