/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ [DISK [SECONDS]]` measures how long requests to disks take, to one or to all, and
 * prints a histogram for each operation; in the end, on Ctrl-C, or after so many seconds.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skep/skep.h>

#include "blocks.skep.h"

static int check(const char *disk)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/block/%s", disk);
	if (strchr(disk, '/') || access(path, F_OK))
		return skep_error_set(ENOENT, "`ls /sys/block` has their names",
				      "there is no disk '%s'", disk);
	return 0;
}

static int print_requests(struct blocks *app, const struct requests *which)
{
	static const char *const names[] = { "read", "write", "flush", "discard", "other" };
	struct skep_hist took;
	char text[8192];
	int err = skep_hist_get(&took, blocks_map_took_us(app).map, which);

	if (err)
		return err;
	skep_hist_format(&took, "us", text, sizeof(text));
	printf("%s %s\n%s\n", which->disk, names[which->operation], text);
	return 0;
}

static int print(struct blocks *app, const char *disk)
{
	SKEP_PERCPU_VIEW(struct skep_hist) of_cpus;
	struct requests which;
	int err;

	skep_percpu_foreach(blocks_map_took_us(app), &which, &of_cpus, &err)
		if ((!disk || !strcmp(disk, which.disk)) && print_requests(app, &which))
			return -1;
	return err;
}

static int on_end(uint64_t expirations, void *loop)
{
	(void)expirations;
	skep_loop_stop(loop);
	return 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(blocks) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	const char *disk = argc > 1 && strcmp(argv[1], "all") != 0 ? argv[1] : NULL;
	uint64_t seconds = 0;

	if (argc > 3) {
		fprintf(stderr, "Usage: @NAME@ [DISK|all [SECONDS]]\n");
		return 2;
	}
	if ((disk && check(disk)) || (argc > 2 && skep_number(argv[2], 1, 1000000000, &seconds)) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    (seconds && skep_loop_add_delay(loop, seconds * SKEP_SECOND, on_end, loop)))
		return skep_perror("@NAME@");
	if (blocks_open(&app, NULL) || blocks_load(app) || blocks_attach(app) ||
	    skep_loop_run(loop) || print(app, disk))
		return skep_perror("@NAME@");
	if (blocks_bss(app)->running__lost.full)
		fprintf(stderr, "@NAME@: %llu requests were too many at once\n",
			(unsigned long long)blocks_bss(app)->running__lost.full);
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
