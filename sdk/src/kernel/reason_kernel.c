/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Refusals because this kernel lacks something: configuration, age, types, a module. */
#include "facts.h"
#include "newer.h"
#include "rules.h"
#include "since.h"
#include "stage.h"
#include "types.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/bpf.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The errnos with which a kernel says that it does not have something. */
static bool is_lacking(int code)
{
	return code == EINVAL || code == EOPNOTSUPP || code == ENOSYS || code == ENOENT ||
	       code == ENODEV || code == ESRCH || code == E2BIG || code == SKEP_KERNEL_ENOTSUPP;
}

/* What a number of an enum is configured by, and what "this kernel has no" then. */
static const struct option {
	enum skep_since_kind kind;
	int number;
	const char *config;
	const char *what;
} options[] = {
	{ SKEP_SINCE_ATTACH, BPF_TRACE_KPROBE_MULTI, "CONFIG_FPROBE", "kprobe.multi" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_KPROBE_SESSION, "CONFIG_FPROBE", "kprobe.session" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_UPROBE_MULTI, "CONFIG_UPROBES", "uprobes" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_NETKIT_PRIMARY, "CONFIG_NETKIT", "netkit devices" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_NETKIT_PEER, "CONFIG_NETKIT", "netkit devices" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_TCX_INGRESS, "CONFIG_NET_XGRESS", "tcx" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_TCX_EGRESS, "CONFIG_NET_XGRESS", "tcx" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LSM, "CONFIG_BPF_LSM", "BPF LSM" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_KPROBE, "CONFIG_BPF_EVENTS", "BPF on probes" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_TRACEPOINT, "CONFIG_BPF_EVENTS", "BPF on tracepoints" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_RAW_TRACEPOINT, "CONFIG_BPF_EVENTS",
	  "BPF on raw tracepoints" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_PERF_EVENT, "CONFIG_BPF_EVENTS", "BPF on perf events" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_SKB, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_SOCK, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_DEVICE, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_SYSCTL, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_CGROUP_SOCKOPT, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_SOCK_OPS, "CONFIG_CGROUP_BPF", "BPF on cgroups" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LIRC_MODE2, "CONFIG_BPF_LIRC_MODE2", "BPF on LIRC" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LWT_XMIT, "CONFIG_LWTUNNEL_BPF", "BPF on tunnels" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LWT_IN, "CONFIG_LWTUNNEL_BPF", "BPF on tunnels" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LWT_OUT, "CONFIG_LWTUNNEL_BPF", "BPF on tunnels" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_LWT_SEG6LOCAL, "CONFIG_IPV6_SEG6_BPF", "BPF on SRv6" },
	{ SKEP_SINCE_PROG, SKEP_BPF_PROG_TYPE_NETFILTER, "CONFIG_NETFILTER_BPF_LINK",
	  "BPF on netfilter" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_STRUCT_OPS, "CONFIG_BPF_JIT", "struct_ops" },
	{ SKEP_SINCE_PROG, BPF_PROG_TYPE_EXT, "CONFIG_BPF_JIT", "freplace" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_INODE_STORAGE, "CONFIG_BPF_LSM", "inode storage" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_CGROUP_STORAGE, "CONFIG_CGROUP_BPF", "cgroup storage" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, "CONFIG_CGROUP_BPF",
	  "cgroup storage" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_XSKMAP, "CONFIG_XDP_SOCKETS", "AF_XDP sockets" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_STRUCT_OPS, "CONFIG_BPF_JIT", "struct_ops" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_PERF_EVENT_ARRAY, "CONFIG_PERF_EVENTS", "perf events" },
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_STACK_TRACE, "CONFIG_PERF_EVENTS", "stack traces" },
};

/* What does the same on a kernel that lacks it. */
static const struct {
	enum skep_since_kind kind;
	int number;
	const char *text;
} alternatives[] = {
	{ SKEP_SINCE_MAP, BPF_MAP_TYPE_RINGBUF,
	  "use a perf buffer (BPF_MAP_TYPE_PERF_EVENT_ARRAY), which this kernel has" },
	{ SKEP_SINCE_ATTACH, BPF_TRACE_KPROBE_MULTI, "use SEC(\"kprobe/X\") for each function" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_KPROBE_SESSION,
	  "use SEC(\"kprobe/X\") and SEC(\"kretprobe/X\")" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_UPROBE_MULTI,
	  "use SEC(\"uprobe/PATH:X\") for each function" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_UPROBE_SESSION,
	  "use SEC(\"uprobe/PATH:X\") and SEC(\"uretprobe/PATH:X\")" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_TCX_INGRESS, "use SEC(\"tc\") on a clsact qdisc" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_TCX_EGRESS, "use SEC(\"tc\") on a clsact qdisc" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_NETKIT_PRIMARY,
	  "use a veth pair, and SEC(\"tcx/ingress\") or SEC(\"tc\")" },
	{ SKEP_SINCE_ATTACH, SKEP_BPF_ATTACH_NETKIT_PEER,
	  "use a veth pair, and SEC(\"tcx/ingress\") or SEC(\"tc\")" },
};

static const char *find_alternative(enum skep_since_kind kind, int number)
{
	for (size_t i = 0; i < COUNT(alternatives); i++)
		if (alternatives[i].kind == kind && alternatives[i].number == number)
			return alternatives[i].text;
	return NULL;
}

const char *skep_kernel_config_missing(enum skep_since_kind kind, int number)
{
	for (size_t i = 0; i < COUNT(options); i++)
		if (options[i].kind == kind && options[i].number == number &&
		    skep_kernel_config(options[i].config) == SKEP_CONFIG_OFF)
			return options[i].config;
	return NULL;
}

static bool is_about(const struct option *option, const struct skep_refusal *refusal)
{
	switch (option->kind) {
	case SKEP_SINCE_PROG:
		return refusal->prog_type == option->number;
	case SKEP_SINCE_ATTACH:
		return refusal->attach_type == option->number;
	case SKEP_SINCE_MAP:
		return refusal->map_type == option->number;
	default:
		return false;
	}
}

static void advise_tracepoint(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = skep_kernel_hook_target(refusal);

	if (skep_kernel_stage(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY) == SKEP_STAGE_LATER)
		skep_kernel_advise(words, "use SEC(\"fentry/%s\"), or a tracepoint near to it",
				   target ? target : "X");
	else
		skep_kernel_advise(words, "use a tracepoint near to it: SEC(\"tp_btf/X\") or "
					  "SEC(\"raw_tp/X\")");
}

/* kprobe.multi needs fprobes, not kprobes; who has neither is helped by the same words. */
static bool lacks_kprobes(const struct skep_refusal *refusal, struct skep_words *words)
{
	bool multi = refusal->attach_type == BPF_TRACE_KPROBE_MULTI ||
		     refusal->attach_type == SKEP_BPF_ATTACH_KPROBE_SESSION;

	if (skep_kernel_hook(refusal) != SKEP_HOOK_KPROBE ||
	    skep_kernel_config("CONFIG_KPROBES") != SKEP_CONFIG_OFF ||
	    (multi && skep_kernel_config("CONFIG_FPROBE") != SKEP_CONFIG_OFF))
		return false;
	skep_kernel_say(words, "this kernel has no kprobes (CONFIG_KPROBES is not set)");
	advise_tracepoint(refusal, words);
	return true;
}

bool skep_kernel_rule_config(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *instead;

	if (lacks_kprobes(refusal, words))
		return true;
	if (!is_lacking(refusal->code))
		return false;
	for (size_t i = 0; i < COUNT(options); i++) {
		if (!is_about(&options[i], refusal) ||
		    skep_kernel_config(options[i].config) != SKEP_CONFIG_OFF)
			continue;
		skep_kernel_say(words, "this kernel has no %s (%s is not set)", options[i].what,
				options[i].config);
		instead = find_alternative(options[i].kind, options[i].number);
		if (instead)
			skep_kernel_advise(words, "%s", instead);
		else
			skep_kernel_advise(words, "run it on a kernel with %s", options[i].config);
		return true;
	}
	return false;
}

/* perf's numbers of kprobes and uprobes are read there. */
bool skep_kernel_rule_no_sysfs(const struct skep_refusal *refusal, struct skep_words *words)
{
	enum skep_hook hook = skep_kernel_hook(refusal);

	if ((hook != SKEP_HOOK_KPROBE && hook != SKEP_HOOK_UPROBE) || refusal->code != ENOENT ||
	    refusal->request != SKEP_REQUEST_ATTACH || !access("/sys/bus/event_source", F_OK))
		return false;
	skep_kernel_say(words, "sysfs is not mounted here, where perf lists its kinds of events");
	skep_kernel_advise(words, "mount -t sysfs sysfs /sys");
	return true;
}

/* perf lists what it has in sysfs; of multi links the kernel says EOPNOTSUPP itself. */
bool skep_kernel_rule_no_kprobes(const struct skep_refusal *refusal, struct skep_words *words)
{
	bool multi = refusal->attach_type == BPF_TRACE_KPROBE_MULTI ||
		     refusal->attach_type == SKEP_BPF_ATTACH_KPROBE_SESSION;

	if (skep_kernel_hook(refusal) != SKEP_HOOK_KPROBE || !is_lacking(refusal->code) ||
	    refusal->request != SKEP_REQUEST_ATTACH)
		return false;
	if (multi && refusal->code == EOPNOTSUPP) {
		skep_kernel_say(words, "this kernel was made without kprobe.multi");
		advise_tracepoint(refusal, words);
		return true;
	}
	if (multi || access("/sys/bus/event_source/devices/software", F_OK) ||
	    !access("/sys/bus/event_source/devices/kprobe", F_OK))
		return false;
	skep_kernel_say(words, "this kernel has no kprobes, or none through perf (there is no "
			       "/sys/bus/event_source/devices/kprobe)");
	advise_tracepoint(refusal, words);
	return true;
}

/* A vendor may have carried it back: then its BTF has the number, and age is not the cause. */
static bool says_too_old(enum skep_since_kind kind, int number, struct skep_words *words)
{
	static const char *const enums[] = { "bpf_prog_type", "bpf_map_type", "bpf_link_type",
					     "bpf_attach_type" };
	const struct skep_since *row = skep_kernel_since_number(kind, number);
	uint32_t running = skep_kernel_version();
	char needed[16], have[16];

	if (!row || !running || running >= row->version ||
	    skep_kernel_btf_enum_has(enums[kind], number) == SKEP_YES)
		return false;
	skep_kernel_version_text(row->version, needed, sizeof(needed));
	skep_kernel_version_text(running, have, sizeof(have));
	skep_kernel_say(words, "%s came with Linux %s; this is %s", row->name, needed, have);
	if (find_alternative(kind, number))
		skep_kernel_advise(words, "%s; or run it on Linux %s or newer",
				   find_alternative(kind, number), needed);
	else
		skep_kernel_advise(words, "run it on Linux %s or newer", needed);
	return true;
}

bool skep_kernel_rule_too_old(const struct skep_refusal *refusal, struct skep_words *words)
{
	if (!is_lacking(refusal->code))
		return false;
	if (refusal->request == SKEP_REQUEST_MAP)
		return says_too_old(SKEP_SINCE_MAP, refusal->map_type, words);
	return says_too_old(SKEP_SINCE_PROG, refusal->prog_type, words) ||
	       (refusal->attach_type > 0 &&
		says_too_old(SKEP_SINCE_ATTACH, refusal->attach_type, words));
}

static bool needs_btf(const struct skep_refusal *refusal)
{
	return refusal->needs_btf || refusal->prog_type == BPF_PROG_TYPE_TRACING ||
	       refusal->prog_type == BPF_PROG_TYPE_LSM ||
	       refusal->prog_type == BPF_PROG_TYPE_STRUCT_OPS ||
	       refusal->map_type == BPF_MAP_TYPE_STRUCT_OPS;
}

/* With the file system that shows it, and what the configuration says, one can tell why. */
static bool is_hidden(struct skep_words *words)
{
	if (access("/sys/kernel", F_OK)) {
		skep_kernel_say(words,
				"sysfs is not mounted here, and the kernel's types (BTF) are "
				"read there");
		skep_kernel_advise(words, "mount -t sysfs sysfs /sys");
		return true;
	}
	if (skep_kernel_config("CONFIG_DEBUG_INFO_BTF") != SKEP_CONFIG_ON)
		return false;
	skep_kernel_say(words, "the kernel's types (BTF) are hidden from this process: there is no "
			       "/sys/kernel/btf/vmlinux");
	skep_kernel_advise(words, "show it to the container: bind the host's /sys/kernel/btf into "
				  "it, read-only");
	return true;
}

bool skep_kernel_rule_no_btf(const struct skep_refusal *refusal, struct skep_words *words)
{
	const char *target = skep_kernel_hook_target(refusal);

	if (!needs_btf(refusal) || !access("/sys/kernel/btf/vmlinux", F_OK))
		return false;
	if (is_hidden(words))
		return true;
	if (skep_kernel_config("CONFIG_DEBUG_INFO_BTF") == SKEP_CONFIG_OFF)
		skep_kernel_say(words, "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF is not set)");
	else
		skep_kernel_say(words, "this kernel has no BTF (no /sys/kernel/btf/vmlinux)");
	if (skep_kernel_hook(refusal) == SKEP_HOOK_TRAMPOLINE)
		skep_kernel_advise(words, "use SEC(\"kprobe/%s\"), or a kernel with BTF",
				   target ? target : "X");
	else
		skep_kernel_advise(words, "run it on a kernel with CONFIG_DEBUG_INFO_BTF=y");
	return true;
}

/* The kernel attaches such programs all the same, and never runs them: attach asks here. */
bool skep_kernel_rule_lsm_inactive(const struct skep_refusal *refusal, struct skep_words *words)
{
	char list[256];

	if (refusal->prog_type != BPF_PROG_TYPE_LSM || !is_lacking(refusal->code) ||
	    !skep_kernel_lsms(list, sizeof(list)) || skep_kernel_lsm_in(list, "bpf"))
		return false;
	skep_kernel_say(words, "bpf is not among the active security modules (%s)", list);
	skep_kernel_advise(words, "boot with lsm=%s,bpf on the kernel's command line", list);
	return true;
}

/* Architectures learned to patch a call into a function one by one. */
bool skep_kernel_rule_no_trampoline(const struct skep_refusal *refusal, struct skep_words *words)
{
	const struct skep_since *row =
		skep_kernel_since_name(SKEP_SINCE_FEATURE, "fentry on arm64");
	enum skep_hook hook = skep_kernel_hook(refusal);
	struct utsname machine;
	char needed[16];

	if ((hook != SKEP_HOOK_TRAMPOLINE && hook != SKEP_HOOK_LSM) ||
	    (refusal->code != SKEP_KERNEL_ENOTSUPP && refusal->code != EOPNOTSUPP) ||
	    uname(&machine))
		return false;
	if (!strcmp(machine.machine, "aarch64") && row && skep_kernel_version() < row->version) {
		skep_kernel_say(words, "fentry and LSM programs came to arm64 with Linux %s",
				skep_kernel_version_text(row->version, needed, sizeof(needed)));
		skep_kernel_advise(words, "use SEC(\"kprobe/X\"), or a newer kernel");
		return true;
	}
	skep_kernel_say(words,
			"this kernel cannot patch calls into its functions on %s (its "
			"function tracer lacks direct calls)",
			machine.machine);
	skep_kernel_advise(words, "use SEC(\"kprobe/X\") or a tracepoint");
	return true;
}
