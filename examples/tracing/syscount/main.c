/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which system calls are made, or who makes them: how many, how many fail, and how long they take. */
#include <stdlib.h>

#include <seccomp.h>
#include <skep/tool.h>

#include "syscount.skep.h"

static bool processes, latency;
static uint64_t top = 10;

static struct skep_tool_column columns[] = {
	{ "pid", .width = 7 },
	{ "name", .kind = SKEP_TOOL_TEXT, .width = 20 },
	{ "count", .kind = SKEP_TOOL_COUNT, .width = 10 },
	{ "failed", .kind = SKEP_TOOL_COUNT, .width = 10 },
	{ "total", .kind = SKEP_TOOL_DURATION },
	{ 0 },
};

static const struct skep_tool_option options[] = {
	{ "processes", 'P', .doc = "By process, not by call", .flag = &processes },
	{ "latency", 'L', .doc = "Also how long they take, the largest sum first",
	  .flag = &latency },
	{ "top", 't', "N", "So many rows; 0: all", .number = &top },
	{ 0 },
};

static struct row {
	struct what what;
	uint64_t numbers[3]; /* of the columns */
} rows[16384 + 1];

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = ((const struct row *)a)->numbers, *y = ((const struct row *)b)->numbers;
	int by = latency ? 2 : 0;

	return (x[by] < y[by]) - (x[by] > y[by]);
}

static int print_row(struct skep_tool *tool, const struct row *row)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, row->what.id);

	if (processes)
		skep_tool_uint(tool, (uint32_t)row->what.id);
	if (processes)
		skep_tool_text(tool, row->what.comm, sizeof(row->what.comm));
	else if (name)
		skep_tool_string(tool, name);
	else
		skep_tool_format(tool, "call %d", row->what.id);
	free(name);
	for (int i = 0; i < (latency ? 3 : 2); i++)
		skep_tool_uint(tool, row->numbers[i]);
	return skep_tool_row_end(tool);
}

/* What comes between reading a count and removing it is lost: some microseconds of an interval. */
static int print(struct skep_tool *tool, void *app)
{
	syscount_counts_map counts = syscount_map_counts(app);
	SKEP_PERCPU_VIEW(struct calls) view;
	struct row *row = rows;
	int err;

	skep_percpu_foreach(counts, &row->what, &view, &err)
	{
		row->numbers[0] = skep_percpu_sum_of(view, count);
		row->numbers[1] = skep_percpu_sum_of(view, failed);
		row->numbers[2] = skep_percpu_sum_of(view, ns);
		err = skep_percpu_del(counts, &row->what);
		if (err || ++row == rows + 16384)
			break;
	}
	qsort(rows, (size_t)(row - rows), sizeof(*rows), by_size);
	for (const struct row *r = rows; r < row && (!top || r < rows + top) && !err; r++)
		err = print_row(tool, r);
	return err;
}

int main(int argc, char **argv)
{
	SKEP_AUTO(skep_tool) *tool = NULL;
	SKEP_AUTO(syscount) *app = NULL;

	if (skep_tool_new(&tool, argc, argv,
			  SKEP_OPTS(skep_tool_opts,
				    .doc = "Count system calls, by call or by process.",
				    .takes = SKEP_TOOL_TAKES_FILTER | SKEP_TOOL_TAKES_INTERVAL,
				    .options = options)) ||
	    syscount_open(&app, NULL))
		return skep_perror(skep_tool_name(tool));
	if (!latency)
		columns[4].name = NULL;
	syscount_consts(app)->filter = *skep_tool_filter(tool);
	syscount_consts(app)->by_process = processes;
	syscount_consts(app)->with_latency = latency;
	skep_tool_every(tool, print, app);
	if (skep_tool_columns(tool, processes ? columns : columns + 1) || syscount_load(app) ||
	    syscount_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, syscount_object(app));
}
