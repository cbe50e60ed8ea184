/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Trying what skep_kernel_can() is asked about. A function try_X() fills an attempt that begins
 * as "unknown", and leaves nothing behind: no program, link, map, mapping or fd.
 */
#ifndef SKEP_KERNEL_ATTEMPT_H
#define SKEP_KERNEL_ATTEMPT_H

#include <skep/kernel.h>

#include "reason.h"

struct skep_attempt {
	enum skep_answer answer;
	int code;
	char detail[128];
	char why[384];
	char remedy[256];
};

typedef void skep_try_fn(struct skep_attempt *attempt);

/* Each sets the answer; an empty detail is fine. */
void skep_kernel_attempt_yes(struct skep_attempt *attempt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void skep_kernel_attempt_no(struct skep_attempt *attempt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void skep_kernel_attempt_unknown(struct skep_attempt *attempt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void skep_kernel_attempt_remedy(struct skep_attempt *attempt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* No, with the kernel's reason; or unknown, where the errno says nothing about the kernel. */
void skep_kernel_attempt_refused(struct skep_attempt *attempt, const struct skep_refusal *refusal);

/* A program that does nothing: fd or -errno. */
struct skep_trivial {
	int prog_type, attach_type; /* attach_type 0: none */
	int btf_id;                 /* of the attach target in the kernel's BTF; 0: none */
	int returns;
	bool sleepable;
};
int skep_kernel_trivial_load(const struct skep_trivial *trivial);
void skep_kernel_close(int *fd); /* for __attribute__((cleanup)) */
#define SKEP_KERNEL_FD __attribute__((cleanup(skep_kernel_close))) int

/* A refusal about such a program. */
struct skep_refusal skep_kernel_trivial_refusal(const struct skep_trivial *trivial,
						enum skep_refused_request request, int err);

/* try_basic.c */
skep_try_fn skep_kernel_try_bpf;
skep_try_fn skep_kernel_try_btf;
skep_try_fn skep_kernel_try_jit;
skep_try_fn skep_kernel_try_ringbuf;
skep_try_fn skep_kernel_try_mmapable_array;
skep_try_fn skep_kernel_try_link;

/* try_trace.c */
skep_try_fn skep_kernel_try_raw_tracepoint;
skep_try_fn skep_kernel_try_btf_tracepoint;
skep_try_fn skep_kernel_try_fentry;
skep_try_fn skep_kernel_try_lsm;
skep_try_fn skep_kernel_try_iterator;
skep_try_fn skep_kernel_try_kprobe_multi;

/* try_perf.c: through perf_event_open() */
skep_try_fn skep_kernel_try_tracepoint;
skep_try_fn skep_kernel_try_kprobe;
skep_try_fn skep_kernel_try_uprobe;
skep_try_fn skep_kernel_try_uprobe_multi;
skep_try_fn skep_kernel_try_perf_event;

/* try_net.c */
skep_try_fn skep_kernel_try_xdp;
skep_try_fn skep_kernel_try_tc;
skep_try_fn skep_kernel_try_tcx;
skep_try_fn skep_kernel_try_netkit;
skep_try_fn skep_kernel_try_netfilter;
skep_try_fn skep_kernel_try_cgroup;
skep_try_fn skep_kernel_try_sk_lookup;

/* try_struct_ops.c */
skep_try_fn skep_kernel_try_struct_ops;
skep_try_fn skep_kernel_try_sched_ext;

/* try_mount.c */
skep_try_fn skep_kernel_try_tracefs;
skep_try_fn skep_kernel_try_bpffs;
skep_try_fn skep_kernel_try_cgroup2;
skep_try_fn skep_kernel_try_securityfs;

#endif
