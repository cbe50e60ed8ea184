/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ LIBRARY [PID]` prints what programs ask of a GPU by CUDA, until Ctrl-C. LIBRARY is
 * libcudart.so.12, or a program that has it inside.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "gpu.skep.h"
#include "watch.h"

static const char *way_of(int kind)
{
	static const char *const ways[] = { "host to host", "host to device", "device to host",
					    "device to device", "by address" };

	return kind >= 0 && kind < 5 ? ways[kind] : "?";
}

static void print_launch(const struct gpu_event *e)
{
	if (*e->kernel)
		printf("%s", e->kernel);
	else
		printf("%#llx", e->address);
	printf(" on %ux%ux%u blocks of %ux%ux%u threads, %llu bytes shared", e->grid[0], e->grid[1],
	       e->grid[2], e->block[0], e->block[1], e->block[2], e->bytes);
}

static int print(const struct gpu_event *e, void *ctx)
{
	(void)ctx;
	printf("%s %u %s ", e->comm, e->pid, watch_names[e->function]);
	switch (e->function) {
	case GPU_MALLOC:
		printf("%llu bytes at %#llx", e->bytes, e->address);
		break;
	case GPU_FREE:
		printf("%#llx", e->address);
		break;
	case GPU_LAUNCH:
		print_launch(e);
		break;
	default:
		printf("%llu bytes to %#llx, %s", e->bytes, e->address, way_of(e->kind));
	}
	if (e->stream)
		printf(", stream %#llx", e->stream);
	if (e->result)
		printf(": error %d", e->result);
	printf("  %.1f us\n", (double)e->took_ns / 1e3);
	return fflush(stdout) ? skep_error_set(errno, NULL, "cannot print: %m") : 0;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(gpu) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	int err, pid = 0;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "Usage: @NAME@ LIBRARY [PID]\n");
		return 2;
	}
	err = skep_number(argv[2], 1, SKEP_PID_MOST, &pid);
	if (!err)
		err = gpu_open(&app, NULL);
	if (!err)
		err = gpu_load(app);
	if (!err)
		err = skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true));
	if (!err)
		err = gpu_on_events(app, loop, print, NULL);
	if (!err)
		err = watch(app, argv[1], pid);
	if (!err)
		err = skep_loop_run(loop);
	if (err)
		skep_perror("@NAME@");
	unwatch();
	return err ? 1 : 0;
}
