/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The context where a map is wanted. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp/sched_process_exec")
int on_exec(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *hits = bpf_map_lookup_elem(ctx, &pid); /* refused */

	return hits ? *hits == 1 : 0;
}

char LICENSE[] SEC("license") = "GPL";
