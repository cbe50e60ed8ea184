/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Why a struct of functions could not be loaded: libbpf says it, but not what to do. */
#include "struct_ops.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/fail.h"
#include "kernel/facts.h"
#include "kernel/rules.h"
#include "object.h"

#define NAME 128

/* Structs whose absence has a known cause. */
static const struct {
	const char *name;
	const char *config;
	const char *since; /* in since.tsv */
} known[] = {
	{ "sched_ext_ops", "CONFIG_SCHED_CLASS_EXT", "sched_ext" },
	{ "Qdisc_ops", "CONFIG_NET_SCH_BPF", "qdiscs as programs" },
	{ "hid_bpf_ops", "CONFIG_HID_BPF", "HID devices as programs" },
};

void skep_struct_ops_type(const struct skep_object *object, const char *map, char *name,
			  size_t size)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	__s32 id = btf ? btf__find_by_name_kind(btf, map, BTF_KIND_VAR) : -ENOENT;
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	const char *text = NULL;

	if (type)
		id = btf__resolve_type(btf, type->type);
	type = type && id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	if (type && btf_is_struct(type))
		text = btf__name_by_offset(btf, type->name_off);
	snprintf(name, size, "%s", text ? text : "");
	text = strstr(name, "___"); /* a flavour of ours: the kernel does not have it */
	if (text && text != name)
		name[text - name] = '\0';
}

/* The members of the kernel's struct, or, without one, the structs that programs can be. */
static void find_nearest(struct skep_nearest *nearest, const char *type)
{
	const size_t prefix = strlen(SKEP_STRUCT_OPS_PREFIX);
	const struct btf_type *of;
	struct btf *btf;

	if (skep_kernel_btf_load(&btf))
		return;
	of = type ? btf__type_by_id(btf, (__u32)skep_kernel_btf_id(btf, type, BTF_KIND_STRUCT))
		  : NULL;
	for (unsigned short i = 0; of && btf_is_struct(of) && i < btf_vlen(of); i++)
		skep_kernel_nearest_offer(nearest,
					  btf__name_by_offset(btf, btf_members(of)[i].name_off));
	for (__u32 id = 1; !type && id < btf__type_cnt(btf); id++) {
		const struct btf_type *each = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, each->name_off);

		if (btf_is_struct(each) && !strncmp(name, SKEP_STRUCT_OPS_PREFIX, prefix))
			skep_kernel_nearest_offer(nearest, name + prefix);
	}
	btf__free(btf);
}

/* Adds "did you mean ...?", or else `instead`, to the failure that was just recorded. */
static int advise_nearest(int err, const char *target, const char *type, const char *instead)
{
	struct skep_nearest nearest;
	char names[320];

	skep_kernel_nearest_start(&nearest, target);
	find_nearest(&nearest, type);
	if (skep_kernel_nearest_text(&nearest, names, sizeof(names))[0])
		return skep_fail_hint(err, "did you mean %s?", names);
	return skep_fail_hint(err, "%s", instead);
}

static int refuse_member(const struct skep_object *object, const char *map, const char *member)
{
	char type[NAME];

	skep_struct_ops_type(object, map, type, sizeof(type));
	skep_fail(EOPNOTSUPP,
		  "cannot load struct_ops '%s': this kernel's struct %s has no member '%s'", map,
		  type, member);
	return advise_nearest(-EOPNOTSUPP, member, type,
			      "leave the member out of the struct on this kernel");
}

static int refuse_struct(const char *name)
{
	uint32_t since = 0, running = skep_kernel_version();
	char needed[16], have[16];

	if (!strncmp(name, SKEP_STRUCT_OPS_PREFIX, strlen(SKEP_STRUCT_OPS_PREFIX)))
		name += strlen(SKEP_STRUCT_OPS_PREFIX);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, name) != 0)
			continue;
		since = skep_kernel_since(known[i].since);
		if (running && running < since)
			return skep_fail_hint(
				skep_fail(EOPNOTSUPP,
					  "cannot load struct %s: it came with Linux %s; this is "
					  "%s",
					  name,
					  skep_kernel_version_text(since, needed, sizeof(needed)),
					  skep_kernel_version_text(running, have, sizeof(have))),
				"run it on Linux %s or newer", needed);
		if (skep_kernel_config(known[i].config) == SKEP_CONFIG_OFF)
			return skep_fail_hint(
				skep_fail(EOPNOTSUPP,
					  "cannot load struct %s: this kernel does not have it "
					  "(%s is not set)",
					  name, known[i].config),
				"run it on a kernel with %s", known[i].config);
	}
	skep_fail(EOPNOTSUPP, "cannot load struct %s: this kernel lets programs be no such thing",
		  name);
	return advise_nearest(-EOPNOTSUPP, name, NULL, "run it on a kernel that has it");
}

/* A kernel without links for structs does not take their flag. */
static int refuse_link(const struct skep_object *object, const struct skep_capture *said)
{
	uint32_t since = skep_kernel_since("struct_ops links"), running = skep_kernel_version();
	char map[NAME], needed[16], have[16];
	const struct skep_map *found;

	if (!skep_capture_name(said, "map '", "': failed to create", map, sizeof(map)))
		return 0;
	found = skep_object_map(object, map);
	if (!found || found->type != BPF_MAP_TYPE_STRUCT_OPS ||
	    !(found->flags & SKEP_STRUCT_OPS_LINK) || running >= since)
		return 0;
	return skep_fail_hint(
		skep_fail(EOPNOTSUPP,
			  "cannot load struct_ops '%s': links for structs came with Linux %s; this "
			  "is %s",
			  map, skep_kernel_version_text(since, needed, sizeof(needed)),
			  skep_kernel_version_text(running, have, sizeof(have))),
		"put it into SEC(\".struct_ops\"): then it stays registered when the process is "
		"killed");
}

/* What stands between two texts, on one line of what libbpf said. */
static bool between(const struct skep_capture *said, const char *before, const char *after,
		    char *name, size_t size)
{
	const char *at = said->text ? strstr(said->text, before) : NULL;
	const char *end;

	if (!at)
		return false;
	at += strlen(before);
	end = strstr(at, after);
	if (!end || end - at > (ptrdiff_t)strcspn(at, "\n"))
		return false;
	snprintf(name, size, "%.*s", (int)(end - at), at);
	return true;
}

/* Functions are looked for before structs: where the kernel has not even the struct, that says more. */
static int refuse_function(const struct skep_object *object)
{
	char type[NAME] = "";
	bool missing = false;
	struct btf *btf;

	if (skep_kernel_btf_load(&btf))
		return 0;
	for (size_t i = 0; i < object->map_count && !missing; i++) {
		const struct skep_map *map = &object->maps[i];

		if (map->type != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		skep_struct_ops_type(object, map->name, type, sizeof(type));
		missing = type[0] && skep_kernel_btf_id(btf, type, BTF_KIND_STRUCT) <= 0;
	}
	btf__free(btf);
	return missing ? refuse_struct(type) : 0;
}

int skep_struct_ops_explain(const struct skep_object *object, int err,
			    const struct skep_capture *said)
{
	static const char begin[] = "struct_ops init_kern ";
	static const struct {
		const char *before, *after;
	} types[] = {
		{ ": Unmatched member type ", " " },
		{ ": Error in size of member ", ":" },
		{ ": bitfield ", " is not supported" },
		{ ": kernel member ", " is not a func ptr" },
	};
	char map[NAME], name[NAME];

	if (err == -EPERM)
		return 0;
	if (between(said, "struct_ops init_kern: struct ", " is not found in kernel BTF", name,
		    sizeof(name)))
		return refuse_struct(name);
	if (between(said, "extern (func ksym) '", "': not found in kernel", name, sizeof(name)) &&
	    refuse_function(object))
		return -EOPNOTSUPP;
	if (between(said, begin, ": Cannot find member ", map, sizeof(map)) &&
	    between(said, ": Cannot find member ", " in kernel BTF", name, sizeof(name)))
		return refuse_member(object, map, name);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (between(said, begin, types[i].before, map, sizeof(map)) &&
		    between(said, types[i].before, types[i].after, name, sizeof(name)))
			return skep_fail_hint(
				skep_fail(EPROTOTYPE,
					  "cannot load struct_ops '%s': member '%s' is of another "
					  "type than in this kernel's struct",
					  map, name),
				"declare it as this kernel's BTF has it");
	return refuse_link(object, said);
}
