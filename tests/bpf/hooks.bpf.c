/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Hooks that are there, that are not, and that need an argument. All load on every kernel. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

SEC("raw_tp/sched_process_exec")
int first(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exit")
int second(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("raw_tp/sched_process_exet")
int mistyped(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("raw_tp")
int nowhere(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

SEC("kprobe/do_nanosleep")
int probe(void *ctx)
{
	return 0;
}
