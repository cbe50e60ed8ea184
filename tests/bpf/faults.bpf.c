/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A program for each family of hooks, of which a case loads one. They decide nothing. */
#include <skep/bpf/core.h>

SKEP_LICENSE("GPL");

#define PROGRAM(name, section, returns)                                                            \
	SEC(section)                                                                               \
	int name(void *ctx)                                                                        \
	{                                                                                          \
		return returns;                                                                    \
	}

PROGRAM(on_raw_tp, "raw_tp/sched_process_exec", 0)
PROGRAM(on_tp_btf, "tp_btf/sched_process_exec", 0)
PROGRAM(on_tp, "tp/sched/sched_process_exec", 0)
PROGRAM(on_kprobe, "kprobe/bpf_fentry_test1", 0)
PROGRAM(on_multi, "kprobe.multi/bpf_fentry_test1", 0)
PROGRAM(on_fentry, "fentry/bpf_fentry_test1", 0)
PROGRAM(on_lsm, "lsm/settime", 0)
PROGRAM(on_uprobe, "uprobe/libc.so.6:getppid", 0)
PROGRAM(on_uprobe_multi, "uprobe.multi/libc.so.6:getppid", 0)
PROGRAM(on_sample, "perf_event", 0)
PROGRAM(on_iter, "iter/task", 0)
PROGRAM(on_xdp, "xdp", 2)
PROGRAM(on_tc, "tc", 0)
PROGRAM(on_tcx, "tcx/ingress", -1)
PROGRAM(on_netfilter, "netfilter", 1)
PROGRAM(on_sk_lookup, "sk_lookup", 1)
PROGRAM(on_dissect, "flow_dissector", 0)
PROGRAM(on_route, "lwt_xmit", 0)
PROGRAM(on_egress, "cgroup_skb/egress", 1)
PROGRAM(on_connect4, "cgroup/connect4", 1)
PROGRAM(on_sockops, "sockops", 1)
PROGRAM(on_socket, "socket", 0)

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} pinned SEC(".maps");
