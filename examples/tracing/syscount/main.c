/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which system calls are made, or who makes them: how many, how many fail, and how long they take. */
#include <stdlib.h>
#include <string.h>

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
	struct syscount__what what;
	uint64_t numbers[3]; /* of the columns */
} rows[16384 + 1];

static int by_size(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by = latency ? 2 : 0;

	return (x->numbers[by] < y->numbers[by]) - (x->numbers[by] > y->numbers[by]);
}

static int print_row(struct skep_tool *tool, const struct row *row)
{
	int call = (int)row->what.id - 1;
	char *name = processes ? strndup(row->what.comm, SKEP_COMM_BYTES)
			       : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);

	if (processes)
		skep_tool_uint(tool, row->what.id);
	if (name)
		skep_tool_string(tool, name);
	else
		skep_tool_format(tool, "call %d", call);
	free(name);
	for (int i = 0; i < (latency ? 3 : 2); i++)
		skep_tool_uint(tool, row->numbers[i]);
	return skep_tool_row_end(tool);
}

/*
 * Both maps are read alike: a call's key is a number, as that of a process begins. Calls are counted on
 * and on. A process is removed: what comes between that and reading it is lost.
 */
static int print(struct skep_tool *tool, void *app)
{
	SKEP_PERCPU_MAP(struct syscount__what, struct syscount__calls) counts;
	SKEP_PERCPU_VIEW(struct syscount__calls) view;
	static uint64_t before[1025][3];
	struct row *row = rows;
	int err;

	counts.map = processes ? syscount_map_by_process(app).map : syscount_map_by_call(app).map;
	skep_percpu_foreach(counts, &row->what, &view, &err)
	{
		row->numbers[0] = skep_percpu_sum_of(view, count);
		row->numbers[1] = skep_percpu_sum_of(view, failed);
		row->numbers[2] = skep_percpu_sum_of(view, ns);
		for (int i = 0; i < 3 && !processes; i++)
			before[row->what.id][i] += row->numbers[i] -= before[row->what.id][i];
		if (!row->numbers[0] && !row->numbers[1] && !row->numbers[2])
			continue;
		err = processes ? skep_percpu_del(counts, &row->what) : 0;
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
	columns[4].name = latency ? "total" : NULL;
	syscount_consts(app)->filter = *skep_tool_filter(tool);
	syscount_consts(app)->processes = processes;
	syscount_consts(app)->with_latency = latency;
	skep_tool_every(tool, print, app);
	/* To make room for so many processes takes the kernel longer than all the rest. */
	if (skep_tool_columns(tool, processes ? columns : columns + 1) ||
	    (!processes && skep_object_resize(syscount_object(app), "by_process", 1)) ||
	    syscount_load(app) || syscount_attach(app))
		return skep_perror(skep_tool_name(tool));
	return skep_tool_run(tool, syscount_object(app));
}
