/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks without links: programs of control groups, network namespaces, socket maps, struct_ops. */
#include "top.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define PROGRAMS_MOST 64 /* at one hook: the kernel's limit */
#define VALUE_MOST    8192

/* Which hooks of control groups a program's type can be at; up to Linux 6.7, whose numbers are 51+. */
static const struct {
	enum bpf_prog_type type;
	int hooks[20]; /* ended by -1 */
} cgroup_hooks[] = {
	{ BPF_PROG_TYPE_CGROUP_SKB, { BPF_CGROUP_INET_INGRESS, BPF_CGROUP_INET_EGRESS, -1 } },
	{ BPF_PROG_TYPE_CGROUP_SOCK,
	  { BPF_CGROUP_INET_SOCK_CREATE, BPF_CGROUP_INET_SOCK_RELEASE, BPF_CGROUP_INET4_POST_BIND,
	    BPF_CGROUP_INET6_POST_BIND, -1 } },
	{ BPF_PROG_TYPE_SOCK_OPS, { BPF_CGROUP_SOCK_OPS, -1 } },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, { BPF_CGROUP_DEVICE, -1 } },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, { BPF_CGROUP_SYSCTL, -1 } },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, { BPF_CGROUP_GETSOCKOPT, BPF_CGROUP_SETSOCKOPT, -1 } },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  { BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_BIND, BPF_CGROUP_INET4_CONNECT,
	    BPF_CGROUP_INET6_CONNECT, BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG,
	    BPF_CGROUP_UDP4_RECVMSG, BPF_CGROUP_UDP6_RECVMSG, BPF_CGROUP_INET4_GETPEERNAME,
	    BPF_CGROUP_INET6_GETPEERNAME, BPF_CGROUP_INET4_GETSOCKNAME,
	    BPF_CGROUP_INET6_GETSOCKNAME, 51, 52, 53, 54, 55, -1 } },
};

/* Programs that are there by a link have their words from it. */
static bool has_link(const struct top *top, uint32_t id)
{
	const struct top_program *program = top_program(top, id);

	return !program || program->linked;
}

static void find_unhooked(struct top *top)
{
	top->unhooked = 0;
	for (size_t i = 0; i < top->program_count; i++)
		if (!top->programs[i].linked && top->programs[i].type < 64)
			top->unhooked |= UINT64_C(1) << top->programs[i].type;
}

bool top_has_unhooked(const struct top *top, uint32_t type)
{
	return type < 64 && top->unhooked >> type & 1;
}

/* What is at one hook of something that is open. */
static int ask(struct top *top, int fd, int hook, const char *kind, const char *where)
{
	const char *words = libbpf_bpf_attach_type_str((enum bpf_attach_type)hook);
	struct top_hook found = { .kind = kind };
	uint32_t ids[PROGRAMS_MOST], flags = 0, count = PROGRAMS_MOST;
	char number[24];
	int err = 0;

	if (bpf_prog_query(fd, (enum bpf_attach_type)hook, 0, &flags, ids, &count))
		return 0;
	snprintf(number, sizeof(number), "hook %d", hook);
	snprintf(found.words, sizeof(found.words), "%.180s, %s", where, words ? words : number);
	for (uint32_t i = 0; !err && i < count && i < PROGRAMS_MOST; i++) {
		found.program = ids[i];
		if (!has_link(top, ids[i]))
			err = top_add_hook(top, &found);
	}
	return err;
}

static int look_at_cgroup(struct top *top, const char *path, bool is_folder)
{
	char where[200];
	int fd, err = 0;

	if (!is_folder)
		return 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	snprintf(where, sizeof(where), "cgroup %.180s", path);
	for (size_t i = 0; i < sizeof(cgroup_hooks) / sizeof(cgroup_hooks[0]); i++)
		if (top_has_unhooked(top, cgroup_hooks[i].type))
			for (const int *hook = cgroup_hooks[i].hooks; !err && *hook >= 0; hook++)
				err = ask(top, fd, *hook, "cgroup", where);
	close(fd);
	return err;
}

static int look_at_cgroups(struct top *top, const char *path)
{
	return top_walk(top, path, look_at_cgroup);
}

static int read_cgroups(struct top *top)
{
	for (size_t i = 0; i < sizeof(cgroup_hooks) / sizeof(cgroup_hooks[0]); i++)
		if (top_has_unhooked(top, cgroup_hooks[i].type))
			return top_each_mount(top, "cgroup2", look_at_cgroups);
	return 0;
}

static int read_netns(struct top *top)
{
	int fd, err;

	if (!top_has_unhooked(top, BPF_PROG_TYPE_FLOW_DISSECTOR))
		return 0;
	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	err = ask(top, fd, BPF_FLOW_DISSECTOR, "network namespace", "this network namespace");
	close(fd);
	return err;
}

/* --- maps that programs hang on --- */

static int read_socket_map(struct top *top, int fd, const struct bpf_map_info *info)
{
	static const int hooks[] = { BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT,
				     BPF_SK_SKB_VERDICT, BPF_SK_MSG_VERDICT };
	char where[64];
	int err = 0;

	snprintf(where, sizeof(where), "socket map %s (%u)", info->name, info->id);
	for (size_t i = 0; !err && i < sizeof(hooks) / sizeof(hooks[0]); i++)
		err = ask(top, fd, hooks[i], "socket map", where);
	return err;
}

/* Where a function of the kernel's struct is a program, the kernel shows the program's id. */
static int read_struct_ops(struct top *top, int fd, const struct bpf_map_info *info)
{
	uint64_t value[VALUE_MOST / sizeof(uint64_t)] = { 0 };
	struct top_hook hook = { .kind = "struct_ops" };
	const struct top_program *program;
	uint32_t zero = 0;
	int err = 0;

	if (info->value_size > sizeof(value) || bpf_map_lookup_elem(fd, &zero, value))
		return 0;
	snprintf(hook.words, sizeof(hook.words), "struct_ops %s (map %u)", info->name, info->id);
	/* The first words are the kernel's own: references and state. */
	for (size_t i = 1; !err && i < info->value_size / sizeof(value[0]); i++) {
		program = value[i] && value[i] <= INT32_MAX ? top_program(top, (uint32_t)value[i])
							    : NULL;
		hook.program = (uint32_t)value[i];
		if (program && program->type == BPF_PROG_TYPE_STRUCT_OPS)
			err = top_add_hook(top, &hook);
	}
	return err;
}

static int look_at_map(struct top *top, uint32_t id)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);
	int err = 0;

	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		err = 0;
	else if (info.type == BPF_MAP_TYPE_STRUCT_OPS)
		err = read_struct_ops(top, fd, &info);
	else if (info.type == BPF_MAP_TYPE_SOCKMAP || info.type == BPF_MAP_TYPE_SOCKHASH)
		err = read_socket_map(top, fd, &info);
	close(fd);
	return err;
}

/* Only those that somebody has open, or a link: others are not opened to see what they are. */
static int read_maps(struct top *top)
{
	bool ops = top_has_unhooked(top, BPF_PROG_TYPE_STRUCT_OPS);
	bool sockets = top_has_unhooked(top, BPF_PROG_TYPE_SK_SKB) ||
		       top_has_unhooked(top, BPF_PROG_TYPE_SK_MSG);
	uint32_t last = 0;
	int err = 0;

	for (size_t i = 0; !err && i < top->holder_count; i++) {
		const struct top_holder *h = &top->holders[i];
		bool fits = (ops && h->map_type == BPF_MAP_TYPE_STRUCT_OPS) ||
			    (sockets && (h->map_type == BPF_MAP_TYPE_SOCKMAP ||
					 h->map_type == BPF_MAP_TYPE_SOCKHASH));

		if (h->kind != TOP_MAP || h->id == last || !fits)
			continue;
		last = h->id;
		err = look_at_map(top, h->id);
	}
	/* Their maps are the third word of what the kernel tells of such links. */
	for (size_t i = 0; ops && !err && i < top->link_count; i++) {
		const struct top_link *l = &top->links[i];
		size_t held;

		if ((uint32_t)l->raw[0] != BPF_LINK_TYPE_STRUCT_OPS || !(uint32_t)l->raw[2])
			continue;
		top_holders(top, TOP_MAP, (uint32_t)l->raw[2], &held);
		if (!held)
			err = look_at_map(top, (uint32_t)l->raw[2]);
	}
	return err;
}

int top_read_hooks(struct top *top)
{
	int err;

	find_unhooked(top);
	err = read_cgroups(top);
	if (!err)
		err = read_netns(top);
	if (!err)
		err = read_maps(top);
	return err ? err : top_read_net(top);
}
