/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the BTF of a refused program tells: its whole name, and where its lines are. */
#include "watch_parts.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "watch_lines.h"

/* The kernel's copy, which it has checked. */
static struct btf *read_btf(int fd)
{
	struct bpf_btf_info info = { 0 };
	__u32 bytes = sizeof(info), size;
	struct btf *btf = NULL;
	void *data;

	if (fd <= 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes) || !info.btf_size)
		return NULL;
	size = info.btf_size;
	data = calloc(1, size);
	if (!data)
		return NULL;
	info = (struct bpf_btf_info){ .btf = (uintptr_t)data, .btf_size = size };
	bytes = sizeof(info);
	if (!bpf_obj_get_info_by_fd(fd, &info, &bytes))
		btf = btf__new(data, size);
	free(data);
	return btf;
}

struct btf *watch_btf_read(const struct watch_refusal *r)
{
	return read_btf((int)r->attr.prog.prog_btf_fd);
}

uint32_t watch_btf_id(const struct watch_refusal *r)
{
	struct bpf_btf_info info = { 0 };
	__u32 bytes = sizeof(info);
	int fd = (int)r->attr.prog.prog_btf_fd;

	return fd > 0 && !bpf_obj_get_info_by_fd(fd, &info, &bytes) ? info.id : 0;
}

/* bpf(2) takes 15 characters of a name: its function's is whole. */
static void name_fully(struct watch_refusal *r, const struct btf *btf)
{
	const struct watch_prog_load *load = &r->attr.prog;
	size_t n = strlen(r->name);
	const struct bpf_func_info *first = r->func_info;
	const struct btf_type *type;
	const char *name;

	if (!first || load->func_info_rec_size < sizeof(*first) || n < sizeof(load->prog_name) - 1)
		return;
	type = btf__type_by_id(btf, first->type_id);
	name = type && btf_is_func(type) ? btf__name_by_offset(btf, type->name_off) : NULL;
	/* BTF's names are identifiers; so nothing in them needs care. */
	if (name && !strncmp(name, r->name, n))
		snprintf(r->name, sizeof(r->name), "%s", name);
}

static void place_lines(struct watch_refusal *r, const struct btf *btf, char **log, size_t *bytes)
{
	const struct watch_lines lines = {
		.records = r->line_info,
		.count = r->attr.prog.line_info_cnt,
		.record_bytes = r->attr.prog.line_info_rec_size,
		.btf = btf,
	};
	char *placed = *log ? watch_lines_place(&lines, *log, bytes) : NULL;

	if (!placed)
		return;
	free(*log);
	*log = placed;
}

void watch_btf_use(struct watch_refusal *r, char **log, size_t *bytes)
{
	struct btf *btf;

	if (r->cmd != WATCH_PROG_LOAD || !r->copied)
		return;
	btf = read_btf((int)r->attr.prog.prog_btf_fd);
	if (!btf)
		return;
	name_fully(r, btf);
	place_lines(r, btf, log, bytes);
	btf__free(btf);
}
