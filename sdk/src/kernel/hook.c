/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Which family of hooks a refusal is about, from its section name or its types. */
#include "newer.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The section name up to the first '/', sleepable and multi forms included. */
static const struct {
	const char *prefix;
	enum skep_hook hook;
} sections[] = {
	{ "kprobe", SKEP_HOOK_KPROBE },
	{ "kretprobe", SKEP_HOOK_KPROBE },
	{ "ksyscall", SKEP_HOOK_KPROBE },
	{ "kretsyscall", SKEP_HOOK_KPROBE },
	{ "uprobe", SKEP_HOOK_UPROBE },
	{ "uretprobe", SKEP_HOOK_UPROBE },
	{ "usdt", SKEP_HOOK_UPROBE },
	{ "tp", SKEP_HOOK_TRACEPOINT },
	{ "tracepoint", SKEP_HOOK_TRACEPOINT },
	{ "raw_tp", SKEP_HOOK_RAW_TRACEPOINT },
	{ "raw_tracepoint", SKEP_HOOK_RAW_TRACEPOINT },
	{ "tp_btf", SKEP_HOOK_BTF_TRACEPOINT },
	{ "fentry", SKEP_HOOK_TRAMPOLINE },
	{ "fexit", SKEP_HOOK_TRAMPOLINE },
	{ "fmod_ret", SKEP_HOOK_TRAMPOLINE },
	{ "freplace", SKEP_HOOK_TRAMPOLINE },
	{ "lsm", SKEP_HOOK_LSM },
	{ "lsm_cgroup", SKEP_HOOK_LSM },
	{ "iter", SKEP_HOOK_ITERATOR },
	{ "xdp", SKEP_HOOK_INTERFACE },
	{ "tc", SKEP_HOOK_INTERFACE },
	{ "classifier", SKEP_HOOK_INTERFACE },
	{ "tcx", SKEP_HOOK_INTERFACE },
	{ "netkit", SKEP_HOOK_INTERFACE },
};

/* attach -1: any. The first row that fits counts. */
static const struct {
	int prog, attach;
	enum skep_hook hook;
	const char *name;
} types[] = {
	{ BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, SKEP_HOOK_KPROBE, "kprobe.multi" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_KPROBE_SESSION, SKEP_HOOK_KPROBE,
	  "kprobe.session" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_MULTI, SKEP_HOOK_UPROBE, "uprobe.multi" },
	{ BPF_PROG_TYPE_KPROBE, SKEP_BPF_ATTACH_UPROBE_SESSION, SKEP_HOOK_UPROBE,
	  "uprobe.session" },
	{ BPF_PROG_TYPE_KPROBE, -1, SKEP_HOOK_OTHER, "kprobe or uprobe" },
	{ BPF_PROG_TYPE_TRACEPOINT, -1, SKEP_HOOK_TRACEPOINT, "tracepoint" },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT, -1, SKEP_HOOK_RAW_TRACEPOINT, "raw tracepoint" },
	{ BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE, -1, SKEP_HOOK_RAW_TRACEPOINT, "raw tracepoint" },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, SKEP_HOOK_BTF_TRACEPOINT, "tp_btf" },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, SKEP_HOOK_TRAMPOLINE, "fentry" },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, SKEP_HOOK_TRAMPOLINE, "fexit" },
	{ BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, SKEP_HOOK_TRAMPOLINE, "fmod_ret" },
	{ BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, SKEP_HOOK_ITERATOR, "iterator" },
	{ BPF_PROG_TYPE_EXT, -1, SKEP_HOOK_TRAMPOLINE, "freplace" },
	{ BPF_PROG_TYPE_LSM, -1, SKEP_HOOK_LSM, "LSM" },
	{ BPF_PROG_TYPE_XDP, -1, SKEP_HOOK_INTERFACE, "XDP" },
	{ BPF_PROG_TYPE_SCHED_CLS, -1, SKEP_HOOK_INTERFACE, "tc" },
	{ BPF_PROG_TYPE_CGROUP_SKB, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_CGROUP_SOCK, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_CGROUP_SOCKOPT, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_CGROUP_SYSCTL, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_CGROUP_DEVICE, -1, SKEP_HOOK_CGROUP, "cgroup" },
	{ BPF_PROG_TYPE_SOCK_OPS, -1, SKEP_HOOK_CGROUP, "sockops" },
	{ BPF_PROG_TYPE_STRUCT_OPS, -1, SKEP_HOOK_OTHER, "struct_ops" },
	{ BPF_PROG_TYPE_PERF_EVENT, -1, SKEP_HOOK_OTHER, "perf_event" },
	{ BPF_PROG_TYPE_SK_LOOKUP, -1, SKEP_HOOK_OTHER, "sk_lookup" },
	{ SKEP_BPF_PROG_TYPE_NETFILTER, -1, SKEP_HOOK_OTHER, "netfilter" },
};

/* "fentry.s/X" and "kprobe.multi/X" are "fentry" and "kprobe". */
static size_t prefix_length(const char *section)
{
	return strcspn(section, "/.+");
}

enum skep_hook skep_kernel_hook(const struct skep_refusal *refusal)
{
	const char *section = refusal->section;

	for (size_t i = 0; section && i < COUNT(sections); i++)
		if (strlen(sections[i].prefix) == prefix_length(section) &&
		    !strncmp(section, sections[i].prefix, prefix_length(section)))
			return sections[i].hook;
	for (size_t i = 0; i < COUNT(types); i++)
		if (types[i].prog == refusal->prog_type &&
		    (types[i].attach < 0 || types[i].attach == refusal->attach_type))
			return types[i].hook;
	return SKEP_HOOK_OTHER;
}

const char *skep_kernel_hook_name(const struct skep_refusal *refusal, char *buf, size_t size)
{
	const char *section = refusal->section;
	const char *name = "BPF";

	if (section && *section && *section != '/') {
		snprintf(buf, size, "%.*s", (int)strcspn(section, "/"), section);
		return buf;
	}
	for (size_t i = COUNT(types); i-- > 0;)
		if (types[i].prog == refusal->prog_type &&
		    (types[i].attach < 0 || types[i].attach == refusal->attach_type))
			name = types[i].name;
	snprintf(buf, size, "%s", name);
	return buf;
}

const char *skep_kernel_hook_target(const struct skep_refusal *refusal)
{
	const char *slash;

	if (refusal->target && *refusal->target)
		return refusal->target;
	slash = refusal->section ? strchr(refusal->section, '/') : NULL;
	return slash && slash[1] ? slash + 1 : NULL;
}
