/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [SECONDS]` has this machine's threads scheduled first come, first served, until
 * Ctrl-C or for so long; then tells what each CPU did, and why it ended.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "fifo.skep.h"

static int print_cpus(struct fifo *app)
{
	SKEP_AUTO_VIEW(SKEP_PERCPU_VIEW(struct cpu)) cpus = { NULL };
	const struct cpu *cpu;
	unsigned int number;
	uint32_t first = 0;

	if (skep_percpu_new(&cpus, fifo_map_cpus(app)) ||
	    skep_percpu_get(fifo_map_cpus(app), &first, cpus))
		return skep_perror("cpus");
	printf("%-4s %12s %12s %12s\n", "CPU", "TURNS", "QUEUED", "BUSY ms");
	skep_percpu_each(cpus, number, cpu)
		printf("%-4u %12llu %12llu %12llu\n", number, (unsigned long long)cpu->ran,
		       (unsigned long long)cpu->queued, (unsigned long long)cpu->busy_ns / 1000000);
	return 0;
}

/* The kernel ends a scheduler that lets threads wait for too long; and for whoever presses Alt-SysRq-S. */
static int look_whether_it_runs(uint64_t expirations, void *ctx)
{
	struct fifo *app = ctx;

	(void)expirations;
	return fifo_bss(app)->ending.kind ? skep_error_set(ECANCELED, NULL, "the kernel took over")
					  : 0;
}

static int stop(uint64_t expirations, void *loop)
{
	(void)expirations;
	skep_loop_stop(loop);
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(fifo) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	uint64_t seconds = 0;
	int err;

	if (argc > 2) {
		fprintf(stderr, "Usage: @NAME@ [SECONDS]\n");
		return 2;
	}
	if ((argc > 1 && skep_number(argv[1], 1, 1000000000, &seconds)) || fifo_open(&app, NULL) ||
	    fifo_load(app) || skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_add_timer(loop, SKEP_SECOND / 4, look_whether_it_runs, app) ||
	    (seconds && skep_loop_add_delay(loop, seconds * SKEP_SECOND, stop, loop)) ||
	    fifo_attach(app))
		return skep_perror("@NAME@");
	fprintf(stderr, "@NAME@: all threads are scheduled by '%s'; Ctrl-C ends\n", SCHEDULER_NAME);
	err = skep_loop_run(loop);
	if (err)
		skep_perror("@NAME@");
	fifo_detach(app);
	if (print_cpus(app))
		return 1;
	printf("ended: %s%s%s\n", fifo_bss(app)->ending.reason,
	       *fifo_bss(app)->ending.message ? ": " : "", fifo_bss(app)->ending.message);
	return err || fflush(stdout) ? 1 : 0;
}
