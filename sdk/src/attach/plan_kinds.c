/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The sections that a plan can have: what each asks of the kernel, and how it is attached. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <skep/attach.h>

#include "base/fail.h"
#include "cgroup.h"
#include "interface.h"
#include "kernel/facts.h"
#include "kernel/rules.h"
#include "object/object.h"
#include "plan.h"

#define HAS(hook, member) ((hook)->member ? (hook)->member : (hook)->rest)

static bool may_fall_back(const struct skep_plan_hook *hook, const char *way)
{
	return hook->group->fallback && !skep_plan_forbids(hook->plan, way);
}

static int attach_said(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach(out, hook->program);
}

static int aim_function(const struct skep_plan_hook *hook)
{
	return hook->function ? skep_program_set_target(hook->program, hook->function) : 0;
}

/* Before anything is loaded: without the function in the kernel's BTF the whole object fails. */
static int look_function(const struct skep_plan_hook *hook)
{
	const char *function = HAS(hook, function);

	if (strchr(function, ':') || skep_kernel_has_function(function) != SKEP_NO)
		return 0;
	return skep_fail(ENOENT, "the kernel's BTF has no function '%s'", function);
}

static int look_lsm_hook(const struct skep_plan_hook *hook)
{
	char name[256];

	snprintf(name, sizeof(name), "bpf_lsm_%s", HAS(hook, function));
	if (skep_kernel_has_function(name) != SKEP_NO)
		return 0;
	return skep_fail(ENOENT, "the kernel has no security hook '%s'", HAS(hook, function));
}

static int look_btf_tracepoint(const struct skep_plan_hook *hook)
{
	struct btf *btf = NULL;
	char name[256];
	int id;

	if (skep_kernel_btf_load(&btf))
		return 0; /* loading tells better */
	snprintf(name, sizeof(name), "btf_trace_%s", HAS(hook, tracepoint));
	id = skep_kernel_btf_id(btf, name, BTF_KIND_TYPEDEF);
	btf__free(btf);
	return id > 0 ? 0
		      : skep_fail(ENOENT, "the kernel has no tracepoint '%s'",
				  HAS(hook, tracepoint));
}

static int aim_tracepoint(const struct skep_plan_hook *hook)
{
	return hook->tracepoint ? skep_program_set_target(hook->program, hook->tracepoint) : 0;
}

static int attach_kprobe(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_kprobe(out, hook->program, HAS(hook, function), NULL);
}

static int attach_multi(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_kprobe_multi(
		out, hook->program, HAS(hook, function),
		SKEP_OPTS(skep_kprobe_multi_opts, .fallback = may_fall_back(hook, "kprobe")));
}

static int attach_session(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_kprobe_session(out, hook->program, HAS(hook, function), NULL);
}

static int attach_syscall(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_ksyscall(out, hook->program, HAS(hook, syscall), NULL);
}

static int attach_tracepoint(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_tracepoint(out, hook->program, HAS(hook, tracepoint), NULL);
}

static int attach_raw(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_raw_tracepoint(out, hook->program, HAS(hook, tracepoint), NULL);
}

static int attach_uprobe(struct skep_link **out, const struct skep_plan_hook *hook)
{
	if (!hook->binary)
		return skep_attach(out, hook->program);
	return skep_attach_uprobe(out, hook->program, hook->binary,
				  SKEP_OPTS(skep_uprobe_opts, .symbol = hook->symbol,
					    .pid = hook->pid,
					    .fallback = may_fall_back(hook, "uprobe by tracefs")));
}

static int attach_uprobes(struct skep_link **out, const struct skep_plan_hook *hook)
{
	if (!hook->binary)
		return skep_attach(out, hook->program);
	return skep_attach_uprobe_multi(out, hook->program, hook->binary,
					SKEP_OPTS(skep_uprobe_multi_opts, .pattern = hook->symbol,
						  .pid = hook->pid,
						  .fallback = may_fall_back(hook, "uprobe")));
}

static int look_interface(const struct skep_plan_hook *hook)
{
	struct skep_interface found;

	return skep_interface_find(hook->interface, &found);
}

static int attach_xdp(struct skep_link **out, const struct skep_plan_hook *hook)
{
	enum skep_xdp_mode mode = SKEP_XDP_NATIVE;

	if (skep_plan_forbids(hook->plan, "xdp native"))
		mode = SKEP_XDP_GENERIC;
	return skep_attach_xdp(out, hook->program, hook->interface,
			       SKEP_OPTS(skep_xdp_opts, .mode = mode,
					 .fallback = may_fall_back(hook, "xdp generic")));
}

/* "egress" in the section says it, too. */
static enum skep_traffic traffic_of(const struct skep_plan_hook *hook)
{
	return hook->rest && strcmp(hook->rest, "egress") == 0 ? SKEP_EGRESS : hook->traffic;
}

static int attach_tc(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_tc(out, hook->program, hook->interface, traffic_of(hook), NULL);
}

static int attach_tcx(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_tcx(out, hook->program, hook->interface, traffic_of(hook),
			       SKEP_OPTS(skep_tcx_opts, .fallback = may_fall_back(hook, "clsact")));
}

static int look_cgroup(const struct skep_plan_hook *hook)
{
	char path[4096];
	int fd = skep_cgroup_open(hook->cgroup, path, sizeof(path));

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int attach_cgroup(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_cgroup(out, hook->program, hook->cgroup, NULL);
}

static int attach_sk_lookup(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_sk_lookup(out, hook->program, hook->netns, NULL);
}

static int attach_flow_dissector(struct skep_link **out, const struct skep_plan_hook *hook)
{
	return skep_attach_flow_dissector(out, hook->program, hook->netns, NULL);
}

#define TRAMPOLINE(name, decides)                                                                  \
	{                                                                                          \
		name, SKEP_CAN_FENTRY, decides, "function", look_function, attach_said,            \
			aim_function                                                               \
	}

static const struct skep_plan_kind kinds[] = {
	TRAMPOLINE("fentry", false),
	TRAMPOLINE("fexit", false),
	TRAMPOLINE("fmod_ret", true),
	{ "lsm", SKEP_CAN_LSM, true, "function", look_lsm_hook, attach_said, aim_function },
	{ "lsm_cgroup", SKEP_CAN_LSM, true, "cgroup", look_cgroup, attach_cgroup, NULL },
	{ "tp_btf", SKEP_CAN_BTF_TRACEPOINT, false, "tracepoint", look_btf_tracepoint, attach_said,
	  aim_tracepoint },
	{ "kprobe", SKEP_CAN_KPROBE, false, "function", NULL, attach_kprobe, NULL },
	{ "kretprobe", SKEP_CAN_KPROBE, false, "function", NULL, attach_kprobe, NULL },
	{ "kprobe.multi", SKEP_CAN_KPROBE_MULTI, false, "function", NULL, attach_multi, NULL },
	{ "kretprobe.multi", SKEP_CAN_KPROBE_MULTI, false, "function", NULL, attach_multi, NULL },
	{ "kprobe.session", SKEP_CAN_KPROBE_MULTI, false, "function", NULL, attach_session, NULL },
	{ "ksyscall", SKEP_CAN_KPROBE, false, "syscall", NULL, attach_syscall, NULL },
	{ "kretsyscall", SKEP_CAN_KPROBE, false, "syscall", NULL, attach_syscall, NULL },
	{ "tp", SKEP_CAN_TRACEPOINT, false, "tracepoint", NULL, attach_tracepoint, NULL },
	{ "tracepoint", SKEP_CAN_TRACEPOINT, false, "tracepoint", NULL, attach_tracepoint, NULL },
	{ "raw_tp", SKEP_CAN_RAW_TRACEPOINT, false, "tracepoint", NULL, attach_raw, NULL },
	{ "raw_tracepoint", SKEP_CAN_RAW_TRACEPOINT, false, "tracepoint", NULL, attach_raw, NULL },
	{ "uprobe", SKEP_CAN_UPROBE, false, "binary", NULL, attach_uprobe, NULL },
	{ "uretprobe", SKEP_CAN_UPROBE, false, "binary", NULL, attach_uprobe, NULL },
	{ "uprobe.multi", SKEP_CAN_UPROBE_MULTI, false, "binary", NULL, attach_uprobes, NULL },
	{ "uretprobe.multi", SKEP_CAN_UPROBE_MULTI, false, "binary", NULL, attach_uprobes, NULL },
	{ "usdt", SKEP_CAN_UPROBE, false, "binary", NULL, attach_said, NULL },
	{ "iter", SKEP_CAN_ITERATOR, false, NULL, NULL, attach_said, NULL },
	{ "xdp", SKEP_CAN_XDP, true, "interface", look_interface, attach_xdp, NULL },
	{ "tc", SKEP_CAN_TC, true, "interface", look_interface, attach_tc, NULL },
	{ "tcx", SKEP_CAN_TCX, true, "interface", look_interface, attach_tcx, NULL },
	{ "classifier", SKEP_CAN_TC, true, "interface", look_interface, attach_tc, NULL },
	{ "cgroup", SKEP_CAN_CGROUP, true, "cgroup", look_cgroup, attach_cgroup, NULL },
	{ "cgroup_skb", SKEP_CAN_CGROUP, true, "cgroup", look_cgroup, attach_cgroup, NULL },
	{ "sockops", SKEP_CAN_CGROUP, false, "cgroup", look_cgroup, attach_cgroup, NULL },
	{ "sk_lookup", SKEP_CAN_SK_LOOKUP, true, NULL, NULL, attach_sk_lookup, NULL },
	{ "flow_dissector", SKEP_CAN_BPF, true, NULL, NULL, attach_flow_dissector, NULL },
};

const struct skep_plan_kind *skep_plan_kind_of(const char *section)
{
	size_t length = strcspn(section, "/");

	/* Sleepable ones are attached the same way. */
	if (length > 2 && memcmp(section + length - 2, ".s", 2) == 0)
		length -= 2;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strlen(kinds[i].section) == length &&
		    memcmp(kinds[i].section, section, length) == 0)
			return &kinds[i];
	return NULL;
}

int skep_plan_check_way(const char *way)
{
	/* What skep_link_way() says and no section does. */
	static const char *const ways[] = {
		"xdp native",     "xdp generic",       "clsact",
		"raw tracepoint", "uprobe by tracefs", "uretprobe by tracefs"
	};
	struct skep_nearest nearest;
	char names[256];

	skep_kernel_nearest_start(&nearest, way);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (strcmp(ways[i], way) == 0)
			return 0;
		skep_kernel_nearest_offer(&nearest, ways[i]);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].section, way) == 0)
			return 0;
		skep_kernel_nearest_offer(&nearest, kinds[i].section);
	}
	skep_kernel_nearest_text(&nearest, names, sizeof(names));
	skep_fail(EINVAL, "no plan takes a way '%s'", way);
	return names[0] ? skep_fail_hint(-EINVAL, "did you mean %s?", names) : -EINVAL;
}
