/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Why the kernel did not register a struct of functions: for most it says EINVAL, and no more. */
#include "struct_ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <skep/map/struct_ops.h>

#include "base/fail.h"
#include "base/text.h"
#include "kernel/facts.h"
#include "kernel/reason.h"
#include "object/object.h"
#include "object/struct_ops.h"

#define NAME   128
#define MOST   64 /* members that the kernel's structs have */
#define RUNNER "/sys/kernel/sched_ext/root/ops"

/* Members that the kernel insists on; one of two. */
static const struct {
	const char *type;
	const char *member, * or ;
} wanted[] = {
	{ "tcp_congestion_ops", "ssthresh", NULL },
	{ "tcp_congestion_ops", "undo_cwnd", NULL },
	{ "tcp_congestion_ops", "cong_avoid", "cong_control" },
	{ "Qdisc_ops", "enqueue", NULL },
	{ "Qdisc_ops", "dequeue", NULL },
	{ "Qdisc_ops", "init", NULL },
	{ "Qdisc_ops", "reset", NULL },
	{ "Qdisc_ops", "destroy", NULL },
};

/* The member that is its name among its like. */
static const struct {
	const char *type, *member;
} names[] = {
	{ "tcp_congestion_ops", "name" },
	{ "sched_ext_ops", "name" },
	{ "Qdisc_ops", "id" },
};

/* Names of the kernel's members that programs of the object are for. */
struct filled {
	const char *names[MOST];
	size_t count;
};

static bool is_filled(const struct filled *filled, const char *member)
{
	for (size_t i = 0; member && i < filled->count; i++)
		if (!strcmp(filled->names[i], member))
			return true;
	return false;
}

/* Loading has given each program the index of its member as its attach type. */
static void list_filled(const struct skep_object *object, const struct btf *btf, int id,
			struct filled *filled)
{
	const struct btf_type *type = btf__type_by_id(btf, (__u32)id);

	filled->count = 0;
	for (size_t i = 0; i < object->program_count && filled->count < MOST; i++) {
		const struct bpf_program *prog = object->programs[i].prog;
		unsigned int member = (unsigned int)bpf_program__expected_attach_type(prog);
		struct bpf_prog_info info = { 0 };
		uint32_t bytes = sizeof(info);

		if (bpf_program__type(prog) != BPF_PROG_TYPE_STRUCT_OPS ||
		    bpf_program__fd(prog) < 0 || member >= btf_vlen(type))
			continue;
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(prog), &info, &bytes) &&
		    info.attach_btf_id && info.attach_btf_id != (__u32)id)
			continue; /* of another struct */
		filled->names[filled->count++] =
			btf__name_by_offset(btf, btf_members(type)[member].name_off);
	}
}

/* Adds the members to `text` that the kernel wants and the object has no program for. */
static void list_missing(const struct skep_object *object, const char *type, struct skep_text *text)
{
	struct filled filled;
	struct btf *btf;
	int id;

	if (skep_kernel_btf_load(&btf))
		return;
	id = skep_kernel_btf_id(btf, type, BTF_KIND_STRUCT);
	if (id > 0) {
		list_filled(object, btf, id, &filled);
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
			char both[NAME];

			if (strcmp(wanted[i].type, type) != 0 ||
			    is_filled(&filled, wanted[i].member) ||
			    is_filled(&filled, wanted[i].or))
				continue;
			snprintf(both, sizeof(both), "%s%s%s", wanted[i].member,
				 wanted[i].or ? " or " : "", wanted[i].or ? wanted[i].or : "");
			skep_text_add_name(text, both);
		}
	}
	btf__free(btf);
}

static int refuse_value(const struct skep_object *object, const char *map, const char *type)
{
	struct skep_text missing = { 0 };
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].type, type))
			name = names[i].member;
	list_missing(object, type, &missing);
	if (missing.used)
		return skep_fail_hint(
			skep_fail(EINVAL,
				  "cannot attach struct_ops '%s': it has no %s, which "
				  "the kernel wants in every struct %s",
				  map, missing.buf, type),
			"set the member to a program of SEC(\"struct_ops\")");
	skep_fail(EINVAL,
		  "cannot attach struct_ops '%s': the kernel does not take a value in this struct "
		  "%s, and does not say which",
		  map, type);
	return name ? skep_fail_hint(-EINVAL,
				     "look at `%s` first: it must be there, of letters, digits, "
				     "'_' and '.'",
				     name)
		    : -EINVAL;
}

static int refuse_busy(const struct skep_map *map, const char *type)
{
	struct skep_struct_ops_status status;
	char other[NAME];

	if (!strcmp(type, "sched_ext_ops") && !skep_kernel_read(RUNNER, other, sizeof(other)))
		return skep_fail_hint(skep_fail(EBUSY,
						"cannot attach struct_ops '%s': the scheduler '%s' "
						"runs, and there can be one",
						map->name, other),
				      "end the process that it belongs to");
	if (skep_struct_ops_status(map, &status))
		return -EBUSY; /* in words of its own */
	if (status.state == SKEP_STRUCT_OPS_IN_USE)
		return skep_fail(EBUSY, "struct_ops '%s' is attached already", map->name);
	return skep_fail_hint(
		skep_fail(EBUSY,
			  "struct_ops '%s' was attached before: without a link that can be done "
			  "once",
			  map->name),
		"open the object again, or put the struct into SEC(\".struct_ops.link\")");
}

static int refuse(const char *map, int err)
{
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_ATTACH, skep_errno_standard(err));
	char why[512] = "", hint[512] = "";

	if (refusal.code == EMFILE)
		return skep_fail_hint(skep_fail(EMFILE,
						"cannot attach struct_ops '%s': no file descriptor "
						"is free",
						map),
				      "close some, or raise the limit: `ulimit -n`");
	refusal.prog_type = BPF_PROG_TYPE_STRUCT_OPS;
	skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint));
	err = skep_fail(err, "cannot attach struct_ops '%s': %s", map,
			why[0] ? why : strerror(refusal.code));
	return hint[0] ? skep_fail_hint(err, "%s", hint) : err;
}

int skep_struct_ops_refuse(const struct skep_object *object, const struct skep_map *map, int err)
{
	char type[NAME];

	skep_struct_ops_type(object, map->name, type, sizeof(type));
	switch (err) {
	case -EINVAL:
		return refuse_value(object, map->name, type);
	case -EBUSY:
		return refuse_busy(map, type);
	case -EEXIST:
		return skep_fail_hint(
			skep_fail(EEXIST,
				  "cannot attach struct_ops '%s': another struct %s of "
				  "the same name is registered",
				  map->name, type),
			"give it another name, or take that one back: `bpftool "
			"struct_ops list` shows it");
	default:
		return refuse(map->name, err);
	}
}
