/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "map.h"

#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

static struct bpf_object *object;
static int program = -1;

void open_walk(const char *path)
{
	object = bpf_object__open(path);
	if (!object ||
	    bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "walked_map"), ENTRIES) ||
	    bpf_object__load(object))
		fail("cannot load the program that walks");
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "walk"));
}

int walk_fd(void)
{
	return bpf_object__find_map_fd_by_name(object, "walked_map");
}

struct walk_result walk(void)
{
	struct walk_result result = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &result, .ctx_size_in = sizeof(result));

	if (bpf_prog_test_run_opts(program, &opts))
		fail("walk");
	return result;
}

void close_walk(void)
{
	bpf_object__close(object);
}
