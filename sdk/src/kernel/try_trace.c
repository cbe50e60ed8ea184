/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Tracing hooks that need no perf_event_open(). Targets are functions that nobody calls but the
 * kernel's own tests, or that run rarely; programs return 0, which changes nothing.
 */
#include "attempt.h"
#include "facts.h"
#include "probe_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#define QUIET_TRACEPOINT "sched_process_exec"
/* In the kernel since 5.7, for tests of bpf() itself. */
#define QUIET_FUNCTION   "bpf_fentry_test1"
/* The hook of setting the clock; returning 0 leaves the decision to the others. */
#define QUIET_LSM_HOOK   "settime"

/* Words are about X, not about the targets here, which nobody wants to trace. */
static void say_attached(struct skep_attempt *attempt, const struct skep_trivial *trivial, int prog,
			 int link)
{
	struct skep_refusal refusal = skep_kernel_trivial_refusal(
		trivial, prog < 0 ? SKEP_REQUEST_LOAD : SKEP_REQUEST_ATTACH,
		prog < 0 ? prog : link);

	if (prog >= 0 && link >= 0)
		skep_kernel_attempt_yes(attempt, "%s", "");
	else
		skep_kernel_attempt_refused(attempt, &refusal);
}

void skep_kernel_try_raw_tracepoint(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link = prog < 0 ? -1 : bpf_raw_tracepoint_open(QUIET_TRACEPOINT, prog);

	say_attached(attempt, &trivial, prog, link);
}

/* Loads for a type of the kernel's BTF, and attaches. */
static void try_btf_target(struct skep_attempt *attempt, int prog_type, int attach_type,
			   unsigned int kind, const char *prefix, const char *target)
{
	struct skep_trivial trivial = { .prog_type = prog_type, .attach_type = attach_type };
	char name[128];
	struct btf *btf;
	int err;

	snprintf(name, sizeof(name), "%s%s", prefix, target);
	err = skep_kernel_btf_load(&btf);
	if (skep_probe_is_passing(-err)) {
		attempt->code = -err;
		skep_kernel_attempt_unknown(attempt, "could not be tried: %s", strerror(-err));
		return;
	}
	if (!err) {
		trivial.btf_id = skep_kernel_btf_id(btf, name, kind);
		btf__free(btf);
		if (!trivial.btf_id) {
			skep_kernel_attempt_unknown(attempt, "this kernel has no %s to try it on",
						    name);
			return;
		}
	}
	/* Without BTF, or the right to read it, the kernel's refusal tells more than ours. */
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link = prog < 0 ? -1 : bpf_raw_tracepoint_open(NULL, prog);

	say_attached(attempt, &trivial, prog, link);
}

void skep_kernel_try_btf_tracepoint(struct skep_attempt *attempt)
{
	try_btf_target(attempt, BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, BTF_KIND_TYPEDEF,
		       "btf_trace_", QUIET_TRACEPOINT);
}

void skep_kernel_try_fentry(struct skep_attempt *attempt)
{
	try_btf_target(attempt, BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, BTF_KIND_FUNC, "",
		       QUIET_FUNCTION);
}

/* Attaching works also where bpf is no active security module; it only never runs then. */
void skep_kernel_try_lsm(struct skep_attempt *attempt)
{
	char list[256];

	try_btf_target(attempt, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, BTF_KIND_FUNC, "bpf_lsm_",
		       QUIET_LSM_HOOK);
	if (attempt->answer != SKEP_YES)
		return;
	if (!skep_kernel_lsms(list, sizeof(list))) {
		skep_kernel_attempt_unknown(attempt, "programs attach, but whether they run cannot "
						     "be told: securityfs is not mounted");
		skep_kernel_attempt_remedy(attempt, "%s",
					   skep_kernel_mount_command(SKEP_MOUNT_SECURITYFS));
	} else if (!skep_kernel_lsm_in(list, "bpf")) {
		skep_kernel_attempt_no(attempt,
				       "bpf is not among the active security modules "
				       "(%s): programs attach, and never run",
				       list);
		skep_kernel_attempt_remedy(attempt,
					   "boot with lsm=%s,bpf on the kernel's command "
					   "line",
					   list);
	}
}

void skep_kernel_try_iterator(struct skep_attempt *attempt)
{
	struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_TRACING,
					.attach_type = BPF_TRACE_ITER };
	struct btf *btf;
	int err = skep_kernel_btf_load(&btf);

	if (skep_probe_is_passing(-err)) {
		attempt->code = -err;
		skep_kernel_attempt_unknown(attempt, "could not be tried: %s", strerror(-err));
		return;
	}
	if (!err) {
		trivial.btf_id = skep_kernel_btf_id(btf, "bpf_iter_task", BTF_KIND_FUNC);
		btf__free(btf);
	}
	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link = prog < 0 ? -1 : bpf_link_create(prog, 0, BPF_TRACE_ITER, NULL);

	say_attached(attempt, &trivial, prog, link);
}

void skep_kernel_try_kprobe_multi(struct skep_attempt *attempt)
{
	const struct skep_trivial trivial = { .prog_type = BPF_PROG_TYPE_KPROBE,
					      .attach_type = BPF_TRACE_KPROBE_MULTI };
	const char *symbol = QUIET_FUNCTION;
	LIBBPF_OPTS(bpf_link_create_opts, opts, .kprobe_multi.syms = &symbol,
		    .kprobe_multi.cnt = 1);

	SKEP_KERNEL_FD prog = skep_kernel_trivial_load(&trivial);
	SKEP_KERNEL_FD link =
		prog < 0 ? -1 : bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);

	say_attached(attempt, &trivial, prog, link);
}
