/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Every link: which program, and where. Words are made once, and again when the kernel says else. */
#include "top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/link.h>

/* What newer kernels tell of some kinds, in words of 8 bytes: libc's headers may be older. */
enum {
	RAW_HEAD = 0, /* type, id */
	RAW_PROGRAM = 1,
	RAW_MULTI_MISSED = 4,
	RAW_EVENT_TYPE = 2,
	RAW_EVENT_MISSED = 6,
	EVENT_KPROBE = 3,
	EVENT_KRETPROBE = 4,
};

/* The types of functions that programs are attached to; read at most once a look. */
struct types {
	uint32_t id;
	struct btf *btf, *base;
};

static void free_types(struct types *types)
{
	btf__free(types->btf);
	btf__free(types->base);
	*types = (struct types){ 0 };
}

/* A module's types stand on those of the kernel. */
static const struct btf *types_of(struct types *types, uint32_t id)
{
	if (types->btf && types->id == id)
		return types->btf;
	free_types(types);
	types->id = id;
	types->btf = btf__load_from_kernel_by_id(id);
	if (!types->btf) {
		types->base = btf__load_vmlinux_btf();
		types->btf = btf__load_from_kernel_by_id_split(id, types->base);
	}
	return types->btf;
}

/* As skep_link_info() says it, which reads all types anew for each link. */
static bool say_tracing(struct top_hook *hook, const struct bpf_link_info *info,
			struct types *types)
{
	const char *where = libbpf_bpf_attach_type_str(info->tracing.attach_type);
	const struct btf_type *type;
	const struct btf *btf;

	if (!info->tracing.attach_type || !info->tracing.target_btf_id || !where)
		return false;
	btf = types_of(types, info->tracing.target_obj_id);
	type = btf ? btf__type_by_id(btf, info->tracing.target_btf_id) : NULL;
	hook->kind = "tracing";
	snprintf(hook->words, sizeof(hook->words), "%s %s", where,
		 type ? btf__name_by_offset(btf, type->name_off) : "a function");
	return true;
}

static void say(struct top_hook *hook, int fd, const uint64_t *raw, struct types *types)
{
	struct skep_link_info told = { .sz = sizeof(told) };
	struct skep_link *link = NULL;
	struct bpf_link_info info;

	memcpy(&info, raw,
	       sizeof(info) < sizeof(uint64_t[18]) ? sizeof(info) : sizeof(uint64_t[18]));
	hook->kind = "unknown";
	hook->words[0] = '\0';
	if (info.type == BPF_LINK_TYPE_TRACING && say_tracing(hook, &info, types))
		return;
	if (skep_link_adopt_fd(&link, fd) || skep_link_info(link, &told)) {
		skep_link_free(link);
		return;
	}
	hook->kind = told.kind;
	snprintf(hook->words, sizeof(hook->words), "%s", told.hook[0] ? told.hook : told.kind);
	if (!strncmp(told.kind, "kprobe.multi", 12) && told.hook[0])
		snprintf(hook->words, sizeof(hook->words), "kprobes of %.200s", told.hook);
	skep_link_free(link);
}

/* Takes what changes all the time out of what is compared. */
static uint64_t take_missed(uint64_t raw[18])
{
	uint32_t type = (uint32_t)raw[RAW_HEAD], event = (uint32_t)raw[RAW_EVENT_TYPE];
	uint64_t *missed = NULL, value;

	if (type == BPF_LINK_TYPE_KPROBE_MULTI)
		missed = &raw[RAW_MULTI_MISSED];
	else if (type == BPF_LINK_TYPE_PERF_EVENT &&
		 (event == EVENT_KPROBE || event == EVENT_KRETPROBE))
		missed = &raw[RAW_EVENT_MISSED];
	if (!missed)
		return 0;
	value = *missed;
	*missed = 0;
	return value;
}

static struct top_link *find(struct top *top, uint32_t id)
{
	struct top_link *link, *more;

	for (size_t i = 0; i < top->link_count; i++)
		if (top->links[i].id == id)
			return &top->links[i];
	more = top_more(top->links, top->link_count, sizeof(*more));
	if (!more)
		return NULL;
	top->links = more;
	link = &more[top->link_count++];
	*link = (struct top_link){ .id = id };
	return link;
}

static int read_one(struct top *top, uint32_t id, struct types *types)
{
	uint64_t raw[18] = { 0 };
	uint32_t bytes = sizeof(raw);
	int fd = bpf_link_get_fd_by_id(id);
	struct top_link *link;
	uint64_t missed;

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE ? -errno : 0;
	if (bpf_obj_get_info_by_fd(fd, raw, &bytes)) {
		close(fd); /* gone, or not made whole yet */
		return 0;
	}
	link = find(top, id);
	if (!link) {
		close(fd);
		return -ENOMEM;
	}
	missed = take_missed(raw);
	if (!link->hook.kind || memcmp(link->raw, raw, sizeof(raw)))
		say(&link->hook, fd, raw, types);
	memcpy(link->raw, raw, sizeof(raw));
	link->hook.program = (uint32_t)raw[RAW_PROGRAM];
	link->hook.link = id;
	link->hook.missed = missed;
	link->seen = true;
	close(fd);
	return 0;
}

static void forget_those_that_went(struct top *top)
{
	struct top_program *program;
	size_t kept = 0;

	for (size_t i = 0; i < top->link_count; i++)
		if (top->links[i].seen)
			top->links[kept++] = top->links[i];
	top->link_count = kept;
	for (size_t i = 0; i < kept; i++) {
		program = top_program(top, top->links[i].hook.program);
		if (program)
			program->linked = true;
	}
}

int top_read_links(struct top *top)
{
	struct types types = { 0 };
	uint32_t id = 0;
	int err = 0;

	for (size_t i = 0; i < top->link_count; i++)
		top->links[i].seen = false;
	while (!err && !bpf_link_get_next_id(id, &id)) {
		err = read_one(top, id, &types);
		top->ids += id * UINT64_C(0xc2b2ae3d27d4eb4f);
	}
	free_types(&types);
	forget_those_that_went(top);
	return err; /* a kernel before 5.8 has no links */
}
