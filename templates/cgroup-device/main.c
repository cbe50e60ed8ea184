/* SPDX-License-Identifier: 0BSD */
/*
 * The user side: `@NAME@ CGROUP MAJOR:MINOR...` forbids devices to a control group until Ctrl-C, and then
 * tells how often each was asked for.
 */
#include <stdio.h>

#include <skep/skep.h>

#include "devices.skep.h"

static int forbid(struct devices *app, const char *text)
{
	const uint64_t never = 0;
	struct device device;

	if (sscanf(text, "%u:%u", &device.major, &device.minor) != 2)
		return skep_error_set(EINVAL, "`ls -l` shows both numbers", "no device: '%s'",
				      text);
	return skep_map_put(devices_map_refused(app), &device, &never);
}

static int tell(struct devices *app)
{
	struct device device;
	uint64_t times;
	int err;

	skep_map_foreach(devices_map_refused(app), &device, &times, &err)
		printf("%u:%u was refused %llu times\n", device.major, device.minor,
		       (unsigned long long)times);
	return err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(devices) *app = NULL;
	SKEP_AUTO(skep_loop) *loop = NULL;
	SKEP_AUTO(skep_link) *link = NULL;
	int err;

	if (argc < 3) {
		fprintf(stderr, "Usage: @NAME@ CGROUP MAJOR:MINOR...\n");
		return 2;
	}
	err = devices_open(&app, NULL) || devices_load(app);
	for (char **device = argv + 2; !err && *device; device++)
		err = forbid(app, *device);
	if (err || skep_attach_cgroup(&link, devices_program_may_use(app), argv[1], NULL) ||
	    skep_loop_new(&loop, SKEP_OPTS(skep_loop_opts, .signals = true)) ||
	    skep_loop_run(loop) || tell(app))
		return skep_perror("@NAME@");
	return fflush(stdout) ? (perror("@NAME@"), 1) : 0;
}
