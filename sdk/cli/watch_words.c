/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* In words: what was refused where the kernel wrote no log about it. */
#include "watch_parts.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const char *or_number(const char *name, char number[32], const char *what, uint32_t of)
{
	snprintf(number, 32, "%s %u", what, of);
	return name ? name : number;
}

static void quote(const char *name, char quoted[WATCH_NAME_MOST + 4])
{
	snprintf(quoted, WATCH_NAME_MOST + 4, *name ? " '%.127s'" : "%s", name);
}

static void describe_program(const struct watch_refusal *r, const char *name, char *text,
			     size_t room)
{
	const struct watch_prog_load *load = &r->attr.prog;
	char number[32];

	snprintf(text, room, "program%s (%s, %u instruction%s)", name,
		 or_number(libbpf_bpf_prog_type_str((enum bpf_prog_type)load->prog_type), number,
			   "type", load->prog_type),
		 load->insn_cnt, load->insn_cnt == 1 ? "" : "s");
}

static void describe_map(const struct watch_refusal *r, const char *name, char *text, size_t room)
{
	const struct watch_map_create *map = &r->attr.map;
	char number[32];

	snprintf(text, room, "map%s (%s, keys of %u bytes, values of %u, %u entries)", name,
		 or_number(libbpf_bpf_map_type_str((enum bpf_map_type)map->map_type), number,
			   "type", map->map_type),
		 map->key_size, map->value_size, map->max_entries);
}

void watch_describe(const struct watch_refusal *r, char *text, size_t room)
{
	char name[WATCH_NAME_MOST + 4], number[32];
	uint32_t type = r->attr.link.attach_type;

	quote(r->name, name);
	switch (r->cmd) {
	case WATCH_PROG_LOAD:
		describe_program(r, name, text, room);
		return;
	case WATCH_MAP_CREATE:
		describe_map(r, name, text, room);
		return;
	case WATCH_BTF_LOAD:
		snprintf(text, room, "BTF of %u bytes", r->attr.btf.btf_size);
		return;
	case WATCH_RAW_TRACEPOINT_OPEN:
		snprintf(text, room, "attaching of program%s to %s%s", name,
			 *r->target ? "raw tracepoint " : "its BTF's hook", r->target);
		return;
	case WATCH_PROG_ATTACH:
	case WATCH_LINK_CREATE:
		snprintf(text, room, "attaching of program%s to %s", name,
			 or_number(libbpf_bpf_attach_type_str((enum bpf_attach_type)type), number,
				   "attach type", type));
		return;
	}
}

static const char *hint_for_permission(const struct watch_refusal *r, bool forbidden_to_us)
{
	if (geteuid())
		return "loading BPF needs CAP_BPF, and mostly CAP_PERFMON or CAP_NET_ADMIN: "
		       "`sudo skep explain -- COMMAND`";
	if (forbidden_to_us)
		return "this kernel forbids it to root too, by lockdown or another policy: `skep "
		       "doctor` looks";
	if (r->uid)
		return "the command gave up being root; loading BPF needs CAP_BPF, and mostly "
		       "CAP_PERFMON or CAP_NET_ADMIN";
	return "the command gave up capabilities, or the kernel forbids it to root too: `skep "
	       "doctor` looks";
}

static bool is_attaching(const struct watch_refusal *r)
{
	return r->cmd == WATCH_LINK_CREATE || r->cmd == WATCH_PROG_ATTACH ||
	       r->cmd == WATCH_RAW_TRACEPOINT_OPEN;
}

const char *watch_hint(const struct watch_refusal *r, bool forbidden_to_us)
{
	switch (r->error) {
	case EACCES:
		if (r->cmd == WATCH_PROG_LOAD)
			return "the verifier refused it, and skep could not ask again: let the "
			       "command ask for a log, at log_level 1";
		return hint_for_permission(r, forbidden_to_us);
	case EPERM:
		return hint_for_permission(r, forbidden_to_us);
	case ENOMEM:
		return "before Linux 5.11 maps and programs count as locked memory: `ulimit -l "
		       "unlimited`; else the map is too large for this machine";
	case E2BIG:
		if (r->cmd == WATCH_PROG_LOAD)
			return "a program has 1 to 1000000 instructions, and 4096 where it is loaded "
			       "without privileges; or its loader is newer than this kernel";
		return "it has more entries than its type may have, or its loader is newer than "
		       "this kernel";
	case ENOENT:
		return is_attaching(r)
			       ? "this kernel has no such hook, or it is in a module that is "
				 "not loaded"
			       : NULL;
	case EINVAL:
		if (is_attaching(r))
			return "the program's type does not fit this hook, or the hook is not there";
		return "the kernel does not know this type, flag or hook, or its sizes do not fit "
		       "the type: `skep doctor` tells what this kernel can do";
	case EBADF:
		return "one of the maps, BTF or programs that it names is none, or is closed";
	default:
		return NULL;
	}
}
