/* SPDX-License-Identifier: 0BSD */
#include "monitor.h"

#include <stdlib.h>

#include <skep/skep.h>

#include "calls.skep.h"

struct monitor {
	struct calls *app;
};

int monitor_start(struct monitor **out, pid_t pid)
{
	SKEP_AUTO(calls) *app = NULL;
	struct monitor *monitor;
	int err = calls_open(&app, NULL);

	if (err)
		return err;
	calls_consts(app)->pid = (uint32_t)pid;
	err = calls_load(app);
	if (!err)
		err = calls_attach(app);
	if (err)
		return err;
	monitor = calloc(1, sizeof(*monitor));
	if (!monitor)
		return skep_error_set(ENOMEM, NULL, "no memory for a monitor");
	monitor->app = SKEP_TAKE(app);
	*out = monitor;
	return 0;
}

uint64_t monitor_calls(const struct monitor *monitor, unsigned int number)
{
	return number < CALLS_MOST ? calls_bss(monitor->app)->calls[number] : 0;
}

void monitor_stop(struct monitor *monitor)
{
	if (monitor)
		calls_free(monitor->app);
	free(monitor);
}

const char *monitor_why(void)
{
	const struct skep_error *error = skep_error_last();

	return error ? error->message : "";
}
