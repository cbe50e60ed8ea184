/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What one program needs to be there: its types, its hook, and what it hangs on. */
#include "needs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/facts.h"
#include "kernel/newer.h"
#include "kernel/probe_parts.h"
#include "kernel/rules.h"
#include "kernel/types.h"

/* Where a hook's name is looked up, and what the kernel puts before it. */
struct target {
	const char *prefix;
	unsigned int kind; /* of BTF */
};

static enum skep_ability ability_of(const struct skep_refusal *about)
{
	int attach = about->attach_type;

	if (about->prog_type == BPF_PROG_TYPE_EXT) /* what it replaces tells more than any try */
		return SKEP_CAN_BPF;
	switch (skep_kernel_hook(about)) {
	case SKEP_HOOK_KPROBE:
		return attach == BPF_TRACE_KPROBE_MULTI || attach == SKEP_BPF_ATTACH_KPROBE_SESSION
			       ? SKEP_CAN_KPROBE_MULTI
			       : SKEP_CAN_KPROBE;
	case SKEP_HOOK_UPROBE:
		return attach == SKEP_BPF_ATTACH_UPROBE_MULTI ||
				       attach == SKEP_BPF_ATTACH_UPROBE_SESSION
			       ? SKEP_CAN_UPROBE_MULTI
			       : SKEP_CAN_UPROBE;
	case SKEP_HOOK_TRACEPOINT:
		return SKEP_CAN_TRACEPOINT;
	case SKEP_HOOK_RAW_TRACEPOINT:
		return SKEP_CAN_RAW_TRACEPOINT;
	case SKEP_HOOK_BTF_TRACEPOINT:
		return SKEP_CAN_BTF_TRACEPOINT;
	case SKEP_HOOK_TRAMPOLINE:
		return SKEP_CAN_FENTRY;
	case SKEP_HOOK_LSM:
		return SKEP_CAN_LSM;
	case SKEP_HOOK_ITERATOR:
		return SKEP_CAN_ITERATOR;
	case SKEP_HOOK_CGROUP:
		return SKEP_CAN_CGROUP;
	case SKEP_HOOK_INTERFACE:
		if (attach == SKEP_BPF_ATTACH_TCX_INGRESS || attach == SKEP_BPF_ATTACH_TCX_EGRESS)
			return SKEP_CAN_TCX;
		if (attach == SKEP_BPF_ATTACH_NETKIT_PRIMARY ||
		    attach == SKEP_BPF_ATTACH_NETKIT_PEER)
			return SKEP_CAN_NETKIT;
		return about->prog_type == BPF_PROG_TYPE_XDP ? SKEP_CAN_XDP : SKEP_CAN_TC;
	default:
		break;
	}
	switch (about->prog_type) {
	case BPF_PROG_TYPE_PERF_EVENT:
		return SKEP_CAN_PERF_EVENT;
	case BPF_PROG_TYPE_SK_LOOKUP:
		return SKEP_CAN_SK_LOOKUP;
	case BPF_PROG_TYPE_STRUCT_OPS:
		return SKEP_CAN_STRUCT_OPS;
	case SKEP_BPF_PROG_TYPE_NETFILTER:
		return SKEP_CAN_NETFILTER;
	default: /* that a program loads is all there is */
		return SKEP_CAN_BPF;
	}
}

static void add_hook(struct skep_needs_look *look, const struct skep_refusal *about,
		     const struct skep_code *at)
{
	const struct skep_finding *finding = skep_kernel_finding(ability_of(about));
	struct skep_need *need = skep_needs_add(look, SKEP_NEED_HOOK, finding->name, at);

	if (!need)
		return;
	need->since = finding->since;
	need->answer = finding->answer;
	/* Where this process may not try, nothing is known of the kernel. */
	if (need->answer == SKEP_NO && (finding->code == EPERM || finding->code == EACCES) &&
	    !skep_probe_may_try_all())
		need->answer = SKEP_UNKNOWN;
	skep_needs_say(look, need, finding->why, finding->remedy);
}

static void add_number(struct skep_needs_look *look, enum skep_need_kind kind,
		       enum skep_since_kind since, int number, const struct skep_code *at)
{
	const struct skep_since *row = skep_kernel_since_number(since, number);
	const char *name = row ? row->name : skep_kernel_number_name(since, number);
	struct skep_refusal about = SKEP_REFUSAL(SKEP_REQUEST_LOAD, EINVAL);
	char unnamed[32], why[512], hint[512];
	struct skep_need *need;

	snprintf(unnamed, sizeof(unnamed), "number %d", number);
	need = skep_needs_add(look, kind, name ? name : unnamed, at);
	if (!need)
		return;
	need->answer = skep_kernel_has_number(since, number);
	if (kind == SKEP_NEED_PROGRAM_TYPE)
		about.prog_type = number;
	else
		about.attach_type = number;
	if (need->answer == SKEP_NO &&
	    skep_kernel_reason(&about, why, sizeof(why), hint, sizeof(hint)))
		skep_needs_say(look, need, why, hint);
}

/*
 * 0 is a type of cgroup programs; with all others it means that there is none. Of struct_ops it is
 * the number of a member.
 */
static bool has_attach_type(int prog_type, int attach_type)
{
	return (attach_type > 0 && prog_type != BPF_PROG_TYPE_STRUCT_OPS) ||
	       prog_type == BPF_PROG_TYPE_CGROUP_SKB;
}

static bool target_rule(const struct skep_refusal *about, struct target *rule)
{
	switch (skep_kernel_hook(about)) {
	case SKEP_HOOK_KPROBE:
	case SKEP_HOOK_TRAMPOLINE:
		*rule = (struct target){ "", BTF_KIND_FUNC };
		return about->prog_type != BPF_PROG_TYPE_EXT;
	case SKEP_HOOK_RAW_TRACEPOINT:
	case SKEP_HOOK_BTF_TRACEPOINT:
		*rule = (struct target){ "btf_trace_", BTF_KIND_TYPEDEF };
		return true;
	case SKEP_HOOK_LSM:
		*rule = (struct target){ "bpf_lsm_", BTF_KIND_FUNC };
		return true;
	case SKEP_HOOK_ITERATOR:
		*rule = (struct target){ "bpf_iter_", BTF_KIND_FUNC };
		return true;
	default:
		return false;
	}
}

/* A function of the kernel that its BTF does not have: inlined, renamed, or only without a type. */
bool skep_needs_is_symbol(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %*s %255s", symbol) == 1 && !strcmp(symbol, name);
	if (file)
		fclose(file);
	return found;
}

static enum skep_answer has_tracepoint(const char *name)
{
	char mount[256], path[600];

	if (!skep_kernel_mount(SKEP_MOUNT_TRACEFS, NULL, mount, sizeof(mount)) ||
	    access(mount, X_OK))
		return SKEP_UNKNOWN;
	snprintf(path, sizeof(path), "%s/events/%s/id", mount, name);
	if (!access(path, F_OK))
		return SKEP_YES;
	return errno == ENOENT ? SKEP_NO : SKEP_UNKNOWN;
}

/* As on this machine: what libbpf makes of SEC("ksyscall/X"). */
static bool is_syscall(const char *section)
{
	return !strncmp(section, "ksyscall", 8) || !strncmp(section, "kretsyscall", 11);
}

static enum skep_answer has_target(const struct skep_needs_look *look,
				   const struct skep_refusal *about, const char *target, int *id)
{
	struct target rule;
	char name[288];

	if (skep_kernel_hook(about) == SKEP_HOOK_TRACEPOINT)
		return has_tracepoint(target);
	if (!target_rule(about, &rule))
		return SKEP_UNKNOWN;
	if (!look->own)
		return SKEP_UNKNOWN;
	snprintf(name, sizeof(name), "%s%s", rule.prefix, target);
	*id = skep_kernel_btf_id(look->own, name, rule.kind);
	if (*id)
		return SKEP_YES;
	if (skep_kernel_hook(about) == SKEP_HOOK_KPROBE && skep_needs_is_symbol(target))
		return SKEP_YES;
	if (rule.kind == BTF_KIND_FUNC && !rule.prefix[0])
		return skep_kfunc_is_known(target); /* a module's function */
	return SKEP_NO;
}

/* What is chosen at run time, or many at once, is not looked up. */
static const char *target_of(const struct skep_refusal *about)
{
	const char *target = skep_kernel_hook_target(about);

	if (!target || strpbrk(target, "*?,") || (about->section && is_syscall(about->section)))
		return NULL;
	switch (skep_kernel_hook(about)) {
	case SKEP_HOOK_KPROBE:
	case SKEP_HOOK_TRAMPOLINE:
	case SKEP_HOOK_RAW_TRACEPOINT:
	case SKEP_HOOK_BTF_TRACEPOINT:
	case SKEP_HOOK_LSM:
	case SKEP_HOOK_ITERATOR:
	case SKEP_HOOK_TRACEPOINT:
		return target;
	default:
		return NULL;
	}
}

static void add_target(struct skep_needs_look *look, struct skep_refusal *about,
		       const struct skep_code *at)
{
	const char *target = target_of(about);
	char name[256], why[512], hint[512];
	struct skep_need *need;
	int id = 0;

	if (!target || about->prog_type == BPF_PROG_TYPE_EXT)
		return;
	/* "do_unlinkat+0x4" */
	snprintf(name, sizeof(name), "%.*s",
		 skep_kernel_hook(about) == SKEP_HOOK_KPROBE ? (int)strcspn(target, "+")
							     : (int)strlen(target),
		 target);
	need = skep_needs_add(look, SKEP_NEED_TARGET, name, at);
	if (!need)
		return;
	need->since = 0; /* the table may have a helper of that name */
	need->answer = has_target(look, about, name, &id);
	look->setting.btf_id = id;
	about->target = name;
	about->request = SKEP_REQUEST_LOAD;
	about->code = ESRCH;
	if (skep_kernel_hook(about) != SKEP_HOOK_TRAMPOLINE &&
	    skep_kernel_hook(about) != SKEP_HOOK_LSM) {
		about->request = SKEP_REQUEST_ATTACH;
		about->code = ENOENT;
	}
	if (need->answer == SKEP_NO) {
		if (skep_kernel_reason(about, why, sizeof(why), hint, sizeof(hint)))
			skep_needs_say(look, need, why, hint);
		else
			skep_needs_say(look, need, "this kernel does not have it", NULL);
	} else if (need->answer == SKEP_UNKNOWN) {
		skep_needs_say(look, need, "cannot be looked up here", NULL);
	}
}

/* libbpf sets the flag only when it loads: until then the section says so, as "fentry.s/X". */
static bool is_sleepable(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	size_t length = strcspn(section, "/");

	return bpf_program__flags(program) & BPF_F_SLEEPABLE ||
	       bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL ||
	       (length > 2 && !strncmp(section + length - 2, ".s", 2));
}

/*
 * The plainest program with the same types and the same target. Of struct_ops there is none: whose
 * member it is, libbpf finds out when it loads, and each struct has its own helpers.
 */
static void set_setting(struct skep_needs_look *look, int id)
{
	int type = (int)bpf_program__type(look->program);

	look->is_set = type != BPF_PROG_TYPE_STRUCT_OPS && skep_probe_setting(type, &look->setting);
	look->setting.attach_type = (int)bpf_program__expected_attach_type(look->program);
	look->setting.sleepable = is_sleepable(look->program);
	if (type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM)
		return;
	look->setting.btf_id = id;
	look->is_set = id != 0;
}

void skep_needs_read_program(struct skep_needs_look *look)
{
	int type = (int)bpf_program__type(look->program);
	int attach = (int)bpf_program__expected_attach_type(look->program);
	struct skep_refusal about = SKEP_REFUSAL(SKEP_REQUEST_LOAD, EINVAL);
	const struct skep_code *at = look->layout ? &look->layout->entry->at : NULL;

	look->setting = (struct skep_trivial){ 0 };
	add_number(look, SKEP_NEED_PROGRAM_TYPE, SKEP_SINCE_PROG, type, at);
	if (has_attach_type(type, attach))
		add_number(look, SKEP_NEED_ATTACH_TYPE, SKEP_SINCE_ATTACH, attach, at);
	about.prog_type = type;
	about.attach_type = attach;
	about.section = bpf_program__section_name(look->program);
	add_hook(look, &about, at);
	add_target(look, &about, at);
	set_setting(look, look->setting.btf_id);
}
