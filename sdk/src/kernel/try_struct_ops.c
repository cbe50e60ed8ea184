/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Parts of the kernel written as programs. Registering one would change the machine; the
 * kernel's own types tell what it has.
 */
#include "attempt.h"
#include "facts.h"
#include "since.h"

#include <errno.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <linux/bpf.h>

/* The kernel makes a type bpf_struct_ops_X for each X it lets programs be. */
static enum skep_answer has_struct(const char *name)
{
	enum skep_answer answer;
	struct btf *btf;

	if (skep_kernel_btf_load(&btf))
		return SKEP_UNKNOWN;
	answer = skep_kernel_btf_id(btf, name, BTF_KIND_STRUCT) ? SKEP_YES : SKEP_NO;
	btf__free(btf);
	return answer;
}

/* EPERM before anything else tells of privilege, or of a kernel that refuses the kind. */
static bool is_refused(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_STRUCT_OPS };
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	struct skep_refusal refusal =
		skep_kernel_trivial_refusal(&trivial, SKEP_REQUEST_LOAD, prog);

	if (prog != -EPERM)
		return false;
	skep_kernel_attempt_refused(attempt, &refusal);
	return true;
}

void skep_kernel_try_struct_ops(struct skep_attempt *attempt)
{
	if (is_refused(attempt))
		return;
	switch (has_struct("bpf_struct_ops_tcp_congestion_ops")) {
	case SKEP_YES:
		skep_kernel_attempt_yes(attempt, "TCP congestion control");
		break;
	case SKEP_NO:
		skep_kernel_attempt_no(attempt, "this kernel lets programs be nothing of its own");
		break;
	case SKEP_UNKNOWN:
		skep_kernel_attempt_no(attempt, "this kernel has no BTF, which struct_ops needs");
	}
}

void skep_kernel_try_sched_ext(struct skep_attempt *attempt)
{
	const struct skep_since *row = skep_kernel_since_name(SKEP_SINCE_FEATURE, "sched_ext");
	char needed[16], have[16];

	if (is_refused(attempt))
		return;
	if (!access("/sys/kernel/sched_ext", F_OK)) {
		skep_kernel_attempt_yes(attempt, "%s", "");
	} else if (has_struct("sched_ext_ops") == SKEP_NO && row &&
		   skep_kernel_version() < row->version) {
		skep_kernel_version_text(row->version, needed, sizeof(needed));
		skep_kernel_attempt_no(
			attempt, "sched_ext came with Linux %s; this is %s", needed,
			skep_kernel_version_text(skep_kernel_version(), have, sizeof(have)));
		skep_kernel_attempt_remedy(attempt, "run it on Linux %s or newer", needed);
	} else if (skep_kernel_config("CONFIG_SCHED_CLASS_EXT") == SKEP_CONFIG_OFF) {
		skep_kernel_attempt_no(attempt, "CONFIG_SCHED_CLASS_EXT is not set");
		skep_kernel_attempt_remedy(attempt, "run a kernel with CONFIG_SCHED_CLASS_EXT=y");
	} else if (access("/sys/kernel", F_OK)) {
		skep_kernel_attempt_unknown(attempt, "sysfs is not mounted");
	} else {
		skep_kernel_attempt_no(attempt, "there is no /sys/kernel/sched_ext");
	}
}
