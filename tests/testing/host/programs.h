/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The programs and variables of hosted.bpf.c, as its tests call them. */
#ifndef SKEP_TESTS_HOST_PROGRAMS_H
#define SKEP_TESTS_HOST_PROGRAMS_H

#include <linux/bpf.h>

#include "hosted.h"

int hosted_count(struct xdp_md *ctx);
int hosted_unchecked(struct xdp_md *ctx);
int hosted_stale(struct xdp_md *ctx);
int hosted_resize(struct xdp_md *ctx);
int stage_first(struct xdp_md *ctx);
int hosted_rewrite(struct __sk_buff *ctx);
int hosted_unknown(struct __sk_buff *ctx);
int hosted_loops(unsigned long long *ctx);
int hosted_kinds(unsigned long long *ctx);
int hosted_locks(unsigned long long *ctx);
int hosted_forgets(unsigned long long *ctx);
int hosted_start(unsigned long long *ctx);
int hosted_end(unsigned long long *ctx);
int hosted_tags(struct __sk_buff *ctx);
int hosted_perf(unsigned long long *ctx);
int hosted_redirect(struct xdp_md *ctx);
int hosted_field(unsigned long long *ctx);
int hosted_kfuncs(unsigned long long *ctx);
int hosted_kfunc(int number); /* the test's */
int hosted_reads(unsigned long long *ctx);
int hosted_old_kernel(unsigned long long *ctx);

extern const volatile __u32 hosted_limit;
extern const volatile char hosted_name[8];
extern struct hosted_counter hosted_total;
extern struct skep_ring_counts seen__counts;

#endif
