/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What an object needs as a whole: maps, the kernel's types, capabilities. */
#include "needs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#include "kernel/reason.h"
#include "kernel/types.h"

static void add_map(struct skep_needs_look *look, const struct skep_map *map)
{
	const struct skep_since *row = skep_kernel_since_number(SKEP_SINCE_MAP, (int)map->type);
	struct skep_refusal refusal = SKEP_REFUSAL(SKEP_REQUEST_MAP, EINVAL);
	struct skep_code at;
	struct skep_need *need;
	char name[32], why[512], hint[512];

	if (!bpf_map__autocreate(map->map))
		return;
	snprintf(name, sizeof(name), "map type %u", map->type);
	look->first = look->needs->count; /* each map has a row of its own */
	need = skep_needs_add(look, SKEP_NEED_MAP_TYPE, row ? row->name : name,
			      skep_needs_find_map(look, map->name, &at) ? &at : NULL);
	if (!need)
		return;
	need->map = skep_arena_copy(&look->needs->arena, skep_span_of(map->name));
	need->answer = skep_kernel_has_number(SKEP_SINCE_MAP, (int)map->type);
	refusal.map_type = (int)map->type;
	if (need->answer == SKEP_NO &&
	    skep_kernel_reason(&refusal, why, sizeof(why), hint, sizeof(hint)))
		skep_needs_say(look, need, why, hint);
}

static void add_capability(struct skep_needs_look *look, const char *name)
{
	struct skep_need *need = skep_needs_add(look, SKEP_NEED_CAPABILITY, name, NULL);

	if (!need)
		return;
	need->since = 0;
	need->answer = skep_kernel_has_capability(name);
	/* CAP_SYS_ADMIN is CAP_BPF and CAP_PERFMON too, and not CAP_NET_ADMIN. */
	if (need->answer == SKEP_NO && strcmp(name, "cap_net_admin") != 0)
		need->answer = skep_kernel_has_capability("cap_sys_admin");
	if (need->answer == SKEP_NO)
		skep_needs_say(look, need, "this process does not have it",
			       "run it with sudo, or grant the capability");
}

static bool is_tracing(enum bpf_prog_type type)
{
	return type == BPF_PROG_TYPE_KPROBE || type == BPF_PROG_TYPE_TRACEPOINT ||
	       type == BPF_PROG_TYPE_PERF_EVENT || type == BPF_PROG_TYPE_RAW_TRACEPOINT ||
	       type == BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE || type == BPF_PROG_TYPE_TRACING ||
	       type == BPF_PROG_TYPE_LSM || type == BPF_PROG_TYPE_STRUCT_OPS ||
	       type == BPF_PROG_TYPE_EXT;
}

/* As the kernel's own bpf_prog_load() and bpf_map_create() sort them. */
static bool is_network(enum bpf_prog_type type)
{
	return type == BPF_PROG_TYPE_EXT ||
	       (!is_tracing(type) && type != BPF_PROG_TYPE_SOCKET_FILTER &&
		type != BPF_PROG_TYPE_SK_REUSEPORT && type != BPF_PROG_TYPE_SYSCALL &&
		type != BPF_PROG_TYPE_LIRC_MODE2);
}

static bool is_network_map(uint32_t type)
{
	return type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH ||
	       type == BPF_MAP_TYPE_SOCKMAP || type == BPF_MAP_TYPE_SOCKHASH ||
	       type == BPF_MAP_TYPE_XSKMAP;
}

static void add_capabilities(struct skep_needs_look *look)
{
	const struct skep_object *o = look->object;
	bool tracing = false, network = false;

	for (size_t i = 0; i < o->program_count; i++) {
		enum bpf_prog_type type = bpf_program__type(o->programs[i].prog);

		if (!bpf_program__autoload(o->programs[i].prog))
			continue;
		tracing = tracing || is_tracing(type);
		network = network || is_network(type);
	}
	for (size_t i = 0; i < o->map_count; i++)
		network = network || is_network_map(o->maps[i].type);
	look->first = look->needs->count;
	if (skep_kernel_version() && skep_kernel_version() < skep_kernel_since("CAP_BPF")) {
		add_capability(look, "cap_sys_admin");
		return;
	}
	add_capability(look, "cap_bpf");
	if (tracing)
		add_capability(look, "cap_perfmon");
	if (network)
		add_capability(look, "cap_net_admin");
}

static void add_btf(struct skep_needs_look *look)
{
	const struct skep_finding *finding;
	struct skep_need *need;

	if (!skep_needs_uses_core(look))
		return;
	look->first = look->needs->count;
	need = skep_needs_add(look, SKEP_NEED_BTF, "kernel BTF", NULL);
	if (!need)
		return;
	finding = skep_kernel_finding(SKEP_CAN_BTF);
	need->answer = look->kernel ? SKEP_YES : finding->answer;
	if (need->answer != SKEP_YES)
		skep_needs_say(look, need, finding->why, finding->remedy);
}

/* The kernel makes a type bpf_struct_ops_X for each X that it lets programs be. */
static void add_struct(struct skep_needs_look *look, const struct btf_type *type)
{
	const char *name = type ? btf__name_by_offset(look->local, type->name_off) : NULL;
	const char *flavour = name ? strstr(name, "___") : NULL;
	char plain[128], kernel[160];
	struct skep_need *need;

	if (!name || !name[0])
		return;
	snprintf(plain, sizeof(plain), "%.*s", flavour ? (int)(flavour - name) : (int)strlen(name),
		 name);
	snprintf(kernel, sizeof(kernel), "bpf_struct_ops_%s", plain);
	need = skep_needs_add(look, SKEP_NEED_TARGET, plain, NULL);
	if (!need)
		return;
	need->since = 0;
	if (!look->own) {
		skep_needs_say(look, need, "there is no BTF of the kernel to look it up in", NULL);
		return;
	}
	need->answer =
		btf__find_by_name_kind(look->own, kernel, BTF_KIND_STRUCT) > 0 ? SKEP_YES : SKEP_NO;
	if (need->answer == SKEP_NO)
		skep_needs_say(look, need, "this kernel lets no program be one of its own", NULL);
}

static void add_structs(struct skep_needs_look *look, const char *section)
{
	int id = look->local ? btf__find_by_name_kind(look->local, section, BTF_KIND_DATASEC) : 0;
	const struct btf_type *list = id > 0 ? btf__type_by_id(look->local, (__u32)id) : NULL;

	look->first = look->needs->count;
	for (int i = 0; list && i < btf_vlen(list); i++) {
		const struct btf_type *t =
			btf__type_by_id(look->local, btf_var_secinfos(list)[i].type);

		for (int deep = 0; t && deep < 16 && !btf_is_struct(t); deep++)
			t = btf_is_var(t) || btf_is_mod(t) || btf_is_typedef(t)
				    ? btf__type_by_id(look->local, t->type)
				    : NULL;
		add_struct(look, t && btf_is_struct(t) ? t : NULL);
	}
}

void skep_needs_read_object(struct skep_needs_look *look)
{
	add_structs(look, ".struct_ops");
	add_structs(look, ".struct_ops.link");
	for (size_t i = 0; i < look->object->map_count; i++)
		add_map(look, &look->object->maps[i]);
	add_btf(look);
	add_capabilities(look);
}
