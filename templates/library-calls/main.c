/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ LIBRARY PATTERN [PID]` counts calls of the functions whose names fit, until Ctrl-C,
 * and then prints how often each was called and how long it took; those that took the most time first.
 */
#include <stdio.h>
#include <stdlib.h>

#include <skep/skep.h>

#include "functions.skep.h"
#include "watch.h"

struct row {
	const char *function;
	struct skep_hist took;
};

static int by_time(const void *a, const void *b)
{
	uint64_t x = ((const struct row *)a)->took.sum, y = ((const struct row *)b)->took.sum;

	return x < y ? 1 : -(x > y);
}

static void print(const struct functions *app)
{
	static struct row rows[FUNCTIONS];
	size_t count = 0;

	for (uint32_t i = 0; watch_name(i); i++) {
		rows[count].function = watch_name(i);
		if (!watch_read(&rows[count].took, app, i))
			count++;
	}
	qsort(rows, count, sizeof(*rows), by_time);
	printf("%-32s %10s %12s %10s %10s %10s %10s\n", "FUNCTION", "CALLS", "TOTAL ms", "MEAN us",
	       "HALF us", "99% us", "MOST us");
	for (size_t i = 0; i < count; i++) {
		const struct skep_hist *took = &rows[i].took;

		printf("%-32s %10llu %12.3f %10.1f %10.1f %10.1f %10.1f\n", rows[i].function,
		       (unsigned long long)took->count, (double)took->sum / 1e6,
		       skep_hist_mean(took) / 1e3, skep_hist_percentile(took, 50) / 1e3,
		       skep_hist_percentile(took, 99) / 1e3, (double)took->most / 1e3);
	}
}

int main(int argc, char **argv)
{
	SKEP_AUTO(functions) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *calls = NULL;
	SKEP_AUTO(skep_link) *returns = NULL;
	uint32_t number = 0;
	int pid = 0;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "Usage: @NAME@ LIBRARY PATTERN [PID]\n");
		return 2;
	}
	if (skep_number(argv[3], 1, SKEP_PID_MOST, &pid) || functions_open(&app, NULL) ||
	    functions_load(app) || watch(&calls, &returns, app, argv[1], argv[2], pid) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)))
		return skep_perror("@NAME@");
	while (watch_name(number))
		number++;
	fprintf(stderr, "@NAME@: functions that fit: %u, by %s; Ctrl-C ends\n", number,
		skep_link_way(calls));
	if (skep_loop_run(loop))
		return skep_perror("@NAME@");
	print(app);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
