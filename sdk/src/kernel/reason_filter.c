/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Refusals before the kernel looks at anything: there is no such call, or a filter is before it. */
#include "facts.h"
#include "newer.h"
#include "rules.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#define COMMAND_OF_NO_KERNEL 9999
#define FLAGS_OF_NO_KERNEL   (~0UL)

/* The errno of a command that no kernel has: EINVAL, EPERM without CAP_BPF; else a filter's. */
static int errno_of_bpf(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	return syscall(SYS_bpf, COMMAND_OF_NO_KERNEL, &attr, sizeof(attr)) < 0 ? errno : 0;
}

/* The kernel looks at the flags before it looks at anything else: EINVAL. */
static int errno_of_perf(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, FLAGS_OF_NO_KERNEL) < 0 ? errno : 0;
}

/* The setting is there exactly in kernels that have bpf(). */
static bool kernel_has_bpf(void)
{
	return !access("/proc/sys/kernel/unprivileged_bpf_disabled", F_OK);
}

bool skep_kernel_is_by_perf(const struct skep_refusal *refusal)
{
	switch (refusal->attach_type) { /* links of bpf() alone */
	case BPF_TRACE_KPROBE_MULTI:
	case SKEP_BPF_ATTACH_KPROBE_SESSION:
	case SKEP_BPF_ATTACH_UPROBE_MULTI:
	case SKEP_BPF_ATTACH_UPROBE_SESSION:
		return false;
	default:
		break;
	}
	switch (skep_kernel_hook(refusal)) {
	case SKEP_HOOK_KPROBE:
	case SKEP_HOOK_UPROBE:
	case SKEP_HOOK_TRACEPOINT:
		return true;
	default:
		return refusal->prog_type == BPF_PROG_TYPE_PERF_EVENT;
	}
}

static void say_filtered(struct skep_words *words, const char *call)
{
	skep_kernel_say(words, "a seccomp filter on this process refuses %s()", call);
	skep_kernel_advise(words, "allow bpf and perf_event_open in the seccomp profile of the "
				  "container or service");
}

bool skep_kernel_rule_no_bpf(const struct skep_refusal *refusal, struct skep_words *words)
{
	if (refusal->code != ENOSYS || errno_of_bpf() != ENOSYS)
		return false;
	if (skep_kernel_process().seccomp && kernel_has_bpf()) {
		say_filtered(words, "bpf");
		return true;
	}
	if (skep_kernel_process().seccomp &&
	    skep_kernel_config("CONFIG_BPF_SYSCALL") != SKEP_CONFIG_OFF) {
		skep_kernel_say(words, "there is no bpf() for this process: its seccomp filter "
				       "hides it, or this kernel has none (CONFIG_BPF_SYSCALL)");
		skep_kernel_advise(words, "allow bpf in the seccomp profile of the container or "
					  "service");
		return true;
	}
	skep_kernel_say(words, "this kernel has no bpf() (CONFIG_BPF_SYSCALL is not set)");
	skep_kernel_advise(words, "run it on a kernel with CONFIG_BPF_SYSCALL=y");
	return true;
}

bool skep_kernel_rule_seccomp(const struct skep_refusal *refusal, struct skep_words *words)
{
	int code = refusal->code;

	if ((code != EPERM && code != EACCES && code != ENOSYS) || !skep_kernel_process().seccomp)
		return false;
	if (code != ENOSYS && errno_of_bpf() == code) {
		say_filtered(words, "bpf");
		return true;
	}
	if (refusal->request != SKEP_REQUEST_ATTACH || !skep_kernel_is_by_perf(refusal))
		return false;
	/* Of a uprobe EACCES is told as EPERM. */
	if (errno_of_perf() != code && !(code == EPERM && errno_of_perf() == EACCES))
		return false;
	say_filtered(words, "perf_event_open");
	return true;
}
