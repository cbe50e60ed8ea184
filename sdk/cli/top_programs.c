/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every program, and what it did since the last look. */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

static int by_id(const void *key, const void *item)
{
	uint32_t id = *(const uint32_t *)key, other = ((const struct top_program *)item)->id;

	return id < other ? -1 : id > other;
}

static struct top_program *find(struct top_program *programs, size_t count, uint32_t id)
{
	return count ? bsearch(&id, programs, count, sizeof(*programs), by_id) : NULL;
}

struct top_program *top_program(const struct top *top, uint32_t id)
{
	return find(top->programs, top->program_count, id);
}

/* The kernel keeps 15 characters of a name; the program's own types have all of it. */
static void read_full_name(int fd, const struct bpf_prog_info *info, char *name, size_t room)
{
	struct bpf_prog_info ask = { 0 };
	uint32_t bytes = sizeof(ask), record[64] = { 0 };
	const struct btf_type *type;
	const char *full = NULL;
	struct btf *btf;

	if (!info->btf_id || !info->nr_func_info || info->func_info_rec_size > sizeof(record))
		return;
	ask.nr_func_info = 1;
	ask.func_info_rec_size = info->func_info_rec_size;
	ask.func_info = (uintptr_t)record;
	if (bpf_obj_get_info_by_fd(fd, &ask, &bytes))
		return;
	btf = btf__load_from_kernel_by_id(info->btf_id);
	type = btf ? btf__type_by_id(btf, record[1]) : NULL;
	if (type)
		full = btf__name_by_offset(btf, type->name_off);
	if (full && !strncmp(full, name, strlen(name)))
		snprintf(name, room, "%s", full);
	btf__free(btf);
}

static void name_program(struct top_program *p, int fd, const struct bpf_prog_info *info)
{
	snprintf(p->name, sizeof(p->name), "%.*s", BPF_OBJ_NAME_LEN, info->name);
	if (strlen(p->name) == BPF_OBJ_NAME_LEN - 1)
		read_full_name(fd, info, p->name, sizeof(p->name));
	for (size_t i = 0; i < sizeof(info->tag); i++)
		snprintf(p->tag + 2 * i, 3, "%02x", info->tag[i]);
}

static void count(struct top_program *p, const struct top_program *before)
{
	struct top_counts zero = { 0 }, was = before ? before->total : zero;

	/* They only grow; that processors are not read at one moment can show it otherwise. */
	p->since.ns = p->total.ns > was.ns ? p->total.ns - was.ns : 0;
	p->since.runs = p->total.runs > was.runs ? p->total.runs - was.runs : 0;
	p->since.misses = p->total.misses > was.misses ? p->total.misses - was.misses : 0;
}

/* 0, or -errno: -ENOENT when it went meanwhile. */
static int read_one(struct top *top, uint32_t id, struct top_program *p)
{
	struct bpf_prog_info info = { .nr_map_ids = TOP_MAPS_MOST, .map_ids = (uintptr_t)p->maps };
	const struct top_program *before = find(top->before, top->before_count, id);
	uint32_t bytes = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);
	int err;

	if (fd < 0)
		return -errno;
	err = bpf_obj_get_info_by_fd(fd, &info, &bytes) ? -errno : 0;
	if (before && before->loaded_ns != info.load_time)
		before = NULL; /* another, by the same number */
	p->id = id;
	p->type = info.type;
	p->uid = info.created_by_uid;
	p->loaded_ns = info.load_time;
	p->total = (struct top_counts){ info.run_time_ns, info.run_cnt, info.recursion_misses };
	p->misses_known = bytes >= offsetof(struct bpf_prog_info, recursion_misses) +
					   sizeof(info.recursion_misses);
	p->map_count = info.nr_map_ids < TOP_MAPS_MOST ? info.nr_map_ids : TOP_MAPS_MOST;
	if (before) {
		memcpy(p->name, before->name, sizeof(p->name));
		memcpy(p->tag, before->tag, sizeof(p->tag));
	} else if (!err) {
		name_program(p, fd, &info);
	}
	close(fd);
	/* Of the first look there is no difference. */
	if (top->interval_ns)
		count(p, before);
	return err;
}

static void keep_as_before(struct top *top)
{
	free(top->before);
	top->before = top->programs;
	top->before_count = top->program_count;
	top->programs = NULL;
	top->program_count = 0;
}

int top_read_programs(struct top *top)
{
	struct top_program *more;
	uint32_t id = 0;
	int err;

	keep_as_before(top);
	while (!bpf_prog_get_next_id(id, &id)) {
		more = top_more(top->programs, top->program_count, sizeof(*more));
		if (!more)
			return -ENOMEM;
		top->programs = more;
		memset(&more[top->program_count], 0, sizeof(*more));
		err = read_one(top, id, &more[top->program_count]);
		if (err == -EPERM || err == -EMFILE || err == -ENFILE)
			return err;
		if (err)
			continue; /* it went */
		top->program_count++;
		top->ids += id * UINT64_C(0x9e3779b97f4a7c15);
	}
	return errno == ENOENT ? 0 : -errno;
}
