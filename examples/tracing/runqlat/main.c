/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How long tasks wait for a processor, once they are ready to run. */
#include <stdio.h>

#include <skep/hist.h>
#include <skep/tool.h>

#include "runqlat.skep.h"

#define MOST 2048 /* histograms in an interval */

static unsigned int by;
static bool milliseconds;

static const struct skep_tool_option options[] = {
	{ "by", 'b', "all|process|thread|name", "A histogram of each", .choice = &by },
	{ "milliseconds", 'm', .doc = "Not microseconds", .flag = &milliseconds },
	{ 0 },
};

/* What comes between reading a histogram and removing it is lost: some microseconds of an interval. */
static int print(struct skep_tool *tool, void *app)
{
	runqlat_waits_map waits = runqlat_map_waits(app);
	SKEP_PERCPU_VIEW(struct skep_hist) view;
	struct skep_hist hist;
	struct who who;
	char name[32];
	int err;

	skep_percpu_foreach(waits, &who, &view, &err)
	{
		snprintf(name, sizeof(name), who.id ? "%.15s %u" : "%.15s", who.comm, who.id);
		if (skep_hist_get(&hist, waits.map, &who) || skep_percpu_del(waits, &who) ||
		    skep_tool_hist(tool, who.comm[0] ? name : NULL, &hist,
				   milliseconds ? "ms" : "us"))
			return -skep_error_last()->code;
	}
	return err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(runqlat) *app = NULL;
	int status;

	if (skep_tool_new(
		    &tool, argc, argv,
		    SKEP_OPTS(skep_tool_opts,
			      .doc = "Print histograms of how long tasks wait for a processor.",
			      .takes = SKEP_TOOL_TAKES_PID | SKEP_TOOL_TAKES_COMM |
				       SKEP_TOOL_TAKES_INTERVAL,
			      .options = options)) ||
	    runqlat_open(&app, NULL) || runqlat_resize_waits(app, by == BY_ALL ? 1 : MOST))
		return skep_perror(skep_tool_name(tool));
	runqlat_consts(app)->filter = *skep_tool_filter(tool);
	runqlat_consts(app)->by = by;
	runqlat_consts(app)->unit_ns = milliseconds ? 1000000 : 1000;
	skep_tool_every(tool, print, app);
	if (runqlat_load(app) || runqlat_attach(app))
		return skep_perror(skep_tool_name(tool));
	status = skep_tool_run(tool, runqlat_object(app));
	if (runqlat_bss(app)->not_counted)
		fprintf(stderr, "%s: %llu waits not counted: more than %u histograms\n",
			skep_tool_name(tool), (unsigned long long)runqlat_bss(app)->not_counted,
			MOST);
	return status;
}
